/** The fleet's Redis: connections, errors named as ours, keys that stay in one slot of a cluster. */
import { Redis, type RedisOptions } from 'ioredis';
import { Failed } from '../domain/failure.ts';
import type { Secret } from '../lib/secret.ts';
import { codeOf, describeThrown } from '../lib/thrown.ts';
import type { Records } from './records.ts';

/** A command that has no answer by then has failed: a run must not hang on our own memory. */
const COMMAND_MS = 2_000;

export interface RedisPlace {
  /** `redis://host:port/db`, `rediss://...` or `unix:/path`. */
  readonly url: string;
  readonly password?: Secret;
}

/** Connects in the background, for ever; commands fail fast while there is no connection. */
export function connectRedis(place: RedisPlace): Redis {
  return connect(place, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_MS,
  });
}

/** For the consumer of a queue: commands wait for Redis as long as it is away, and some wait there for work. */
export function connectPatiently(place: RedisPlace): Redis {
  return connect(place, { maxRetriesPerRequest: null });
}

function connect(
  { url, password }: RedisPlace,
  options: Pick<RedisOptions, 'enableOfflineQueue' | 'maxRetriesPerRequest' | 'commandTimeout'>,
): Redis {
  const redis = new Redis(url.replace(/^unix:/, ''), {
    ...options,
    connectTimeout: COMMAND_MS,
    retryStrategy: (times) => Math.min(100 * times, 1_000),
    ...(password === undefined ? {} : { password: password.reveal() }),
  });
  // Without a listener the process would die of it; whoever sends a command hears of it.
  redis.on('error', () => undefined);
  return redis;
}

/** Runs Redis work; what goes wrong there is the fleet's. Rejects with Failed `state.unusable`. */
export async function inRedis<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failed) throw error;
    const message = `Redis: ${codeOf(error) ?? describeThrown(error)}`;
    throw new Failed({ code: 'state.unusable', blame: 'fleet', message }, { cause: error });
  }
}

/** Names of keys. The hash tag keeps all keys of a fleet on one node, so that scripts may touch several. */
export class Keys {
  /** Begins every key; also the prefix of the queue. */
  readonly prefix: string;

  constructor(fleet: string) {
    this.prefix = `{orderwatch-${fleet}}`;
  }

  of(...parts: readonly string[]): string {
    return [this.prefix, ...parts].join(':');
  }
}

/** The hash of one shelf of records. */
export const shelfKey = (keys: Keys, shelf: string): string => keys.of('records', shelf);

/** Each shelf is a hash of JSON texts. */
export class RedisRecords implements Records {
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async get(shelf: string, name: string): Promise<unknown> {
    const text = await inRedis(() => this.#redis.hget(this.#key(shelf), name));
    return text === null ? undefined : inRedis(() => Promise.resolve(JSON.parse(text) as unknown));
  }

  async put(shelf: string, name: string, value: unknown): Promise<void> {
    await inRedis(() => this.#redis.hset(this.#key(shelf), name, JSON.stringify(value)));
  }

  async create(shelf: string, name: string, value: unknown): Promise<boolean> {
    const text = JSON.stringify(value);
    return (await inRedis(() => this.#redis.hsetnx(this.#key(shelf), name, text))) === 1;
  }

  async remove(shelf: string, name: string): Promise<void> {
    await inRedis(() => this.#redis.hdel(this.#key(shelf), name));
  }

  async names(shelf: string): Promise<readonly string[]> {
    return (await inRedis(() => this.#redis.hkeys(this.#key(shelf)))).sort();
  }

  #key(shelf: string): string {
    return shelfKey(this.#keys, shelf);
  }
}
