/** How long the kernel held our own cgroup back because it had used up its processor time. */
import { readFile } from 'node:fs/promises';
import { groupFolders } from '../lib/cgroup.ts';

/** Of version 2 in microseconds, of version 1 in nanoseconds. */
const FIELDS: readonly (readonly [RegExp, number])[] = [
  [/^throttled_usec (\d+)$/m, 1_000],
  [/^throttled_time (\d+)$/m, 1_000_000],
];

/** The first file that tells it: our own group's, else that of one above it. */
export async function cpuStatFile(): Promise<string | undefined> {
  for (const folder of groupFolders('cpu')) {
    const file = `${folder}/cpu.stat`;
    if ((await throttledMs(file)) !== undefined) return file;
  }
  return undefined;
}

/** Since the group was made, in milliseconds, all processors together; undefined where the file does not say. */
export async function throttledMs(file: string): Promise<number | undefined> {
  const text = (await textOf(file)) ?? '';
  for (const [pattern, perMs] of FIELDS) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return Number(found) / perMs;
  }
  return undefined;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
