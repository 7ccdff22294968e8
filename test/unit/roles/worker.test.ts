import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import type { PlannedSlot } from '../../../src/domain/history.ts';
import { scenarioId } from '../../../src/domain/ids.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import { runRequestOf } from '../../../src/domain/run-request.ts';
import { slotOf } from '../../../src/domain/slot.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { RunWorker } from '../../../src/roles/worker.ts';
import { Claims } from '../../../src/store/claims.ts';
import { FleetTime } from '../../../src/store/fleet-time.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { History } from '../../../src/store/history.ts';
import { Ledger } from '../../../src/store/ledger.ts';
import { Keys } from '../../../src/store/redis.ts';
import { RedisLeases } from '../../../src/store/redis-leases.ts';
import { Reports } from '../../../src/store/reports.ts';
import { Starts } from '../../../src/store/starts.ts';
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

afterEach(() => {
  vi.restoreAllMocks();
});

/** Real waiting, for Redis takes real time to answer, but a wall clock that a test can set. */
class SettableClock implements Clock {
  #offsetMs = 0;
  readonly now = (): number => systemClock.now() + this.#offsetMs;
  readonly monotonic = (): number => systemClock.monotonic();
  readonly after: Clock['after'] = (ms, act) => systemClock.after(ms, act);
  readonly sleep: Clock['sleep'] = (ms, signal) => systemClock.sleep(ms, signal);

  set(ms: number): void {
    this.#offsetMs = ms - systemClock.now();
  }
}

const NOON_MS = Date.UTC(2099, 6, 1, 12);

async function setUp(
  nowMs = NOON_MS,
  isRight: (clock: Clock) => () => Promise<boolean> = () => () => Promise.resolve(true),
) {
  const world = new World();
  const consent = { level: 'full', by: 'Ada', untilMs: Date.UTC(2100, 0) } as const;
  world.tenant = tenantOf({ consent });
  const clock = new SettableClock();
  // Redis forgets accounts by its own clock.
  clock.set(nowMs);
  world.engine = { ...world.engine, clock };
  world.odoo.now = clock.now;
  const copy = new FolderRecords(`${folder}/${count}`);
  const [ledger, history] = [new Ledger(redis, keys), new History(redis, keys, copy, clock)];
  const scenario = scenarioOf();
  const startMs = Math.ceil(clock.now() / 1_000) * 1_000;
  const timing = { kind: 'every', everyMs: 10_000, phaseMs: startMs % 10_000 } as const;
  const one = {
    tenant: world.tenant.id,
    scenario: scenarioId(scenario.id),
    transport: 'rpc',
  } as const;
  await history.append({ v: 1, kind: 'loaded', atMs: startMs, schedules: [{ ...one, timing }] });
  const slot: PlannedSlot = { ...one, slotMs: startMs };
  await ledger.plan([slot]);
  const leases = new RedisLeases(redis, keys, clock);
  const reports: RunReport[] = [];
  const troubles: unknown[] = [];
  const worker = new RunWorker({
    workerName: 'first',
    engine: world.engine,
    ledger,
    history,
    starts: new Starts(redis, keys, leases),
    isClockRight: isRight(clock),
    reports: new Reports(redis, keys, copy),
    tenantOf: () => world.tenant,
    scenarios: new Map([[scenario.id, scenario]]),
    onReport: (report) => reports.push(report),
    onTrouble: (error) => troubles.push(error),
  });
  const account = async (): Promise<unknown> => [...(await ledger.accounts([slot])).values()][0];
  return { clock, world, worker, slot, reports, troubles, account, leases, ledger };
}

describe('a worker', () => {
  it('plays a request once, however often it is delivered, and accounts for its slot', async () => {
    const { clock, world, worker, slot, reports, troubles, account } = await setUp();
    clock.set(slot.slotMs + 250);
    const twice = [
      worker.handle(runRequestOf(slot), false),
      worker.handle(runRequestOf(slot), false),
    ];
    expect(await Promise.all(twice)).toEqual(['done', 'later']);
    expect(await worker.handle(runRequestOf(slot), false)).toBe('done');
    expect(reports.map(({ outcome }) => outcome.kind)).toEqual(['passed']);
    expect(world.odoo.calls.filter((call) => call === 'sale.order.create')).toHaveLength(1);
    expect(await account()).toMatchObject({ kind: 'passed' });
    expect(worker.lag.count).toBe(1);
    expect(worker.lag.sum).toBeCloseTo(0.25, 0);
    expect(troubles).toEqual([]);
  });

  it.each([3_600_000, -3_600_000, 20_000])(
    'whose clock is wrong by %i ms begins nothing and accounts for nothing',
    async (jumpMs) => {
      const told: unknown[] = [];
      const { clock, world, worker, slot, reports, account } = await setUp(
        Date.now(),
        (own) => new FleetTime(redis, own, (error) => told.push(error)).isRight,
      );
      clock.set(slot.slotMs + jumpMs);
      expect(await worker.handle(runRequestOf(slot), false)).toBe('elsewhere');
      expect(await worker.handle(runRequestOf(slot), true)).toBe('elsewhere');
      expect(await account()).toEqual({ kind: 'queued' });
      expect(world.odoo.calls).toEqual([]);
      expect(told).toHaveLength(1);
      clock.set(slot.slotMs);
      expect(await worker.handle(runRequestOf(slot), true)).toBe('done');
      expect(reports).toMatchObject([{ outcome: { kind: 'passed' } }]);
    },
  );

  it('does not say of a tenant that it was busy where its own clock was wrong', async () => {
    let isRight = false;
    const { clock, worker, slot, account } = await setUp(
      NOON_MS,
      () => () => Promise.resolve(isRight),
    );
    clock.set(slot.slotMs);
    expect(await worker.handle(runRequestOf(slot), false)).toBe('elsewhere');
    isRight = true;
    clock.set(slot.slotMs + 31_000);
    expect(await worker.handle(runRequestOf(slot), true)).toBe('done');
    expect(await account()).toEqual({ kind: 'missed', reason: 'late by 31 s' });
  });

  it('plays later what Redis did not let it begin, and blames no tenant for being late', async () => {
    const { clock, worker, slot, reports, troubles, account, ledger } = await setUp();
    clock.set(slot.slotMs);
    const away = new Failed({ code: 'state.unusable', blame: 'fleet', message: 'Redis is away' });
    const [starts, accounts] = [vi.spyOn(Starts.prototype, 'begin'), vi.spyOn(ledger, 'account')];
    starts.mockRejectedValueOnce(away);
    expect(await worker.handle(runRequestOf(slot), false)).toBe('later');
    expect(await account()).toEqual({ kind: 'queued' });
    expect(troubles).toEqual([away]);
    clock.set(slot.slotMs + 31_000);
    accounts.mockRejectedValueOnce(away);
    expect(await worker.handle(runRequestOf(slot), true)).toBe('later');
    clock.set(slot.slotMs + 32_000);
    expect(await worker.handle(runRequestOf(slot), true)).toBe('done');
    expect(await account()).toEqual({ kind: 'missed', reason: 'late by 32 s' });
    expect(reports).toEqual([]);
  });

  it('gives up what Redis never let it begin, once it is old, and what is no trouble of the fleet', async () => {
    const { clock, worker, slot, ledger } = await setUp();
    const accounts = vi.spyOn(ledger, 'account');
    const away = new Failed({ code: 'state.unusable', blame: 'fleet', message: 'Redis is away' });
    clock.set(slot.slotMs + 301_000);
    accounts.mockRejectedValueOnce(away);
    expect(await worker.handle(runRequestOf(slot), false)).toBe('done');
    clock.set(slot.slotMs + 31_000);
    accounts.mockRejectedValueOnce(new Error('unexpected'));
    expect(await worker.handle(runRequestOf(slot), false)).toBe('done');
  });

  it('lets wait what a worker whose clock is ahead has called before its time', async () => {
    const { clock, worker, slot, reports } = await setUp();
    clock.set(slot.slotMs - 6_000);
    expect(await worker.handle(runRequestOf(slot), false)).toBe('later');
    expect(reports).toEqual([]);
    clock.set(slot.slotMs - 100);
    expect(await worker.handle(runRequestOf(slot), true)).toBe('done');
    expect(reports).toHaveLength(1);
  });

  it('does not play a slot that is half a minute late', async () => {
    const { clock, worker, slot, reports, account } = await setUp();
    clock.set(slot.slotMs + 31_000);
    await worker.handle(runRequestOf(slot), false);
    expect(reports).toEqual([]);
    expect(await account()).toEqual({ kind: 'missed', reason: 'late by 31 s' });
  });

  it('does not blame a tenant that a gate has claimed', async () => {
    const { clock, worker, slot, account } = await setUp();
    const claims = new Claims(redis, keys);
    await claims.claim(slot.tenant, 60_000);
    clock.set(slot.slotMs);
    expect(await worker.handle(runRequestOf(slot), false)).toBe('later');
    clock.set(slot.slotMs + 31_000);
    expect(await worker.handle(runRequestOf(slot), true)).toBe('done');
    const reason = 'north was claimed by a gate';
    expect(await account()).toEqual({ kind: 'missed', reason });
    await claims.release(slot.tenant);
  });

  it('lets others go first while somebody holds the tenant, until the slot is late', async () => {
    const { clock, worker, slot, reports, account, leases } = await setUp();
    const never = new AbortController().signal;
    const lease = await leases.acquire(slot.tenant, 60_000, never);
    clock.set(slot.slotMs);
    expect(await worker.handle(runRequestOf(slot), false)).toBe('later');
    expect(await account()).toEqual({ kind: 'queued' });
    await lease.release();
    const again = await leases.acquire(slot.tenant, 60_000, never);
    clock.set(slot.slotMs + 31_000);
    expect(await worker.handle(runRequestOf(slot), true)).toBe('done');
    expect(await account()).toEqual({ kind: 'missed', reason: 'north was busy' });
    expect(reports).toEqual([]);
    await again.release();
  });

  it('leaves a run that confirms one of its own to another worker for a while', async () => {
    const { clock, worker, slot, reports } = await setUp();
    // Nobody planned it: it is asked for.
    const slotMs = slot.slotMs + 1_000;
    const confirms = { runId: 'SYN~north~made~rpc~20990701T115900Z', worker: 'first' };
    const request = { ...runRequestOf({ ...slot, slotMs }), confirms };
    clock.set(slotMs + 4_000);
    expect(await worker.handle(request, false)).toBe('later');
    expect(reports).toEqual([]);
    clock.set(slotMs + 6_000);
    expect(await worker.handle(request, true)).toBe('done');
    expect(reports).toMatchObject([{ worker: 'first', confirms: confirms.runId }]);
    expect(await worker.handle({ ...request, confirms: undefined } as never, true)).toBe('done');
    expect(reports).toHaveLength(1);
  });

  it('confirms the run of another worker at once', async () => {
    const { clock, worker, slot, reports } = await setUp();
    const slotMs = slot.slotMs + 1_000;
    const confirms = { runId: 'SYN~north~made~rpc~20990701T115900Z', worker: 'second' };
    clock.set(slotMs);
    expect(await worker.handle({ ...runRequestOf({ ...slot, slotMs }), confirms }, false)).toBe(
      'done',
    );
    expect(reports).toHaveLength(1);
  });

  it('gives the tenant back also when the run may not even be tried', async () => {
    const { clock, world, worker, slot, account, leases } = await setUp();
    world.tenant = tenantOf({ consent: { level: 'read-only' } });
    clock.set(slot.slotMs);
    await worker.handle(runRequestOf(slot), false);
    expect(await account()).toMatchObject({ kind: 'skipped' });
    expect(leases.held).toBe(0);
    const soon = AbortSignal.timeout(1_000);
    await expect(leases.acquire(slot.tenant, 1_000, soon)).resolves.toBeDefined();
  });

  it('plays fewer slots once the day asks for more rows than the budget has left', async () => {
    const { clock, world, worker, slot, reports, ledger } = await setUp();
    // At noon: half of the day's 8,640 slots lie ahead, and rows for a quarter of those are left.
    world.tenant = tenantOf({ ...world.tenant, rowBudget: 12 * 2_160 });
    await redis.set(keys.of('rows', slot.tenant, slotOf(slot.slotMs).slice(0, 8)), 12 * 1_080);
    const slots = Array.from({ length: 8 }, (_, n) => ({
      ...slot,
      slotMs: slot.slotMs + n * 10_000,
    }));
    for (const one of slots) {
      clock.set(one.slotMs);
      await worker.handle(runRequestOf(one), false);
    }
    const accounts = [...(await ledger.accounts(slots)).values()];
    const left = 'row budget: 12,948 of 25,920 rows are left, so one slot in 4 is played';
    const missed = { kind: 'missed', reason: left };
    expect(accounts.slice(0, 3)).toMatchObject([{ kind: 'passed' }, missed, missed]);
    expect(reports.map(({ slot: played }) => played)).toEqual(
      [slots[0]!, slots[4]!].map(({ slotMs }) => slotOf(slotMs)),
    );
  });

  it('counts no rows of a run that is refused', async () => {
    const { clock, world, worker, slot, account } = await setUp();
    world.tenant = tenantOf({ consent: { level: 'read-only' }, rowBudget: 0 });
    clock.set(slot.slotMs);
    await worker.handle(runRequestOf(slot), false);
    expect(await account()).toMatchObject({ kind: 'skipped' });
  });

  it('does not play what is planned no more', async () => {
    const { worker, slot, reports, account } = await setUp();
    await worker.handle(runRequestOf({ ...slot, slotMs: slot.slotMs + 1_000 }), false);
    expect(reports).toEqual([]);
    expect(await account()).toEqual({ kind: 'queued' });
  });

  it('ends what is under way with its undo when it is stopped', async () => {
    const { clock, world, worker, slot, reports } = await setUp();
    clock.set(slot.slotMs);
    world.odoo.on('sale.order.action_confirm', ({ proceed }) => {
      worker.abort();
      return proceed();
    });
    await worker.handle(runRequestOf(slot), false);
    await worker.stop();
    expect(reports[0]?.outcome).toMatchObject({ kind: 'inconclusive' });
    expect(reports[0]?.compensation.kind).toBe('clean');
    expect(world.odoo.writes().at(-1)).toBe('sale.order.action_cancel');
  });
});
