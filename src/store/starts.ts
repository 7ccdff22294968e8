/**
 * The start of a planned run: the lease of its tenant and the account of its slot, in one script or neither; the same
 * script reads what the run asks first.
 */
import type { Redis } from 'ioredis';
import type { PlannedSlot } from '../domain/history.ts';
import type { Readiness } from '../domain/readiness.ts';
import type { Begun } from '../engine/ports.ts';
import { parseJson } from '../lib/json.ts';
import { pauseKey } from './back-off.ts';
import { WRITE_ACCOUNT, writtenKeys, writtenValues } from './ledger.ts';
import { parseReadiness, readinessShelf } from './readiness.ts';
import { inRedis, type Keys, shelfKey } from './redis.ts';
import type { RedisLease, RedisLeases } from './redis-leases.ts';
import { runScript, scriptOf } from './script.ts';
import { NEXT_TOKEN } from './tokens.ts';

/**
 * KEYS: lease, tokens, pause, day, open slots, readiness. ARGV: milliseconds, slot, tenant, account, expiry, scenario.
 * Answers the token of the lease and what is kept of its readiness; or one number: 0 where an account stands that is
 * as far on or further, -1 while somebody holds the tenant, -2 while it is left alone.
 */
const START = scriptOf(`${NEXT_TOKEN}${WRITE_ACCOUNT}
if redis.call('EXISTS', KEYS[1]) == 1 then return { -1 } end
if redis.call('EXISTS', KEYS[3]) == 1 then return { -2 } end
local keys = { day = KEYS[4], open = KEYS[5] }
if writeAccount(keys, ARGV[3], ARGV[2], ARGV[4], ARGV[5]) == 0 then return { 0 } end
local token = nextToken(KEYS[2])
redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
return { token, redis.call('HGET', KEYS[6], ARGV[6]) }`);

export interface PlannedStart extends Begun {
  readonly lease: RedisLease;
}

/** `accounted`: the slot began or ended before. `busy`: somebody holds the tenant. `paused`: it is down, and left alone. */
export type Start = PlannedStart | 'accounted' | 'busy' | 'paused';

const REFUSALS: Readonly<Record<string, Exclude<Start, PlannedStart>>> = {
  '0': 'accounted',
  '-1': 'busy',
  '-2': 'paused',
};

export class Starts {
  readonly #redis: Redis;
  readonly #keys: Keys;
  readonly #leases: RedisLeases;

  constructor(redis: Redis, keys: Keys, leases: RedisLeases) {
    this.#redis = redis;
    this.#keys = keys;
    this.#leases = leases;
  }

  /** Of several who begin one slot, one gets the lease, for `forMs`. Rejects with Failed `state.unusable`. */
  async begin(slot: PlannedSlot, forMs: number): Promise<Start> {
    const account = writtenValues(slot, { kind: 'started' });
    const values = [forMs, ...account, slot.scenario];
    let readiness: Readiness | undefined;
    const lease = await this.#leases.take(slot.tenant, forMs, async (names) => {
      const pause = pauseKey(this.#keys, slot.tenant);
      const shelf = shelfKey(this.#keys, readinessShelf(slot.tenant));
      const keys = [...names, pause, ...writtenKeys(this.#keys, slot), shelf];
      const answer = await inRedis(() => runScript(this.#redis, START, keys, values));
      const [token, kept] = answer as readonly [number, (string | null)?];
      readiness = parseReadiness(parseJson(kept ?? ''));
      return token;
    });
    return typeof lease === 'object' ? { lease, readiness } : (REFUSALS[lease] ?? 'busy');
  }
}
