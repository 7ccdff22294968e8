/** Processes that another one started, as the kernel lists them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { codeOf } from '../../src/lib/thrown.ts';

export interface Process {
  readonly pid: number;
  /** As `ps` says it: Z is a zombie. */
  readonly state: string;
  /** What a process of Chromium is for, such as `renderer`; absent for the browser itself. */
  readonly type: string | undefined;
}

/** Children and children's children whose command holds this text, oldest first. */
export function processesUnder(root: number, text: string): readonly Process[] {
  const listed = execFileSync('ps', ['-eo', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' });
  const all = listed.split('\n').flatMap((line) => {
    const [, pid, parent, state = '', command = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\S)\S*\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), state, command }];
  });
  const family = new Set([root]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all
    .filter(({ pid, command }) => pid !== root && family.has(pid) && command.includes(text))
    .map(({ pid, state, command }) => ({ pid, state, type: /--type=(\S+)/.exec(command)?.[1] }));
}

/**
 * MiB of PSS: what several share is counted in parts, so the processes may be added up. Without the pages of files: all
 * browsers of the machine share those, so each that comes or goes would change the part of the others.
 */
export function memoryOf(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const kib = (of: string): number =>
      Number(new RegExp(`^${of}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0);
    return (kib('Pss_Anon') + kib('Pss_Shmem')) / 1_024;
  } catch (error) {
    // It ended between the two looks.
    if (/^(?:ENOENT|ESRCH)$/.test(codeOf(error) ?? '')) return 0;
    throw error;
  }
}
