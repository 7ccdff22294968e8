/** The fleet's Redis: connections, errors named as ours, keys that stay in one slot of a cluster. */
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import { Failed } from '../domain/failure.ts';
import type { Secret } from '../lib/secret.ts';
import { codeOf, describeThrown } from '../lib/thrown.ts';
import type { Records } from './records.ts';

/** A command that has no answer by then has failed: a run must not hang on our own memory. */
const COMMAND_MS = 2_000;
/**
 * A server that says nothing for so long is left, for one that vanished closes no connection; who waits for work there waits
 * less. (ioredis can ask the sentinels to tell of a failover instead, but ends for good when they do so while it connects.)
 */
const SILENT_MS = 15_000;
/** A client of a cluster asks so often who serves what: a node that only stands still tells nobody that it was replaced. */
const ASK_NODES_MS = 5_000;

/** Addresses are `redis://user@host:port`, or `rediss:` for TLS; they hold no password. */
export type RedisPlace = (
  | {
      /** With a database, `redis://host:port/db`; or `unix:/path`. */
      readonly url: string;
    }
  | {
      readonly sentinels: readonly string[];
      /** The name by which they know the server. */
      readonly master: string;
      readonly sentinelPassword?: Secret;
    }
  | {
      /** Some of its nodes; the others are asked for. */
      readonly cluster: readonly string[];
    }
) & {
  /** Of the server or servers that hold the data. */
  readonly password?: Secret;
};

/** To one server, to the one that sentinels name, or to a cluster: whoever has it need not know. */
export type RedisConnection = Redis | Cluster;

/** The servers that take writes, of a cluster all of them. Throws while none is known. */
export function mastersOf(redis: RedisConnection): readonly Redis[] {
  if (redis instanceof Redis) return [redis];
  const masters = redis.nodes('master');
  if (masters.length === 0) throw new Error('no node of the cluster answers');
  return masters;
}

type Options = Omit<RedisOptions, 'replyMapping'>;

type Patience = Pick<Options, 'enableOfflineQueue' | 'maxRetriesPerRequest' | 'commandTimeout'>;

/** Connects in the background, for ever; commands fail fast while there is no connection. */
export function connectRedis(place: RedisPlace): RedisConnection {
  return connect(place, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_MS,
  });
}

/** For the consumer of a queue: commands wait for Redis as long as it is away, and some wait there for work. */
export function connectPatiently(place: RedisPlace): RedisConnection {
  return connect(place, { maxRetriesPerRequest: null });
}

function connect(place: RedisPlace, patience: Patience): RedisConnection {
  const redis = open(place, {
    ...patience,
    connectTimeout: COMMAND_MS,
    socketTimeout: SILENT_MS,
    retryStrategy: again,
    // What was the master may be a replica now: who connects anew is led to the one that is.
    reconnectOnError: ({ message }) => message.includes('READONLY'),
    ...(place.password === undefined ? {} : { password: place.password.reveal() }),
  });
  // Without a listener the process would die of it; whoever sends a command hears of it.
  redis.on('error', () => undefined);
  return redis;
}

/** Milliseconds until the next attempt. */
const again = (times: number): number => Math.min(100 * times, 1_000);

function open(place: RedisPlace, options: Options): RedisConnection {
  if ('sentinels' in place) return openMaster(place, options);
  if ('cluster' in place) return openCluster(place.cluster, options);
  return new Redis(place.url.replace(/^unix:/, ''), options);
}

function openMaster(
  place: Extract<RedisPlace, { readonly sentinels: unknown }>,
  options: Options,
): Redis {
  const { sentinels, master, sentinelPassword } = place;
  const { tls, ...user } = signIn(sentinels);
  return new Redis({
    ...options,
    ...user,
    sentinels: sentinels.map((address) => hostOf(address, 26_379)),
    name: master,
    sentinelRetryStrategy: again,
    sentinelCommandTimeout: COMMAND_MS,
    ...(sentinelPassword === undefined ? {} : { sentinelPassword: sentinelPassword.reveal() }),
    ...(tls === undefined ? {} : { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
  });
}

function openCluster(nodes: readonly string[], options: Options): Cluster {
  const { enableOfflineQueue = true, retryStrategy: _, ...redisOptions } = options;
  const user = signIn(nodes);
  const common = {
    enableOfflineQueue,
    clusterRetryStrategy: again,
    slotsRefreshInterval: ASK_NODES_MS,
    redisOptions: { ...redisOptions, ...user },
  };
  // A certificate is for a name, so names stay names.
  const dnsLookup: NonNullable<ClusterOptions['dnsLookup']> = (name, done) => {
    done(null, name);
  };
  const hosts = nodes.map((address) => hostOf(address, 6_379));
  return new Cluster(hosts, user.tls === undefined ? common : { ...common, dnsLookup });
}

/** Who signs in, and how: the same at all of them. */
function signIn([first = '']: readonly string[]): Pick<RedisOptions, 'username' | 'tls'> {
  const { username, protocol } = new URL(first);
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

function hostOf(
  address: string,
  usualPort: number,
): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(address);
  // Only an address writes those of IPv6 in brackets.
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: port === '' ? usualPort : Number(port) };
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
  readonly #redis: RedisConnection;
  readonly #keys: Keys;

  constructor(redis: RedisConnection, keys: Keys) {
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
