// Which processes are ours. A pid file is only a hint: the process counts when it runs as the
// lab's user and its command line names a path of ours, so that a pid that the system has given
// to somebody else fools nobody.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { LAB_USER } from './places.ts';
import { until } from './wait.ts';

/** The pid in the file, if that process is alive and its command line names `folder`. */
export function ownPid(pidFile: string, folder: string): number | undefined {
  const pid = Number.parseInt(read(pidFile), 10);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  const ours = uidOf(pid) === labUid() && names(pid, folder);
  return ours ? pid : undefined;
}

/** All processes of the lab's user that work in `folder` or name it on their command line. */
export function processesIn(folder: string): number[] {
  const owner = labUid();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => uidOf(pid) === owner && (worksIn(pid, folder) || names(pid, folder)));
}

/** Signals the processes, politely first, and says whether all of them are gone. */
export async function end(
  find: () => number[],
  signals: readonly NodeJS.Signals[],
  patienceMs: number,
): Promise<boolean> {
  for (const signal of signals) {
    signalAll(find(), signal);
    if (await until(() => find().length === 0, patienceMs)) return true;
  }
  return find().length === 0;
}

/** Its command line would not do: it is empty for a moment while a process replaces itself. */
export const isAlive = (pid: number): boolean => /\) [^ZX] /.test(read(`/proc/${pid}/stat`));

export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended in between, which is what most signals are for.
    }
  }
}

const worksIn = (pid: number, folder: string): boolean => `${cwd(pid)}/`.startsWith(`${folder}/`);

const names = (pid: number, folder: string): boolean => commandLine(pid).includes(`${folder}/`);

/** Empty for a process that is gone or a zombie. */
const commandLine = (pid: number): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');

const uidOf = (pid: number): number | undefined =>
  statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;

/** Not from the owner of the data folder: somebody may have deleted it under a running lab. */
const labUid = (): number => {
  const row = read('/etc/passwd')
    .split('\n')
    .find((entry) => entry.startsWith(`${LAB_USER}:`));
  return Number(row?.split(':')[2] ?? Number.NaN);
};

function cwd(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
