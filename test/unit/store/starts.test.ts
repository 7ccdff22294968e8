import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedSlot } from '../../../src/domain/history.ts';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import type { Outcome } from '../../../src/domain/report.ts';
import { slotOf } from '../../../src/domain/slot.ts';
import { systemClock } from '../../../src/lib/clock.ts';
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

let leases: RedisLeases;
let starts: Starts;
const ledger = new Ledger(redis, keys);
const reports = new Reports(redis, keys, new FolderRecords(folder));

beforeEach(() => {
  leases = new RedisLeases(redis, keys, systemClock);
  starts = new Starts(redis, keys, leases);
});

/** A start, given back at once where it was given. */
async function begin(slot: PlannedSlot): Promise<Exclude<Start, object> | 'started'> {
  const start = await starts.begin(slot, 60_000);
  if (typeof start !== 'object') return start;
  await start.lease.check();
  await start.lease.release();
  return 'started';
}

const DOWN: Outcome = {
  kind: 'failed',
  failure: { code: 'odoo.down', blame: 'target', layer: 'network', message: 'no answer' },
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
    const all = await Promise.all(Array.from({ length: 8 }, () => starts.begin(slotAt(0), 60_000)));
    expect(all.filter((start) => typeof start === 'object')).toHaveLength(1);
    expect(new Set(all.filter((start) => typeof start !== 'object'))).toEqual(new Set(['busy']));
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

  it('answers what is kept of the scenario’s readiness in the tenant', async () => {
    const kept = { needs: '{}', missing: [], everReady: true };
    const readiness = new KeptReadiness(new RedisRecords(redis, keys));
    await readiness.put(tenantId('north'), scenarioId('order-confirmation'), kept);
    await readiness.put(tenantId('north'), scenarioId('login'), { ...kept, everReady: false });
    expect(await starts.begin(slotAt(0), 60_000)).toMatchObject({ readiness: kept });
    expect(await starts.begin(slotAt(0, 'south'), 60_000)).toMatchObject({ readiness: undefined });
  });

  it('is over with its report: the tenant is free in the same script, and only from its own holder', async () => {
    const first = await starts.begin(slotAt(0), 60_000);
    if (typeof first !== 'object') throw new Error(first);
    await deliver(0, { kind: 'passed' });
    expect(await starts.begin(slotAt(1), 60_000)).toBe('busy');
    await deliver(1, { kind: 'passed' }, first.lease);
    expect(leases.held).toBe(0);
    const second = await starts.begin(slotAt(2), 60_000);
    if (typeof second !== 'object') throw new Error(second);
    await deliver(1, { kind: 'passed' }, first.lease);
    await first.lease.release();
    await second.lease.check();
    expect(await starts.begin(slotAt(3), 60_000)).toBe('busy');
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
