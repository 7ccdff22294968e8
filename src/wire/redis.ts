/** Where the fleet's Redis is: the configured one, else a private one in the state folder. */
import type { Redis } from 'ioredis';
import type { Config } from '../config/load.ts';
import { Failed } from '../domain/failure.ts';
import { LATE_MS } from '../domain/ledger.ts';
import type { Limits } from '../domain/limits.ts';
import type { Clock } from '../lib/clock.ts';
import { type PrivateRedis, startPrivateRedis } from '../store/private-redis.ts';
import type { RedisPlace } from '../store/redis.ts';

/** A Redis that does not answer by then is not there. */
const CONNECT_MS = 5_000;
/** What else lies between a slot and its final account: queue, report, our own clocks. */
const SLACK_MS = 15_000;

/** Rejects with Failed (fleet): no private Redis can be started, or the password cannot be read. */
export async function findRedis(
  { redis }: Config,
  stateFolder: string,
  clock: Clock,
): Promise<{ readonly place: RedisPlace; readonly own?: PrivateRedis }> {
  if (redis === undefined) {
    const own = await startPrivateRedis(stateFolder, clock);
    return { place: { url: own.url }, own };
  }
  return { place: await placeOf(redis) };
}

/** Rejects with Failed when the password cannot be read. */
export async function placeOf(redis: NonNullable<Config['redis']>): Promise<RedisPlace> {
  const url = redis.kind === 'socket' ? `unix:${redis.path}` : redis.url;
  const { password } = redis;
  return password === undefined ? { url } : { url, password: await password.read() };
}

/** Rejects with Failed `state.unusable` (fleet). */
export async function whenReady(redis: Redis, clock: Clock): Promise<void> {
  const untilMs = clock.monotonic() + CONNECT_MS;
  while (redis.status !== 'ready') {
    if (clock.monotonic() > untilMs) {
      const message =
        'Redis does not answer: is the address under fleet.redis right, and is it up?';
      throw new Failed({ code: 'state.unusable', blame: 'fleet', message });
    }
    await clock.sleep(50);
  }
}

/** By when a slot of a tenant with these limits has its final account, milliseconds after the slot. */
export const longestOf = ({ runMs, compensationMs }: Limits): number =>
  // A run waits for its tenant at most twice as long as it may last.
  LATE_MS + 3 * (runMs + compensationMs) + SLACK_MS;
