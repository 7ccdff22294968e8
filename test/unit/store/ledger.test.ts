import { describe, expect, it } from 'vitest';
import type { PlannedSlot } from '../../../src/domain/history.ts';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import type { Account } from '../../../src/domain/ledger.ts';
import { Ledger } from '../../../src/store/ledger.ts';
import { Keys } from '../../../src/store/redis.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const keys = new Keys('test');
// The ledger forgets old days, so these lie ahead of every clock this will ever run on.
const MIDNIGHT_MS = Date.UTC(2099, 6, 2);

const slotAt = (second: number, tenant = 'north'): PlannedSlot => ({
  tenant: tenantId(tenant),
  scenario: scenarioId('login'),
  transport: 'rpc',
  slotMs: MIDNIGHT_MS + second * 1_000,
});

const server = ownRedis();
const { redis } = server;
const ledger = new Ledger(redis, keys);

/** Of north, within a minute of midnight. */
const all = async (): Promise<Record<string, Account>> =>
  Object.fromEntries(await ledger.accounts(Array.from({ length: 120 }, (_, n) => slotAt(n - 60))));

const QUEUED = { kind: 'queued' } as const;
const STARTED = { kind: 'started' } as const;
const PASSED = { kind: 'passed' } as const;
const MISSED = { kind: 'missed', reason: 'late' } as const;

describe('the ledger', () => {
  it('plans slots across midnight UTC, of each tenant for itself', async () => {
    await ledger.plan([slotAt(-1), slotAt(0), slotAt(0, 'south')]);
    expect(await all()).toEqual({
      'SYN~north~login~rpc~20990701T235959Z': QUEUED,
      'SYN~north~login~rpc~20990702T000000Z': QUEUED,
    });
  });

  it('plans nothing when there is nothing', async () => {
    await ledger.plan([]);
    expect(await redis.keys('*')).toEqual([]);
  });

  it('planned twice is planned once, whatever became of the slot since', async () => {
    const planned = [slotAt(0), slotAt(1), slotAt(2)];
    await ledger.plan(planned);
    await ledger.account(slotAt(1), STARTED);
    await ledger.account(slotAt(2), PASSED);
    const before = await all();
    await ledger.plan(planned);
    expect(await all()).toEqual(before);
    expect(Object.values(before)).toEqual([QUEUED, STARTED, PASSED]);
  });

  it.each<[Account, Account]>([
    [PASSED, { kind: 'failed' }],
    [MISSED, PASSED],
    [{ kind: 'skipped', reason: 'no consent' }, MISSED],
    [{ kind: 'failed' }, STARTED],
    [{ kind: 'inconclusive' }, QUEUED],
    [STARTED, QUEUED],
    [STARTED, STARTED],
  ])('keeps %o when %o comes later, and says so', async (first, later) => {
    expect(await ledger.account(slotAt(0), first)).toBe(true);
    expect(await ledger.account(slotAt(0), later)).toBe(false);
    expect(Object.values(await all())).toEqual([first]);
  });

  it('tells one of several at once that it accounted for the slot', async () => {
    await ledger.plan([slotAt(0)]);
    const told = await Promise.all(
      Array.from({ length: 8 }, () => ledger.account(slotAt(0), STARTED)),
    );
    expect(told.filter((first) => first)).toHaveLength(1);
  });

  it('answers for many more slots than it asks for at once', async () => {
    const slots = Array.from({ length: 2_500 }, (_, n) => slotAt(n));
    await ledger.plan(slots.slice(0, 2_400));
    expect((await ledger.accounts(slots)).size).toBe(2_400);
  });

  it('answers which slots are still open, of all tenants, before an instant', async () => {
    await ledger.plan([slotAt(-1), slotAt(0), slotAt(1), slotAt(5), slotAt(-2, 'south')]);
    await ledger.account(slotAt(0), STARTED);
    await ledger.account(slotAt(1), MISSED);
    expect(await ledger.open(MIDNIGHT_MS + 5_000)).toEqual([
      { slot: slotAt(-2, 'south'), account: QUEUED },
      { slot: slotAt(-1), account: QUEUED },
      { slot: slotAt(0), account: STARTED },
    ]);
    await ledger.account(slotAt(0), PASSED);
    expect(await ledger.open(MIDNIGHT_MS + 1_000)).toHaveLength(2);
    // The clock of whoever asks is between two seconds.
    expect(await ledger.open(MIDNIGHT_MS - 1_500)).toHaveLength(1);
    expect(await ledger.open(MIDNIGHT_MS - 1)).toHaveLength(2);
  });

  it('leaves alone what it lost the account of: that is a hole', async () => {
    await ledger.plan([slotAt(-1), slotAt(0)]);
    const [day = ''] = await redis.keys('*20990701');
    await redis.del(day);
    expect(await ledger.open(MIDNIGHT_MS + 1_000)).toEqual([{ slot: slotAt(0), account: QUEUED }]);
    expect(await redis.zcard('{orderwatch-test}:open-slots')).toBe(1);
  });

  it('passes over what nobody can read', async () => {
    await ledger.plan([slotAt(0)]);
    const [key = ''] = await redis.keys('*:ledger:*');
    await redis.hset(key, '20990702T000001Z|login|rpc', '{"half":');
    await redis.zadd('{orderwatch-test}:open-slots', 0, '20990702T000001Z|login|rpc|north', 0, 'x');
    expect(await ledger.open(MIDNIGHT_MS + 60_000)).toHaveLength(1);
    expect(Object.values(await all())).toEqual([QUEUED]);
  });

  it('forgets a day three days after its end', async () => {
    await ledger.plan([slotAt(7)]);
    const [key = ''] = await redis.keys('*:ledger:*');
    expect(key).toBe('{orderwatch-test}:ledger:north:20990702');
    expect(await redis.expiretime(key)).toBe(Date.UTC(2099, 6, 6) / 1_000);
  });

  it('is back after a crash of Redis', async () => {
    await ledger.account(slotAt(0), PASSED);
    await server.kill();
    await expect(ledger.plan([slotAt(1)])).rejects.toMatchObject({
      failure: { code: 'state.unusable', blame: 'fleet' },
    });
    await server.start();
    expect(Object.values(await all())).toEqual([PASSED]);
  });
});

describe('a Redis that stands still', () => {
  it('is our own failure within two seconds and a little', async () => {
    server.freeze();
    try {
      const before = performance.now();
      await expect(ledger.accounts([slotAt(0)])).rejects.toMatchObject({
        failure: { code: 'state.unusable', blame: 'fleet' },
      });
      expect(performance.now() - before).toBeLessThan(3_000);
    } finally {
      server.thaw();
    }
  });
});
