import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedSlot } from '../../../src/domain/history.ts';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import type { Outcome } from '../../../src/domain/report.ts';
import { slotOf } from '../../../src/domain/slot.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { Claims } from '../../../src/store/claims.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { Ledger } from '../../../src/store/ledger.ts';
import { KeptReadiness } from '../../../src/store/readiness.ts';
import { Keys, RedisRecords } from '../../../src/store/redis.ts';
import { type RedisLease, RedisLeases } from '../../../src/store/redis-leases.ts';
import { Reports } from '../../../src/store/reports.ts';
import { type Start, Starts } from '../../../src/store/starts.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { ownRedis } from '../../support/unit/redis.ts';
import { reportOf } from '../../support/unit/reports.ts';

const { redis } = ownRedis();
const keys = new Keys('test');
const folder = temporaryFolder();
// The ledger forgets old days, so these lie ahead of every clock this will ever run on.
const NOON_MS = Date.UTC(2099, 6, 1, 12);

const slotAt = (second: number, tenant = 'north'): PlannedSlot => ({
  tenant: tenantId(tenant),
  scenario: scenarioId('order-confirmation'),
  transport: 'rpc',
  slotMs: NOON_MS + second * 1_000,
});

const terms = { forMs: 60_000, rows: 0, mostRows: 0 };

let leases: RedisLeases;
let starts: Starts;
const ledger = new Ledger(redis, keys);
const reports = new Reports(redis, keys, new FolderRecords(folder));

beforeEach(() => {
  leases = new RedisLeases(redis, keys, systemClock);
  starts = new Starts(redis, keys, leases);
});

/** A start, given back at once where it was given. */
async function begin(slot: PlannedSlot): Promise<Start['kind']> {
  const start = await starts.begin(slot, terms);
  if (start.kind !== 'started') return start.kind;
  await start.lease.check();
  await start.lease.release();
  return 'started';
}

const DOWN: Outcome = {
  kind: 'failed',
  failure: { code: 'odoo.unreachable', blame: 'target', layer: 'network', message: 'no answer' },
};

async function deliver(second: number, outcome: Outcome, lease?: RedisLease): Promise<void> {
  const slot = slotOf(NOON_MS + second * 1_000);
  await reports.deliver(
    reportOf({ slot, runId: `SYN~north~order-confirmation~rpc~${slot}`, outcome }),
    'eu',
    lease,
  );
}

describe('a start', () => {
  it('takes the tenant and accounts for the slot, for one of many', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => starts.begin(slotAt(0), terms)));
    const kinds = all.map(({ kind }) => kind).toSorted();
    expect(kinds).toEqual([...Array.from({ length: 7 }, () => 'busy'), 'started']);
    expect([...(await ledger.accounts([slotAt(0)])).values()]).toEqual([{ kind: 'started' }]);
    expect(leases.held).toBe(1);
  });

  it('does neither while somebody holds the tenant, nor for a slot that began before', async () => {
    const lease = await leases.acquire(tenantId('north'), 60_000, AbortSignal.timeout(1_000));
    expect(await begin(slotAt(0))).toBe('busy');
    expect((await ledger.accounts([slotAt(0)])).size).toBe(0);
    expect(await begin(slotAt(0, 'south'))).toBe('started');
    await lease.release();
    expect(await begin(slotAt(0))).toBe('started');
    expect(await begin(slotAt(0))).toBe('accounted');
    expect(leases.held).toBe(0);
  });

  it('waits while a gate claims the tenant, whose own runs take the lease all the same', async () => {
    const claims = new Claims(redis, keys);
    await claims.claim(tenantId('north'), 60_000);
    expect(await begin(slotAt(0))).toBe('busy');
    expect((await ledger.accounts([slotAt(0)])).size).toBe(0);
    expect(await begin(slotAt(0, 'south'))).toBe('started');
    const own = await leases.acquire(tenantId('north'), 60_000, AbortSignal.timeout(1_000));
    await own.check();
    await claims.release(tenantId('north'));
    expect(await begin(slotAt(0))).toBe('busy');
    await own.release();
    expect(await begin(slotAt(0))).toBe('started');
  });

  it('answers what is kept of the scenario’s readiness in the tenant', async () => {
    const kept = { needs: '{}', missing: [], everReady: true };
    const readiness = new KeptReadiness(new RedisRecords(redis, keys));
    await readiness.put(tenantId('north'), scenarioId('order-confirmation'), kept);
    await readiness.put(tenantId('north'), scenarioId('login'), { ...kept, everReady: false });
    expect(await starts.begin(slotAt(0), terms)).toMatchObject({ readiness: kept });
    expect(await starts.begin(slotAt(0, 'south'), terms)).toMatchObject({ readiness: undefined });
  });

  it('is over with its report: the tenant is free in the same script, and only from its own holder', async () => {
    const first = await starts.begin(slotAt(0), terms);
    if (first.kind !== 'started') throw new Error(first.kind);
    await deliver(0, { kind: 'passed' });
    expect(await starts.begin(slotAt(1), terms)).toEqual({ kind: 'busy' });
    await deliver(1, { kind: 'passed' }, first.lease);
    expect(leases.held).toBe(0);
    const second = await starts.begin(slotAt(2), terms);
    if (second.kind !== 'started') throw new Error(second.kind);
    await deliver(1, { kind: 'passed' }, first.lease);
    await first.lease.release();
    await second.lease.check();
    expect(await starts.begin(slotAt(3), terms)).toEqual({ kind: 'busy' });
  });

  it('counts the rows of its day, and does not begin where they would be too many', async () => {
    const own = { forMs: 60_000, rows: 12, mostRows: 30 };
    const play = async (slot: PlannedSlot, asked = own): Promise<Start> => {
      const start = await starts.begin(slot, asked);
      if (start.kind === 'started') await start.lease.release();
      return start;
    };
    expect(await play(slotAt(0))).toMatchObject({ kind: 'started' });
    // Somebody runs by hand meanwhile: that is counted by the clock of this moment, and hinders nobody on another day.
    const byHand = await leases.acquire(tenantId('north'), 60_000, AbortSignal.timeout(1_000), 25);
    await byHand.release();
    expect(await play(slotAt(1))).toMatchObject({ kind: 'started' });
    expect(await play(slotAt(2))).toEqual({ kind: 'over', usedRows: 24 });
    expect((await ledger.accounts([slotAt(2)])).size).toBe(0);
    // Begun before, it is that rather than too much.
    expect(await play(slotAt(1))).toEqual({ kind: 'accounted' });
    expect(await play(slotAt(3, 'south'))).toMatchObject({ kind: 'started' });
    expect(await play(slotAt(86_400))).toMatchObject({ kind: 'started' });
    expect(await play(slotAt(4), { ...own, rows: 0, mostRows: 0 })).toMatchObject({
      kind: 'started',
    });
    expect(await play(slotAt(5), { ...own, mostRows: 36 })).toMatchObject({ kind: 'started' });
    const day = slotOf(NOON_MS).slice(0, 8);
    expect(await redis.get(keys.of('rows', 'north', day))).toBe('36');
    const today = slotOf(Math.floor(Date.now() / 1_000) * 1_000).slice(0, 8);
    expect(await redis.get(keys.of('rows', 'north', today))).toBe('25');
    expect(await redis.ttl(keys.of('rows', 'north', today))).toBeGreaterThan(2 * 86_400);
  });

  it('waits longer and longer for a tenant that is down, until it answers', async () => {
    const pauses: number[] = [];
    for (let n = 0; n < 9; n += 1) {
      await deliver(n, DOWN);
      pauses.push(Math.ceil(Math.max(0, await redis.pttl(keys.of('pause', 'north'))) / 1_000));
    }
    expect(pauses).toEqual([0, 0, 30, 60, 120, 240, 480, 600, 600]);
    expect(await begin(slotAt(20))).toBe('paused');
    expect(await begin(slotAt(20, 'south'))).toBe('started');
    // The pause is over: one may try.
    await redis.del(keys.of('pause', 'north'));
    expect(await begin(slotAt(21))).toBe('started');
    await deliver(21, { kind: 'skipped', reason: 'no consent' });
    await deliver(22, DOWN);
    expect(await begin(slotAt(23))).toBe('paused');
    await deliver(23, { kind: 'passed' });
    expect(await begin(slotAt(24))).toBe('started');
    await deliver(24, DOWN);
    expect(await begin(slotAt(25))).toBe('started');
  });
});
