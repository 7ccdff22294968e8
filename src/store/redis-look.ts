/** How our own Redis does, as evidence around a run that failed or was slow. */
import { type Observation, observed } from '../domain/evidence.ts';
import type { Clock } from '../lib/clock.ts';
import { codeOf, describeThrown } from '../lib/thrown.ts';
import { mastersOf, type RedisConnection } from './redis.ts';

/** An answer that takes longer is slow. */
const SLOW_MS = 100;

/** Never throws. */
export async function lookAtRedis(redis: RedisConnection, clock: Clock): Promise<Observation> {
  const began = clock.monotonic();
  try {
    const memory = await Promise.all(mastersOf(redis).map((master) => master.info('memory')));
    const ms = Math.round(clock.monotonic() - began);
    const full = memory.map(fullness).find((one) => one !== undefined);
    if (full !== undefined) return observed('redis', 'full', { ms, detail: full });
    return observed('redis', ms > SLOW_MS ? 'slow' : 'ok', { ms });
  } catch (error) {
    return observed('redis', 'gone', { detail: codeOf(error) ?? describeThrown(error) });
  }
}

/** What it refuses writes for; undefined while it takes them. */
function fullness(memory: string): string | undefined {
  const of = (name: string): string =>
    new RegExp(`^${name}:(.*)$`, 'm').exec(memory)?.[1]?.trim() ?? '';
  const [used, most] = [Number(of('used_memory')), Number(of('maxmemory'))];
  if (most === 0 || used < most || of('maxmemory_policy') !== 'noeviction') return undefined;
  return `${used} of ${most} bytes are used, and nothing may be evicted`;
}
