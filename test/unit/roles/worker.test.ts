import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedSlot } from '../../../src/domain/history.ts';
import { scenarioId } from '../../../src/domain/ids.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import { runRequestOf } from '../../../src/domain/run-request.ts';
import { RunWorker } from '../../../src/roles/worker.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { History } from '../../../src/store/history.ts';
import { Ledger } from '../../../src/store/ledger.ts';
import { Keys } from '../../../src/store/redis.ts';
import { RedisLeases } from '../../../src/store/redis-leases.ts';
import { Reports } from '../../../src/store/reports.ts';
import { scenarioOf, tenantOf, World } from '../../support/unit/engine.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const keys = new Keys('test');
const { redis } = ownRedis();
const folder = temporaryFolder();
let count = 0;

beforeEach(() => {
  count += 1;
});

async function setUp() {
  const world = new World();
  const consent = { level: 'full', by: 'Ada', untilMs: Date.UTC(2100, 0) } as const;
  world.tenant = tenantOf({ consent });
  // Redis forgets accounts by its own clock.
  world.clock.jump(Date.UTC(2099, 6, 1, 12) - world.clock.now());
  const copy = new FolderRecords(`${folder}/${count}`);
  const [ledger, history] = [new Ledger(redis, keys), new History(redis, keys, copy, world.clock)];
  const scenario = scenarioOf();
  const startMs = Math.ceil(world.clock.now() / 1_000) * 1_000;
  const timing = { kind: 'every', everyMs: 10_000, phaseMs: startMs % 10_000 } as const;
  const one = {
    tenant: world.tenant.id,
    scenario: scenarioId(scenario.id),
    transport: 'rpc',
  } as const;
  await history.append({ v: 1, kind: 'loaded', atMs: startMs, schedules: [{ ...one, timing }] });
  const slot: PlannedSlot = { ...one, slotMs: startMs };
  await ledger.plan([slot]);
  const leases = new RedisLeases(redis, keys, world.clock);
  const reports: RunReport[] = [];
  const troubles: unknown[] = [];
  const worker = new RunWorker({
    engine: world.engine,
    ledger,
    history,
    leases,
    reports: new Reports(redis, keys, copy),
    tenants: () => [world.tenant],
    scenarios: new Map([[scenario.id, scenario]]),
    onReport: (report) => reports.push(report),
    onTrouble: (error) => troubles.push(error),
  });
  const account = async (): Promise<unknown> =>
    [...(await ledger.accounts(world.tenant.id, startMs, startMs + 1)).values()][0];
  return { world, worker, slot, reports, troubles, account, leases };
}

describe('a worker', () => {
  it('plays a request once, however often it is delivered, and accounts for its slot', async () => {
    const { world, worker, slot, reports, troubles, account } = await setUp();
    await world.clock.sleep(slot.slotMs - world.clock.now() + 250);
    const twice = [worker.handle(runRequestOf(slot)), worker.handle(runRequestOf(slot))];
    expect(await Promise.all(twice)).toEqual(['done', 'later']);
    expect(await worker.handle(runRequestOf(slot))).toBe('done');
    expect(reports.map(({ outcome }) => outcome.kind)).toEqual(['passed']);
    expect(world.odoo.calls.filter((call) => call === 'sale.order.create')).toHaveLength(1);
    expect(await account()).toEqual({ kind: 'passed' });
    expect(worker.lag).toMatchObject({ count: 1, sum: 0.25 });
    expect(troubles).toEqual([]);
  });

  it('does not play a slot that is half a minute late', async () => {
    const { world, worker, slot, reports, account } = await setUp();
    await world.clock.sleep(slot.slotMs - world.clock.now() + 31_000);
    await worker.handle(runRequestOf(slot));
    expect(reports).toEqual([]);
    expect(await account()).toEqual({ kind: 'missed', reason: 'late by 31 s' });
  });

  it('lets others go first while somebody holds the tenant, until the slot is late', async () => {
    const { world, worker, slot, reports, account, leases } = await setUp();
    const never = new AbortController().signal;
    const lease = await leases.acquire(slot.tenant, 60_000, never);
    world.clock.jump(slot.slotMs - world.clock.now());
    expect(await worker.handle(runRequestOf(slot))).toBe('later');
    expect(await account()).toEqual({ kind: 'queued' });
    await lease.release();
    const again = await leases.acquire(slot.tenant, 60_000, never);
    world.clock.jump(31_000);
    expect(await worker.handle(runRequestOf(slot))).toBe('done');
    expect(await account()).toEqual({ kind: 'missed', reason: 'north was busy' });
    expect(reports).toEqual([]);
    await again.release();
  });

  it('does not play what is planned no more', async () => {
    const { worker, slot, reports, account } = await setUp();
    await worker.handle(runRequestOf({ ...slot, slotMs: slot.slotMs + 1_000 }));
    expect(reports).toEqual([]);
    expect(await account()).toEqual({ kind: 'queued' });
  });

  it('ends what is under way with its undo when it is stopped', async () => {
    const { world, worker, slot, reports } = await setUp();
    await world.clock.sleep(slot.slotMs - world.clock.now());
    world.odoo.on('sale.order.action_confirm', ({ proceed }) => {
      worker.abort();
      return proceed();
    });
    await worker.handle(runRequestOf(slot));
    await worker.stop();
    expect(reports[0]?.outcome).toMatchObject({ kind: 'inconclusive' });
    expect(reports[0]?.compensation.kind).toBe('clean');
    expect(world.odoo.writes().at(-1)).toBe('sale.order.action_cancel');
  });
});
