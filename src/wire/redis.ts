/** Opens the fleet's Redis: the configured one, else a private one in the state folder. */
import type { Redis } from 'ioredis';
import type { Config } from '../config/load.ts';
import { Failed } from '../domain/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { hasPrivateRedis, startPrivateRedis } from '../store/private-redis.ts';
import { connectRedis, Keys, type RedisPlace } from '../store/redis.ts';

/** A Redis that does not answer by then is not there. */
const CONNECT_MS = 5_000;

export interface OpenRedis {
  readonly redis: Redis;
  readonly keys: Keys;
  /** For connections of other kinds. */
  readonly place: RedisPlace;
  /** Where the private one is, when the configuration names none. */
  readonly privateUrl?: string;
  /** Ends the connection, and the private Redis with its last user. */
  readonly close: () => Promise<void>;
}

/** Whether a fleet keeps its state in a Redis: a configured one, or its own in this folder. */
export function hasRedis({ redis }: Config, stateFolder: string): boolean {
  return redis !== undefined || hasPrivateRedis(stateFolder);
}

/**
 * Rejects with Failed `state.unusable` (fleet): it does not answer, no private one can be started, or its password
 * cannot be read.
 */
export async function openRedis(
  { fleet, redis: configured }: Config,
  stateFolder: string,
  clock: Clock,
): Promise<OpenRedis> {
  const own = configured === undefined ? await startPrivateRedis(stateFolder, clock) : undefined;
  const place = configured === undefined ? { url: own?.url ?? '' } : await placeOf(configured);
  const redis = connectRedis(place);
  const close = async (): Promise<void> => {
    redis.disconnect();
    await own?.close();
  };
  try {
    await whenReady(redis, clock);
  } catch (error) {
    await close();
    throw error;
  }
  const keys = new Keys(fleet.name);
  return { redis, keys, place, close, ...(own === undefined ? {} : { privateUrl: own.url }) };
}

async function placeOf(redis: NonNullable<Config['redis']>): Promise<RedisPlace> {
  const url = redis.kind === 'socket' ? `unix:${redis.path}` : redis.url;
  const { password } = redis;
  return password === undefined ? { url } : { url, password: await password.read() };
}

async function whenReady(redis: Redis, clock: Clock): Promise<void> {
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
