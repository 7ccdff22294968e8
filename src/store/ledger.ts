/**
 * The tick ledger in Redis: for each tenant and UTC day a hash of what became of every slot of that day. It
 * only witnesses; what was planned is computed from the history.
 */
import type { PlannedSlot } from '../domain/history.ts';
import type { RunId } from '../domain/ids.ts';
import { type Account, accountSchema, isOpen, type OpenAccount } from '../domain/ledger.ts';
import { runIdOf } from '../domain/mark.ts';
import { plannedSlotOf, runRequestOf, runRequestSchema } from '../domain/run-request.ts';
import { slotOf } from '../domain/slot.ts';
import { groupBy } from '../lib/group.ts';
import { parseJson } from '../lib/json.ts';
import { inRedis, type Keys, type RedisConnection } from './redis.ts';
import { runScript, scriptOf } from './script.ts';

const DAY_MS = 86_400_000;
/** A day is forgotten so long after its end. */
const KEPT_MS = 3 * DAY_MS;

/**
 * Lua: functions that tell whether an account stands that is as far on or further, and that write one unless it does
 * and keep the list of what is open. Members of that list sort by their slots.
 */
export const WRITE_ACCOUNT = `
local rank = { queued = 1, started = 2 }
local function rankOf(account)
  return rank[cjson.decode(account).kind] or 3
end
local function isAccounted(day, field, account)
  local kept = redis.call('HGET', day, field)
  return kept and rankOf(kept) >= rankOf(account)
end
local function writeAccount(keys, tenant, field, account, expireAt)
  if isAccounted(keys.day, field, account) then return 0 end
  redis.call('HSET', keys.day, field, account)
  redis.call('EXPIREAT', keys.day, expireAt)
  local member = field .. '|' .. tenant
  if rankOf(account) == 3 then
    redis.call('ZREM', keys.open, member)
  else
    redis.call('ZADD', keys.open, 0, member)
  end
  return 1
end`;

/**
 * KEYS: for each slot its day, then the open slots. ARGV: account, and for each slot the slot, tenant and expiry.
 * Answers how many were written.
 */
const WRITE = scriptOf(`${WRITE_ACCOUNT}
local written = 0
for n = 1, #KEYS - 1 do
  local at = 3 * n - 1
  local keys = { day = KEYS[n], open = KEYS[#KEYS] }
  written = written + writeAccount(keys, ARGV[at + 1], ARGV[at], ARGV[1], ARGV[at + 2])
end
return written`);

/** So many accounts are written or asked for at once. */
const BATCH = 1_000;

interface Entry {
  readonly slot: PlannedSlot;
  readonly account: Account;
}

export class Ledger {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;

  constructor(redis: RedisConnection, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Every slot without an account is `queued`; planning twice is planning once. Rejects with Failed `state.unusable`. */
  async plan(slots: readonly PlannedSlot[]): Promise<void> {
    for (let n = 0; n < slots.length; n += BATCH) {
      await this.#write(slots.slice(n, n + BATCH), { kind: 'queued' });
    }
  }

  /**
   * False when nothing was written because an account stands that is as far on or further. Rejects with Failed
   * `state.unusable`.
   */
  async account(slot: PlannedSlot, account: Account): Promise<boolean> {
    return (await this.#write([slot], account)) === 1;
  }

  /** Of those of the slots that have one; malformed is as good as none. Rejects with Failed `state.unusable`. */
  async accounts(slots: Iterable<PlannedSlot>): Promise<ReadonlyMap<RunId, Account>> {
    const entries = await this.#entries(slots);
    return new Map(entries.map(({ slot, account }) => [runIdOf(runRequestOf(slot)), account]));
  }

  /** The slots before `toMs`, of all tenants, that are queued or started. Rejects with Failed `state.unusable`. */
  async open(
    toMs: number,
  ): Promise<readonly { readonly slot: PlannedSlot; readonly account: OpenAccount }[]> {
    const key = openKey(this.#keys);
    const end = slotOf(Math.ceil(toMs / 1_000) * 1_000);
    const members = await inRedis(() => this.#redis.zrangebylex(key, '-', `(${end}`));
    const listed = new Map(members.flatMap((member) => memberSlot(member)));
    const open = (await this.#entries(listed.values())).flatMap(({ slot, account }) =>
      isOpen(account) ? [{ slot, account }] : [],
    );
    // Its day was forgotten, or deleted: it is a hole, which only the audit may find.
    for (const { slot } of open) listed.delete(memberOf(slot));
    if (listed.size > 0) await inRedis(() => this.#redis.zrem(key, ...listed.keys()));
    return open;
  }

  async #entries(slots: Iterable<PlannedSlot>): Promise<readonly Entry[]> {
    const days = groupBy(slots, (slot) => dayKey(this.#keys, slot));
    const entries: Entry[] = [];
    for (const [key, day] of days) {
      for (let n = 0; n < day.length; n += BATCH) {
        const batch = day.slice(n, n + BATCH);
        const texts = await inRedis(() => this.#redis.hmget(key, ...batch.map(fieldOf)));
        entries.push(...batch.flatMap((slot, index) => entryOf(slot, texts[index] ?? '')));
      }
    }
    return entries;
  }

  /** Answers how many were written. */
  async #write(slots: readonly PlannedSlot[], account: Account): Promise<number> {
    const days = slots.map((slot) => dayKey(this.#keys, slot));
    const keys = [...days, openKey(this.#keys)];
    const values = [
      JSON.stringify(account),
      ...slots.flatMap((slot) => [fieldOf(slot), slot.tenant, expiryOf(slot.slotMs)]),
    ];
    return Number(await inRedis(() => runScript(this.#redis, WRITE, keys, values)));
  }
}

/** What WRITE_ACCOUNT writes to: the day, and the open slots. */
export const writtenKeys = (keys: Keys, slot: PlannedSlot): readonly string[] => [
  dayKey(keys, slot),
  openKey(keys),
];

/** What it writes: the slot, tenant, account, expiry. */
export const writtenValues = (
  slot: PlannedSlot,
  account: Account,
): readonly [string, string, string, number] => [
  fieldOf(slot),
  slot.tenant,
  JSON.stringify(account),
  expiryOf(slot.slotMs),
];

/** When the account of a slot is forgotten, in epoch seconds. */
export const expiryOf = (slotMs: number): number => (dayOf(slotMs) + DAY_MS + KEPT_MS) / 1_000;

const fieldOf = ({ scenario, transport, slotMs }: PlannedSlot): string =>
  [slotOf(slotMs), scenario, transport].join('|');

const memberOf = (slot: PlannedSlot): string => `${fieldOf(slot)}|${slot.tenant}`;

const dayKey = (keys: Keys, slot: Pick<PlannedSlot, 'tenant' | 'slotMs'>): string =>
  keys.of('ledger', slot.tenant, slotOf(slot.slotMs).slice(0, 8));

/** All slots that are queued or started. */
const openKey = (keys: Keys): string => keys.of('open-slots');

const dayOf = (ms: number): number => ms - (ms % DAY_MS);

function memberSlot(member: string): readonly (readonly [string, PlannedSlot])[] {
  const [slot, scenario, transport, tenant] = member.split('|');
  const request = runRequestSchema.safeParse({ v: 1, tenant, scenario, transport, slot });
  return request.success ? [[member, plannedSlotOf(request.data)]] : [];
}

function entryOf(slot: PlannedSlot, text: string): readonly Entry[] {
  const account = accountSchema.safeParse(parseJson(text));
  return account.success ? [{ slot, account: account.data }] : [];
}
