/** Our own side: what a tenant must not be blamed for, because this machine or container lacked it. */
import { type Observation, observed } from '../domain/evidence.ts';
import type { Clock } from '../lib/clock.ts';
import { cpuStatFile, throttledMs } from './cpu.ts';
import { leastSpace } from './disk.ts';
import { briefly, lookInTime } from './looking.ts';

/** A file system that hangs must not keep a report waiting. */
const LOOK_MS = 1_000;
const THROTTLED_SHARE = 0.2;
const THROTTLED_MS = 100;
const SMALL_MB = 16;
const MB = 1024 * 1024;

export interface OwnWatch {
  /**
   * `cpu` and `disk`, since the watch began; left out is what this machine does not tell within a second.
   * Never throws.
   */
  look(): Promise<readonly Observation[]>;
}

export interface OwnOptions {
  readonly clock: Clock;
  /** Where something of ours is written. One that is not there yet stands for the nearest that is. */
  readonly folders: readonly string[];
  /** The kernel's account of our processor time; that of our own cgroup when absent. */
  readonly cpuStat?: string;
}

export function watchOwn({ clock, folders, cpuStat }: OwnOptions): OwnWatch {
  const began = clock.monotonic();
  const elapsedMs = (): number => clock.monotonic() - began;
  const throttled = async (): Promise<number | undefined> => {
    const file = cpuStat ?? (await cpuStatFile());
    return file === undefined ? undefined : await throttledMs(file);
  };
  const before = throttled();

  const looks = {
    cpu: async (): Promise<Observation | undefined> => {
      const [first, last] = [await before, await throttled()];
      if (first === undefined || last === undefined) return undefined;
      return cpuSeen(last - first, elapsedMs());
    },
    disk: () => diskSeen(folders),
  };
  return {
    look: async () => {
      const { signal } = new AbortController();
      const time = { clock, endsMs: clock.monotonic() + LOOK_MS, signal };
      const looked = await Promise.all(
        [looks.cpu, looks.disk].map((look) => lookInTime(time, look)),
      );
      return looked
        .map((one) => (one !== undefined && 'value' in one ? one.value : undefined))
        .filter((one) => one !== undefined);
    },
  };
}

function cpuSeen(ms: number, ofMs: number): Observation {
  const word = ms >= THROTTLED_MS && ms > ofMs * THROTTLED_SHARE ? 'throttled' : 'ok';
  const detail = `held back for ${Math.round(ms)} of ${Math.round(ofMs)} ms`;
  return observed('cpu', word, { detail });
}

async function diskSeen(folders: readonly string[]): Promise<Observation | undefined> {
  const least = await leastSpace(folders);
  if (least === undefined) return undefined;
  const { folder, bytes, files } = least;
  const word = bytes < SMALL_MB * MB || files < 1 ? 'full' : 'ok';
  const left = files < 1 ? 'no file more' : `${Math.floor(bytes / MB)} MB left`;
  return observed('disk', word, { detail: briefly(`${left} in ${folder}`) });
}
