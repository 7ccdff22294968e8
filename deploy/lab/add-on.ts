// The Odoo add-on that the tests bring along. Odoo runs as another user, who need not be able to read
// this clone: it gets a copy among the running data.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './lab.ts';
import { codeOf } from './odoo-package.ts';
import type { Say } from './output.ts';
import { CLONE, LAB_USER } from './places.ts';
import { run } from './run.ts';

export const ADD_ON = 'edi_folder';

const SOURCE = join(CLONE, 'test/fixtures/odoo', ADD_ON);
const HASH_DIGITS = 8;

const folderOf = (lab: Pick<Lab, 'data'>): string => join(lab.data, 'addons');

/** Where Odoo finds its own add-ons and this one. */
export const addOnsPath = (lab: Pick<Lab, 'data' | 'odoo'>): string =>
  [join(codeOf(lab.odoo), 'odoo/addons'), folderOf(lab)].join(',');

/** What a database made with the add-on, or a server that has loaded it, depends on. */
export const addOnHash = (): string => hashOf(SOURCE);

export async function placeAddOn(lab: Lab, say: Say): Promise<void> {
  const copy = join(folderOf(lab), ADD_ON);
  const hash = addOnHash();
  if (existsSync(copy) && hashOf(copy) === hash) {
    say.done(`${ADD_ON} ${hash} is there`);
    return;
  }
  const isChange = existsSync(copy);
  rmSync(copy, { recursive: true, force: true });
  await run(['cp', '-r', SOURCE, copy]);
  await run(['chown', '-R', `${LAB_USER}:${LAB_USER}`, copy]);
  const remedy = '; tenants made with another keep its tables until a `reset`';
  say.done(`copied ${ADD_ON} ${hash}${isChange ? remedy : ''}`);
}

/** Of all files below a folder, their names and what is in them; what Python compiled is left out. */
export function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((one) => !one.includes('__pycache__')).sort()) {
    const file = join(folder, name);
    if (statSync(file).isFile()) hash.update(`${name}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, HASH_DIGITS);
}
