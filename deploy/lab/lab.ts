// The lab of this clone: where its running data is and on which ports it answers, remembered in
// `.lab/lab.json` so that every command and every test finds the same lab.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { LabFailure } from './failure.ts';
import { CLONE, LAB_USER, RECORD, STATE } from './places.ts';
import { choosePorts, type Ports } from './ports.ts';
import { end, processesIn } from './processes.ts';
import { run } from './run.ts';
import { TENANTS } from './tenants.ts';

export interface LabRecord {
  readonly clone: string;
  readonly ports: Ports;
  /** Running data; absent after `down` when it was outside the clone. */
  readonly data?: string;
  /** The unpacked Odoo package that this lab runs. */
  readonly odoo?: string;
}

export interface Lab extends LabRecord {
  readonly data: string;
  readonly odoo: string;
}

const OUTSIDE = '/var/tmp/owlab-';
export const INSIDE = join(STATE, 'data');
/** Room in sockaddr_un, less the terminating zero. */
const SOCKET_PATH_BYTES = 107;
const LONGEST_SOCKET = 'run/.s.PGSQL.5599.lock';
const FOLDERS = [
  ...['run', 'log', 'postgres', 'redis', 'odoo', 'addons', 'ingress', 'edi'],
  ...TENANTS.flatMap(({ id }) => [`edi/${id}`, `edi/${id}/in`, `edi/${id}/out`]),
];

export function readRecord(): LabRecord | undefined {
  if (!existsSync(RECORD)) return undefined;
  return JSON.parse(readFileSync(RECORD, 'utf8')) as LabRecord;
}

/** The lab as `up` left it; for commands and tests that need one. */
export function currentLab(): Lab {
  const record = readRecord();
  if (record?.data === undefined || record.odoo === undefined || record.clone !== CLONE) {
    throw new LabFailure('this clone has no lab', { remedy: 'run `npm run lab -- up`' });
  }
  return { ...record, data: record.data, odoo: record.odoo };
}

/** Finds or makes the folders and the record; does not start anything. */
export async function prepareLab(odoo: string): Promise<{ lab: Lab; why: string }> {
  mkdirSync(join(STATE, 'log'), { recursive: true });
  const known = await ownRecord();
  const { data, why } = await placeForData(known?.data);
  const lab: Lab = { clone: CLONE, data, odoo, ports: known?.ports ?? (await choosePorts()) };
  await saveRecord(lab);
  await makeFolders(data);
  return { lab, why };
}

export const saveRecord = (record: LabRecord): Promise<void> =>
  writeFileAtomic(RECORD, `${JSON.stringify(record, null, 2)}\n`);

export const isOutside = (data: string): boolean => data.startsWith(OUTSIDE);

export function removeData(data: string): void {
  if (isOutside(data) || data === INSIDE) rmSync(data, { recursive: true, force: true });
}

/** A record copied or moved along with the clone names a lab that is not ours. */
async function ownRecord(): Promise<LabRecord | undefined> {
  const record = readRecord();
  if (record === undefined || record.clone === CLONE) return record;
  if (!existsSync(record.clone) && record.data !== undefined) await abandon(record.data);
  rmSync(STATE, { recursive: true, force: true });
  mkdirSync(join(STATE, 'log'), { recursive: true });
  return undefined;
}

async function placeForData(known: string | undefined): Promise<{ data: string; why: string }> {
  const reason = reasonAgainst(INSIDE);
  if (reason === undefined) {
    if (known !== undefined && known !== INSIDE) await abandon(known);
    return { data: INSIDE, why: `data in ${INSIDE}` };
  }
  const data =
    known !== undefined && isOutside(known) && existsSync(known) ? known : mkdtempSync(OUTSIDE);
  return { data, why: `data in ${data}, because ${reason}` };
}

function reasonAgainst(data: string): string | undefined {
  if (Buffer.byteLength(join(data, LONGEST_SOCKET)) > SOCKET_PATH_BYTES) {
    return `a socket path in ${STATE} would be longer than ${SOCKET_PATH_BYTES} bytes`;
  }
  const closed = parents(data).find((folder) => isClosed(folder));
  return closed === undefined ? undefined : `${closed} is closed to the user ${LAB_USER}`;
}

async function abandon(data: string): Promise<void> {
  await end(() => processesIn(data), ['SIGTERM', 'SIGKILL'], 5000);
  removeData(data);
}

const parents = (folder: string): string[] =>
  dirname(folder) === folder ? [] : [dirname(folder), ...parents(dirname(folder))];

const isClosed = (folder: string): boolean =>
  ((statSync(folder, { throwIfNoEntry: false })?.mode ?? 0o777) & 0o001) === 0;

async function makeFolders(data: string): Promise<void> {
  for (const folder of FOLDERS) mkdirSync(join(data, folder), { recursive: true });
  const all = [data, ...FOLDERS.map((folder) => join(data, folder))];
  await run(['chown', `${LAB_USER}:${LAB_USER}`, ...all]);
  await run(['chmod', '0750', ...all]);
}
