/** Opens the fleet's Redis: the configured one, else a private one in the state folder. */
import type { Config } from '../config/load.ts';
import { Failed } from '../domain/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { hasPrivateRedis, startPrivateRedis } from '../store/private-redis.ts';
import { connectRedis, Keys, type RedisConnection, type RedisPlace } from '../store/redis.ts';
import { riskOf } from '../store/redis-safety.ts';

/** A Redis that does not answer by then is not there. */
const CONNECT_MS = 5_000;

export interface OpenRedis {
  readonly redis: RedisConnection;
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

/**
 * To be asked before a fleet plays on it. Answers what may make it forget, where the configuration lets that through. Rejects
 * with Failed `state.unsafe` (fleet) where it does not, and `state.unusable`.
 */
export async function refuseUnsafe(
  { fleet }: Config,
  redis: RedisConnection,
): Promise<string | undefined> {
  const risk = await riskOf(redis);
  if (risk === undefined) return undefined;
  if (fleet.allowUnsafeRedis) return risk.what;
  const message =
    `this Redis is not safe for a fleet: ${risk.what}. Slots, leases and reports would be lost, and runs doubled, ` +
    `without a trace: ${risk.remedy}, or accept it with fleet.allowUnsafeRedis: true`;
  throw new Failed({ code: 'state.unsafe', blame: 'fleet', message });
}

type Configured = NonNullable<Config['redis']>;

async function placeOf(redis: Configured): Promise<RedisPlace> {
  const { password } = redis;
  const signIn = password === undefined ? {} : { password: await password.read() };
  return { ...(await serversOf(redis)), ...signIn };
}

async function serversOf(redis: Configured): Promise<RedisPlace> {
  if (redis.kind === 'url') return { url: redis.url };
  if (redis.kind === 'socket') return { url: `unix:${redis.path}` };
  if (redis.kind === 'cluster') return { cluster: redis.cluster };
  const { sentinels, master, sentinelPassword } = redis;
  const watched = { sentinels, master };
  return sentinelPassword === undefined
    ? watched
    : { ...watched, sentinelPassword: await sentinelPassword.read() };
}

async function whenReady(redis: RedisConnection, clock: Clock): Promise<void> {
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
