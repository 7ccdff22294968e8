/** The start of a planned run: the lease of its tenant and the account of its slot, in one script or neither. */
import type { Redis } from 'ioredis';
import type { PlannedSlot } from '../domain/history.ts';
import type { Lease } from '../engine/ports.ts';
import { WRITE_ACCOUNT, writtenKeys, writtenValues } from './ledger.ts';
import { inRedis, type Keys } from './redis.ts';
import type { RedisLeases } from './redis-leases.ts';
import { runScript, scriptOf } from './script.ts';
import { NEXT_TOKEN } from './tokens.ts';

/**
 * KEYS: lease, tokens, day, open slots. ARGV: milliseconds, slot, tenant, account, expiry. Answers the token of the
 * lease, 0 where an account stands that is as far on or further, -1 while somebody holds the tenant.
 */
const START = scriptOf(`${NEXT_TOKEN}${WRITE_ACCOUNT}
if redis.call('EXISTS', KEYS[1]) == 1 then return -1 end
local keys = { day = KEYS[3], open = KEYS[4] }
if writeAccount(keys, ARGV[3], ARGV[2], ARGV[4], ARGV[5]) == 0 then return 0 end
local token = nextToken(KEYS[2])
redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
return token`);

/** `busy`: somebody holds the tenant just now; `accounted`: its slot began or ended before. */
export type Start = Lease | 'busy' | 'accounted';

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
      const keys = [...lease, ...writtenKeys(this.#keys, slot)];
      return Number(await inRedis(() => runScript(this.#redis, START, keys, [forMs, ...account])));
    });
    if (typeof answer === 'object') return answer;
    return answer === 0 ? 'accounted' : 'busy';
  }
}
