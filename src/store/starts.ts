/**
 * The start of a planned run: the lease of its tenant and the account of its slot, in one script or neither; the same
 * script reads what the run asks first.
 */
import type { PlannedSlot } from '../domain/history.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Readiness } from '../domain/readiness.ts';
import type { Begun } from '../engine/ports.ts';
import { parseJson } from '../lib/json.ts';
import { pauseKey } from './back-off.ts';
import { claimKey } from './claims.ts';
import { WRITE_ACCOUNT, writtenKeys, writtenValues } from './ledger.ts';
import { parseReadiness, readinessShelf } from './readiness.ts';
import { inRedis, type Keys, type RedisConnection, shelfKey } from './redis.ts';
import type { RedisLease, RedisLeases } from './redis-leases.ts';
import { COUNT_ROWS, rowsKey } from './rows.ts';
import { runScript, scriptOf } from './script.ts';
import { NEXT_TOKEN } from './tokens.ts';

/**
 * KEYS: lease, tokens, pause, day, open slots, readiness, rows, claim. ARGV: milliseconds, slot, tenant, account,
 * expiry, scenario, rows, most rows. Answers the token of the lease and what is kept of its readiness; or one number: 0
 * where an account stands that is as far on or further, -1 while somebody holds or claims the tenant, -2 while it is
 * left alone; or -3 and the rows that are used when these would be too many.
 */
const START = scriptOf(`${NEXT_TOKEN}${WRITE_ACCOUNT}${COUNT_ROWS}
if redis.call('EXISTS', KEYS[1], KEYS[8]) > 0 then return { -1 } end
local rows = tonumber(ARGV[7])
local used = rows > 0 and rowsUsed(KEYS[7]) or 0
local paused = redis.call('EXISTS', KEYS[3]) == 1
if paused or used + rows > tonumber(ARGV[8]) then
  if isAccounted(KEYS[4], ARGV[2], ARGV[4]) then return { 0 } end
  if paused then return { -2 } end
  return { -3, used }
end
local keys = { day = KEYS[4], open = KEYS[5] }
if writeAccount(keys, ARGV[3], ARGV[2], ARGV[4], ARGV[5]) == 0 then return { 0 } end
countRows(KEYS[7], rows, ARGV[5])
local token = nextToken(KEYS[2])
redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
return { token, redis.call('HGET', KEYS[6], ARGV[6]) }`);

export interface PlannedStart extends Begun {
  readonly kind: 'started';
  readonly lease: RedisLease;
}

/** `accounted`: the slot began or ended before. `busy`: somebody holds or claims the tenant. `paused`: it is down. */
type Refusal =
  | { readonly kind: 'accounted' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'paused' };

/** `over`: with its rows the day's would be more than `mostRows`. */
export type Start = PlannedStart | Refusal | { readonly kind: 'over'; readonly usedRows: number };

const REFUSALS: Readonly<Record<string, Refusal>> = {
  '0': { kind: 'accounted' },
  '-1': { kind: 'busy' },
  '-2': { kind: 'paused' },
};

export interface StartTerms {
  /** Of the lease, in milliseconds. */
  readonly forMs: number;
  /** That the run may leave in the tenant for good. */
  readonly rows: number;
  /** It starts only if no more are counted on its day, its own included. */
  readonly mostRows: number;
}

export class Starts {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #leases: RedisLeases;

  constructor(redis: RedisConnection, keys: Keys, leases: RedisLeases) {
    this.#redis = redis;
    this.#keys = keys;
    this.#leases = leases;
  }

  /**
   * Of several who begin one slot, one gets the lease. Its rows are counted on the day of the slot. Rejects with Failed
   * `state.unusable`.
   */
  async begin(slot: PlannedSlot, { forMs, rows, mostRows }: StartTerms): Promise<Start> {
    const account = writtenValues(slot, { kind: 'started' });
    const values = [forMs, ...account, slot.scenario, rows, mostRows];
    let readiness: Readiness | undefined;
    let usedRows = 0;
    const lease = await this.#leases.take(slot.tenant, forMs, async (names) => {
      const pause = pauseKey(this.#keys, slot.tenant);
      const shelf = shelfKey(this.#keys, readinessShelf(slot.tenant));
      const counted = rowsKey(this.#keys, slot.tenant, slot.slotMs);
      const claim = claimKey(this.#keys, slot.tenant);
      const keys = [...names, pause, ...writtenKeys(this.#keys, slot), shelf, counted, claim];
      const answer = await inRedis(() => runScript(this.#redis, START, keys, values));
      const [token, kept] = answer as readonly [number, (string | number | null)?];
      if (typeof kept === 'number') usedRows = kept;
      else readiness = parseReadiness(parseJson(kept ?? ''));
      return token;
    });
    if (typeof lease === 'object') return { kind: 'started', lease, readiness };
    return REFUSALS[lease] ?? { kind: 'over', usedRows };
  }

  /** Whether a gate has the tenant now. Rejects with Failed `state.unusable`. */
  async isClaimed(tenant: TenantId): Promise<boolean> {
    return (await inRedis(() => this.#redis.exists(claimKey(this.#keys, tenant)))) === 1;
  }
}
