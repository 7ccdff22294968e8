/** The start of a planned run: the lease of its tenant and the account of its slot, in one script or neither. */
import type { Redis } from 'ioredis';
import type { PlannedSlot } from '../domain/history.ts';
import type { Lease } from '../engine/ports.ts';
import { pauseKey } from './back-off.ts';
import { WRITE_ACCOUNT, writtenKeys, writtenValues } from './ledger.ts';
import { inRedis, type Keys } from './redis.ts';
import type { RedisLeases } from './redis-leases.ts';
import { runScript, scriptOf } from './script.ts';
import { NEXT_TOKEN } from './tokens.ts';

/**
 * KEYS: lease, tokens, pause, day, open slots. ARGV: milliseconds, slot, tenant, account, expiry. Answers the token of
 * the lease, 0 where an account stands that is as far on or further, -1 while somebody holds the tenant, -2 while it is
 * left alone.
 */
const START = scriptOf(`${NEXT_TOKEN}${WRITE_ACCOUNT}
if redis.call('EXISTS', KEYS[1]) == 1 then return -1 end
if redis.call('EXISTS', KEYS[3]) == 1 then return -2 end
local keys = { day = KEYS[4], open = KEYS[5] }
if writeAccount(keys, ARGV[3], ARGV[2], ARGV[4], ARGV[5]) == 0 then return 0 end
local token = nextToken(KEYS[2])
redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
return token`);

/** `accounted`: the slot began or ended before. `busy`: somebody holds the tenant. `paused`: it is down, and left alone. */
export type Start = Lease | 'accounted' | 'busy' | 'paused';

const REFUSALS: Readonly<Record<string, Exclude<Start, Lease>>> = {
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
    const answer = await this.#leases.take(slot.tenant, forMs, async (lease) => {
      const pause = pauseKey(this.#keys, slot.tenant);
      const keys = [...lease, pause, ...writtenKeys(this.#keys, slot)];
      return Number(await inRedis(() => runScript(this.#redis, START, keys, [forMs, ...account])));
    });
    return typeof answer === 'object' ? answer : (REFUSALS[answer] ?? 'busy');
  }
}
