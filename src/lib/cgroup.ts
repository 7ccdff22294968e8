/** Our own control group: where the kernel keeps its files, and how much of this machine it lets us have. */
import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

export interface CgroupPlace {
  /** Where control groups are mounted. */
  readonly mount: string;
  /** The kernel's list of the groups that we are in. */
  readonly groups: string;
}

const OWN: CgroupPlace = { mount: '/sys/fs/cgroup', groups: '/proc/self/cgroup' };

/** What a process may use: processors, also parts of one, and bytes of memory. */
export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** This machine, or less where our group or one above it is limited. */
export function ownMachine(place: CgroupPlace = OWN): Machine {
  const cpu = groupFolders('cpu', place).map(coresIn);
  const memory = groupFolders('memory', place).map(bytesIn);
  return {
    cores: Math.min(availableParallelism(), ...cpu),
    memoryBytes: Math.min(totalmem(), ...memory),
  };
}

/**
 * The folders of our group and of those above it, the nearest first, in both versions; some may not be there: in a
 * container the kernel may name a path that only the host has, and what is mounted as the root is our own group.
 */
export function groupFolders(controller: string, { mount, groups }: CgroupPlace = OWN): string[] {
  const lines = (textOf(groups) ?? '').split('\n').map((line) => line.split(':'));
  return lines.flatMap(([number, controllers = '', ...path]) => {
    const isSecond = number === '0';
    if (!isSecond && !controllers.split(',').includes(controller)) return [];
    const roots = isSecond ? [mount] : [`${mount}/${controllers}`, `${mount}/${controller}`];
    return [...new Set(roots)].flatMap((root) => upFrom(path.join(':')).map((at) => root + at));
  });
}

/** `/a/b`, `/a` and the root, which is empty. */
function upFrom(path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '');
  return [...names.keys(), names.length].reverse().map((depth) =>
    names
      .slice(0, depth)
      .map((name) => `/${name}`)
      .join(''),
  );
}

/** Infinity where nothing limits them. */
function coresIn(folder: string): number {
  const [us, ofUs] = textOf(`${folder}/cpu.max`)?.split(' ') ?? [
    textOf(`${folder}/cpu.cfs_quota_us`),
    textOf(`${folder}/cpu.cfs_period_us`),
  ];
  return limitIn(us) / Number(ofUs ?? 1);
}

const bytesIn = (folder: string): number =>
  limitIn(textOf(`${folder}/memory.max`) ?? textOf(`${folder}/memory.limit_in_bytes`));

/** `max`, -1 and a file that is not there are no limit. */
function limitIn(text: string | undefined): number {
  const limit = Number(text ?? NaN);
  return limit > 0 ? limit : Infinity;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
