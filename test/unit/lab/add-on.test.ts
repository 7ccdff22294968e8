import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addOnHash, addOnsPath, hashOf } from '../../../deploy/lab/add-on.ts';
import { parameters } from '../../../deploy/lab/identity.ts';
import { TENANTS } from '../../../deploy/lab/tenants.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';

describe('the hash of an add-on', () => {
  function folderOf(files: Readonly<Record<string, string>>): string {
    const folder = temporaryFolder();
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    return folder;
  }

  const files = { '__manifest__.py': '{}', 'models/a.py': 'a = 1' };

  it('is that of its sources, wherever they are and whatever Python made of them', () => {
    const used = folderOf({ ...files, 'models/__pycache__/a.cpython-311.pyc': 'x' });
    expect(hashOf(used)).toBe(hashOf(folderOf(files)));
    expect(addOnHash()).toMatch(/^[0-9a-f]{8}$/);
  });

  it.each([
    { ...files, 'models/a.py': 'a = 2' },
    { ...files, 'models/b.py': '' },
    { '__manifest__.py': '{}', 'models/b.py': 'a = 1' },
  ])('is another for other sources', (others) => {
    expect(hashOf(folderOf(others))).not.toBe(hashOf(folderOf(files)));
  });
});

it('is found by Odoo after its own', () => {
  expect(addOnsPath({ data: '/var/lib/lab', odoo: '/opt/odoo' })).toBe(
    '/opt/odoo/usr/lib/python3/dist-packages/odoo/addons,/var/lib/lab/addons',
  );
});

it.each(TENANTS)('$id exchanges by folders of its own', (tenant) => {
  const ports = { ingress: 1, odoo: 2, gevent: 3 };
  const sql = parameters({ data: '/var/lib/lab', ports }, tenant);
  expect(sql).toContain(`('edi_folder.in', '/var/lib/lab/edi/${tenant.id}/in'`);
  expect(sql).toContain(`('edi_folder.out', '/var/lib/lab/edi/${tenant.id}/out'`);
});
