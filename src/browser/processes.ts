/** The browsers of this process, as the kernel lists them: which there are, and how much memory they hold. */
import { readdirSync, readFileSync } from 'node:fs';

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Bytes that it shares with nobody's files; readable for every process, also a sandboxed one. */
  readonly anonymous: number;
}

/** Numbers of the browsers that this process started and that live; none where the kernel offers no `/proc`. */
export function ownBrowsers(): readonly number[] {
  return listProcesses()
    .filter(({ parent, name }) => parent === process.pid && name.startsWith('chrom'))
    .map(({ pid }) => pid);
}

/** The folder that a browser was told to keep its profile in; undefined where that cannot be told. */
export function profileOf(pid: number): string | undefined {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return words.find((word) => word.startsWith(PROFILE))?.slice(PROFILE.length);
  } catch {
    // It has ended.
    return undefined;
  }
}

const PROFILE = '--user-data-dir=';

/** Bytes of anonymous memory of all our Chromium processes; 0 where the kernel offers no `/proc`. */
export function browserMemory(): number {
  const entries = listProcesses();
  const family = new Set([process.pid]);
  // A child can have a smaller number than its parent, so one pass is not enough.
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of entries) if (family.has(parent)) family.add(pid);
  }
  return entries
    .filter(({ pid, name }) => family.has(pid) && name.startsWith('chrom'))
    .reduce((sum, { anonymous }) => sum + anonymous, 0);
}

function listProcesses(): readonly Entry[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => readProcess(Number(pid)));
  } catch {
    return [];
  }
}

function readProcess(pid: number): readonly Entry[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string): string =>
      new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
    const anonymous = Number(field('RssAnon')) * 1_024;
    return [{ pid, parent: Number(field('PPid')), name: field('Name'), anonymous }];
  } catch {
    // It ended between the two looks.
    return [];
  }
}
