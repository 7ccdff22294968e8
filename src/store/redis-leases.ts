/**
 * Leases of tenants in Redis. A lease ends by itself, and a holder who cannot reach Redis goes on until then: nobody
 * else can have been given what has not ended, unless Redis lost its memory and cannot be reached at once.
 */
import { Failed } from '../domain/failure.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Lease, Leases } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { expiryOf } from './ledger.ts';
import { inRedis, type Keys, type RedisConnection } from './redis.ts';
import { COUNT_ROWS, rowsKey } from './rows.ts';
import { runScript, scriptOf } from './script.ts';
import { NEXT_TOKEN } from './tokens.ts';

const POLL_MS = 100;

/**
 * KEYS: lease, tokens, rows. ARGV: milliseconds, rows, expiry of what is counted. Answers the new token, or 0 while
 * somebody holds the lease.
 */
const TAKE = scriptOf(`${NEXT_TOKEN}${COUNT_ROWS}
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
countRows(KEYS[3], ARGV[2], ARGV[3])
local token = nextToken(KEYS[2])
redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
return token`);

/**
 * KEYS: lease, tokens. ARGV: our token, milliseconds left. Answers 1 while it is ours. A Redis that lost its
 * memory has given it to nobody since, unless a higher token was handed out.
 */
const CHECK = scriptOf(`
local holder = redis.call('GET', KEYS[1])
if holder then return holder == ARGV[1] and 1 or 0 end
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
if last > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[2], ARGV[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`);

/** Lua: a function that ends a lease unless it is somebody else's by now. */
export const GIVE_BACK = `
local function giveBack(lease, token)
  if redis.call('GET', lease) == token then redis.call('DEL', lease) end
end`;

/** KEYS: lease. ARGV: our token. */
const RELEASE = scriptOf(`${GIVE_BACK}
giveBack(KEYS[1], ARGV[1])`);

export interface RedisLease extends Lease {
  /** To be told when a script of the caller's gave it back; `release` does nothing then. */
  readonly returned: () => void;
}

/** It is there while somebody holds the tenant, and holds the token. */
export const leaseKey = (keys: Keys, tenant: TenantId): string => keys.of('lease', tenant);

type LeaseNames = readonly [lease: string, tokens: string];

export class RedisLeases implements Leases {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;
  /** Ends of the leases that were taken here and not given back. */
  readonly #ends = new Map<Lease, number>();

  constructor(redis: RedisConnection, keys: Keys, clock: Clock) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
  }

  /** How many leases taken here have neither ended nor been given back. */
  get held(): number {
    const nowMs = this.#clock.monotonic();
    for (const [lease, endMs] of this.#ends) if (endMs <= nowMs) this.#ends.delete(lease);
    return this.#ends.size;
  }

  async acquire(
    tenant: TenantId,
    forMs: number,
    signal: AbortSignal,
    rows = 0,
  ): Promise<RedisLease> {
    for (;;) {
      signal.throwIfAborted();
      const lease = await this.take(tenant, forMs, async (names) => {
        const nowMs = this.#clock.now();
        const keys = [...names, rowsKey(this.#keys, tenant, nowMs)];
        const values = [forMs, rows, expiryOf(nowMs)];
        return Number(await inRedis(() => runScript(this.#redis, TAKE, keys, values)));
      });
      if (typeof lease === 'object') {
        if (!signal.aborted) return lease;
        await lease.release();
      }
      await this.#clock.sleep(POLL_MS, signal);
    }
  }

  /**
   * Asks once, by a script of the caller's that is given the names of lease and tokens and answers a token; whatever
   * is no token is handed on as it is.
   */
  async take(
    tenant: TenantId,
    forMs: number,
    ask: (names: LeaseNames) => Promise<number>,
  ): Promise<RedisLease | number> {
    const names = [leaseKey(this.#keys, tenant), this.#keys.of('lease-tokens', tenant)] as const;
    const asked = this.#clock.monotonic();
    const token = await ask(names);
    return token > 0 ? this.#lease(tenant, { names, token, endMs: asked + forMs }) : token;
  }

  #lease(
    tenant: TenantId,
    held: {
      readonly names: LeaseNames;
      readonly token: number;
      /** By our own clock that never jumps; counted from before Redis was asked, so never late. */
      readonly endMs: number;
    },
  ): RedisLease {
    const { names, token, endMs } = held;
    const lease: RedisLease = {
      token,
      check: async () => {
        const left = Math.floor(endMs - this.#clock.monotonic());
        if (left > 0 && (await this.#isOurs(names, token, left))) return;
        const message = `the lease of ${tenant} was lost`;
        throw new Failed({ code: 'lease.lost', blame: 'fleet', message });
      },
      returned: () => {
        this.#ends.delete(lease);
      },
      release: async () => {
        if (!this.#ends.delete(lease)) return;
        await inRedis(() => runScript(this.#redis, RELEASE, [names[0]], [token]));
      },
    };
    this.#ends.set(lease, endMs);
    return lease;
  }

  async #isOurs(names: LeaseNames, token: number, leftMs: number): Promise<boolean> {
    try {
      return (await runScript(this.#redis, CHECK, names, [token, leftMs])) === 1;
    } catch {
      return true;
    }
  }
}
