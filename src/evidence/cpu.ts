/** How long the kernel held our own cgroup back because it had used up its processor time. */
import { readFile } from 'node:fs/promises';

const MOUNT = '/sys/fs/cgroup';

/** Of version 2 in microseconds, of version 1 in nanoseconds. */
const FIELDS: readonly (readonly [RegExp, number])[] = [
  [/^throttled_usec (\d+)$/m, 1_000],
  [/^throttled_time (\d+)$/m, 1_000_000],
];

/** The first file that tells it: our own group's, else the root's, as a container sees its own. */
export async function cpuStatFile(groups = '/proc/self/cgroup'): Promise<string | undefined> {
  for (const file of candidates((await textOf(groups)) ?? '')) {
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

function candidates(groups: string): readonly string[] {
  const lines = groups.split('\n').map((line) => line.split(':'));
  const folders = lines.flatMap(([number, controllers = '', ...path]) => {
    if (number !== '0' && !controllers.split(',').includes('cpu')) return [];
    const mounts = controllers === '' ? [''] : [`/${controllers}`, '/cpu'];
    return mounts.flatMap((mount) => [`${mount}${path.join(':')}`, mount]);
  });
  return folders.map((folder) => `${MOUNT}${folder.replace(/\/$/, '')}/cpu.stat`);
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
