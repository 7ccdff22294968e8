import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJson, writeJson } from '../../../src/lib/files.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';

const folder = temporaryFolder();

describe('JSON files', () => {
  it('read back what was written', async () => {
    const file = join(folder, 'a.json');
    await writeJson(file, { deep: [1, 'é', false] });
    expect(await readJson(file)).toEqual({ deep: [1, 'é', false] });
  });

  it('are readable by their owner only', async () => {
    const file = join(folder, 'private.json');
    await writeJson(file, {});
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('are replaced whole, with nothing left beside them', async () => {
    const file = join(folder, 'own', '..', 'b.json');
    await writeJson(file, 'x'.repeat(10_000));
    await writeJson(file, 'short');
    expect(await readJson(file)).toBe('short');
    expect(readdirSync(folder).filter((name) => name.startsWith('b.json'))).toEqual(['b.json']);
  });

  it('are undefined when they are not there', async () => {
    expect(await readJson(join(folder, 'nobody.json'))).toBeUndefined();
  });

  it('throw when they are not JSON', async () => {
    const file = join(folder, 'broken.json');
    writeFileSync(file, '{"half":');
    await expect(readJson(file)).rejects.toThrow(SyntaxError);
  });

  it('throw when they cannot be read at all', async () => {
    await expect(readJson(folder)).rejects.toThrow('EISDIR');
  });

  it('throw when their folder is not there, and leave nothing', async () => {
    const file = join(folder, 'no', 'such', 'folder.json');
    await expect(writeJson(file, {})).rejects.toThrow('ENOENT');
    expect(existsSync(file)).toBe(false);
  });
});
