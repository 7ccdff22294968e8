/**
 * The tick ledger in Redis: for each tenant and UTC day a hash of what became of every slot of that day. It
 * only witnesses; what was planned is computed from the history.
 */
import type { Redis } from 'ioredis';
import type { PlannedSlot } from '../domain/history.ts';
import type { RunId, TenantId } from '../domain/ids.ts';
import { type Account, accountSchema, isOpen, type OpenAccount } from '../domain/ledger.ts';
import { runIdOf } from '../domain/mark.ts';
import { plannedSlotOf, runRequestOf, runRequestSchema } from '../domain/run-request.ts';
import { slotOf } from '../domain/slot.ts';
import { parseJson } from '../lib/json.ts';
import { inRedis, type Keys } from './redis.ts';

const DAY_MS = 86_400_000;
/** A day is forgotten so long after its end. */
const KEPT_MS = 3 * DAY_MS;

/** Lua: a function that writes an account unless one stands that is as far on or further. */
export const WRITE_ACCOUNT = `
local open = { queued = 1, started = 2 }
local function rankOf(account)
  return open[cjson.decode(account).kind] or 3
end
local function writeAccount(key, slot, account, expireAt)
  local kept = redis.call('HGET', key, slot)
  if kept and rankOf(kept) >= rankOf(account) then return 0 end
  redis.call('HSET', key, slot, account)
  redis.call('EXPIREAT', key, expireAt)
  return 1
end`;

/** KEYS: day. ARGV: slots, account, expiry. Answers how many were written. */
const WRITE = `${WRITE_ACCOUNT}
local written = 0
for n = 1, #ARGV - 2 do
  written = written + writeAccount(KEYS[1], ARGV[n], ARGV[#ARGV - 1], ARGV[#ARGV])
end
return written`;

interface Entry {
  readonly slot: PlannedSlot;
  readonly account: Account;
}

export class Ledger {
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Every slot without an account is `queued`; planning twice is planning once. Rejects with Failed `state.unusable`. */
  async plan(slots: readonly PlannedSlot[]): Promise<void> {
    const days = new Map<string, PlannedSlot[]>();
    for (const slot of slots) {
      const key = dayKey(this.#keys, slot);
      const day = days.get(key) ?? [];
      days.set(key, day);
      day.push(slot);
    }
    const queued = JSON.stringify({ kind: 'queued' } satisfies Account);
    await Promise.all([...days].map(([key, day]) => this.#write(key, day, queued)));
  }

  /**
   * False when nothing was written because an account stands that is as far on or further: so of several who account
   * for a start, one is told true. Rejects with Failed `state.unusable`.
   */
  async account(slot: PlannedSlot, account: Account): Promise<boolean> {
    const key = dayKey(this.#keys, slot);
    return (await this.#write(key, [slot], JSON.stringify(account))) === 1;
  }

  /** Of the tenant's slots in [fromMs, toMs), in epoch milliseconds. Rejects with Failed `state.unusable`. */
  async accounts(
    tenant: TenantId,
    fromMs: number,
    toMs: number,
  ): Promise<ReadonlyMap<RunId, Account>> {
    const entries = await this.#read(tenant, fromMs, toMs);
    return new Map(entries.map(({ slot, account }) => [runIdOf(runRequestOf(slot)), account]));
  }

  /** The tenant's slots in [fromMs, toMs) that are queued or started. Rejects with Failed `state.unusable`. */
  async open(
    tenant: TenantId,
    fromMs: number,
    toMs: number,
  ): Promise<readonly { readonly slot: PlannedSlot; readonly account: OpenAccount }[]> {
    const entries = await this.#read(tenant, fromMs, toMs);
    return entries.flatMap(({ slot, account }) => (isOpen(account) ? [{ slot, account }] : []));
  }

  /** Passes over what is malformed. */
  async #read(tenant: TenantId, fromMs: number, toMs: number): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    for (let dayMs = dayOf(fromMs); dayMs < toMs; dayMs += DAY_MS) {
      const key = dayKey(this.#keys, { tenant, slotMs: dayMs });
      const day = Object.entries(await inRedis(() => this.#redis.hgetall(key)));
      for (const [field, text] of day) entries.push(...entryOf(tenant, field, text));
    }
    return entries.filter(({ slot }) => slot.slotMs >= fromMs && slot.slotMs < toMs);
  }

  /** Slots of one tenant and day. Answers how many accounts were written. */
  async #write(key: string, slots: readonly PlannedSlot[], account: string): Promise<number> {
    const values = [...slots.map(fieldOf), account, expiryOf(slots[0]?.slotMs ?? 0)];
    return Number(await inRedis(() => this.#redis.eval(WRITE, 1, key, ...values)));
  }
}

/** When the account of a slot is forgotten, in epoch seconds. */
export const expiryOf = (slotMs: number): number => (dayOf(slotMs) + DAY_MS + KEPT_MS) / 1_000;

export const fieldOf = ({ scenario, transport, slotMs }: PlannedSlot): string =>
  [scenario, transport, slotOf(slotMs)].join('|');

export const dayKey = (keys: Keys, slot: Pick<PlannedSlot, 'tenant' | 'slotMs'>): string =>
  keys.of('ledger', slot.tenant, slotOf(dayOf(slot.slotMs)).slice(0, 8));

const dayOf = (ms: number): number => ms - (ms % DAY_MS);

function entryOf(tenant: TenantId, field: string, text: string): readonly Entry[] {
  const [scenario, transport, slot] = field.split('|');
  const request = runRequestSchema.safeParse({ v: 1, tenant, scenario, transport, slot });
  const account = accountSchema.safeParse(parseJson(text));
  if (!request.success || !account.success) return [];
  return [{ slot: plannedSlotOf(request.data), account: account.data }];
}
