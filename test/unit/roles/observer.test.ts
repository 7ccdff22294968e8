import { beforeEach, describe, expect, it } from 'vitest';
import type { Deployment } from '../../../src/domain/deployment.ts';
import type { HistoryRecord, PlannedSlot } from '../../../src/domain/history.ts';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import type { Account } from '../../../src/domain/ledger.ts';
import type { Objective } from '../../../src/domain/objective.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import { slotOf } from '../../../src/domain/slot.ts';
import type { Span } from '../../../src/domain/span.ts';
import type { Tenant } from '../../../src/domain/tenant.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { Observer } from '../../../src/roles/observer.ts';
import { Accepts } from '../../../src/store/accepts.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { Folds, hourOf } from '../../../src/store/folds.ts';
import { History } from '../../../src/store/history.ts';
import { Leader } from '../../../src/store/leader.ts';
import { Ledger } from '../../../src/store/ledger.ts';
import { RedisPastRuns } from '../../../src/store/past-runs.ts';
import { Keys } from '../../../src/store/redis.ts';
import { Reports } from '../../../src/store/reports.ts';
import { tenantOf } from '../../support/unit/engine.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { ownRedis } from '../../support/unit/redis.ts';
import { reportOf } from '../../support/unit/reports.ts';

const keys = new Keys('test');
const NOON_MS = Date.UTC(2099, 6, 1, 12);
const MINUTE_MS = 60_000;
const LONGEST_MS = 120_000;

const server = ownRedis();
const { redis } = server;
const accepts = new Accepts(redis, keys);
const folder = temporaryFolder();

const slotAt = (minute: number, tenant = 'north'): PlannedSlot => ({
  tenant: tenantId(tenant),
  scenario: scenarioId('order-confirmation'),
  transport: 'rpc',
  slotMs: NOON_MS + minute * MINUTE_MS,
});

function reportAt(minute: number, change: Partial<RunReport> = {}): RunReport {
  const tenant = change.tenant ?? 'north';
  const { slotMs } = slotAt(minute);
  const slot = slotOf(slotMs);
  const runId = `SYN~${tenant}~order-confirmation~rpc~${slot}`;
  const [startedAt = '', finishedAt = ''] = [slotMs, slotMs + 2_400].map(instantText);
  return reportOf({ slot, runId, startedAt, finishedAt, ...change });
}

const instantText = (ms: number): string => new Date(ms).toISOString();

let nowMs = NOON_MS;
let tenants: readonly Tenant[] = [];
const deployments: readonly Deployment[] = [];
let workedOn = '';
let count = 0;
let maintenance: readonly Span[] = [];

beforeEach(() => {
  nowMs = NOON_MS;
  workedOn = '';
  maintenance = [];
  tenants = [
    tenantOf(),
    tenantOf({
      id: tenantId('south'),
      platform: { cluster: 'b', databaseHost: 'b', hostingModel: 'shared' },
    }),
  ];
  count += 1;
});

function setUp() {
  const copy = new FolderRecords(`${folder}/${count}`);
  const reports = new Reports(redis, keys, copy);
  const ledger = new Ledger(redis, keys);
  const clock = { ...systemClock, now: () => nowMs, monotonic: () => systemClock.monotonic() };
  const history = new History(redis, keys, copy, clock);
  const troubles: unknown[] = [];
  const observer = (): Observer =>
    new Observer({
      clock,
      leader: new Leader(redis, keys, systemClock, () => Promise.resolve(true)),
      reports,
      folds: new Folds(redis, keys),
      accepts,
      ledger,
      history,
      rowsOf: () => 12,
      longestMs: () => LONGEST_MS,
      intervalMs: () => 5 * MINUTE_MS,
      circumstances: () => Promise.resolve({ deployments, inMaintenance: (id) => id === workedOn }),
      maintenance: () => maintenance,
      tenants: () => tenants,
      onAccepted: () => undefined,
      onTrouble: (error) => troubles.push(error),
    });
  return { reports, ledger, history, troubles, observer };
}

const NORTH = 'north|order-confirmation|rpc';
const SOUTH = 'south|order-confirmation|rpc';

describe('an observer', () => {
  it('folds every report once, and shows the series of each tenant', async () => {
    const { reports, observer, troubles } = setUp();
    await reports.deliver(reportAt(1), 'a');
    await reports.deliver(reportAt(1, { tenant: 'south' }), 'b');
    const first = observer();
    await first.turn();
    await reports.deliver(reportAt(2), 'a');
    await first.turn();
    await first.turn();
    const { runs, steps } = await first.shown();
    expect([runs.get(NORTH)?.runs, runs.get(SOUTH)?.runs]).toEqual([{ passed: 2 }, { passed: 1 }]);
    expect(runs.get(NORTH)?.rows).toBe(24);
    expect([...steps].map(([name, { count: of }]) => [name, of])).toEqual([
      ['order-confirmation|confirm order|rpc', 3],
    ]);
    expect(troubles).toEqual([]);
    const hours = await new Folds(redis, keys).rollups('a', hourOf(NOON_MS), [NORTH]);
    expect(hours.get(NORTH)).toMatchObject({ runs: { passed: 2 } });
  });

  it('remembers once each run that passed or failed, for gates to compare with', async () => {
    const { reports, observer } = setUp();
    const inconclusive = {
      kind: 'inconclusive',
      failure: { code: 'lease.lost', blame: 'fleet', message: 'lost' },
    } as const;
    const first = observer();
    const kept = new RedisPastRuns(redis, keys);
    const series = slotAt(1);
    const seen = async (): Promise<readonly number[]> =>
      (await kept.read(series)).map(({ atMs }) => (atMs - NOON_MS) / MINUTE_MS);
    await reports.deliver(reportAt(1), 'a');
    await reports.deliver(reportAt(2, { outcome: inconclusive }), 'a');
    await first.turn();
    await reports.deliver(reportAt(1), 'a');
    await reports.deliver(reportAt(3), 'a');
    await first.turn();
    await first.turn();
    expect(await seen()).toEqual([1, 3]);
    expect((await kept.read(series))[0]).toMatchObject({ revision: 1, stepsMs: [340.1] });
    // It was replaced.
    await redis.hset(`${keys.prefix}:folded:a`, 'token', Number.MAX_SAFE_INTEGER);
    await reports.deliver(reportAt(4), 'a');
    await first.turn();
    expect(await seen()).toEqual([1, 3]);
  });

  it('owns a partition alone, and another one goes on exactly where it stopped', async () => {
    const { reports, observer } = setUp();
    await reports.deliver(reportAt(1), 'a');
    const [first, second] = [observer(), observer()];
    await first.turn();
    await second.turn();
    expect((await second.shown()).runs.size).toBe(0);
    await reports.deliver(reportAt(2), 'a');
    await first.stop();
    expect((await first.shown()).runs.size).toBe(0);
    await second.turn();
    expect((await second.shown()).runs.get(NORTH)?.runs).toEqual({ passed: 2 });
  });

  it('does not fold under a leadership that has passed on', async () => {
    const { reports, observer } = setUp();
    await reports.deliver(reportAt(1), 'a');
    const first = observer();
    await first.turn();
    await redis.hset(`${keys.prefix}:folded:a`, 'token', Number.MAX_SAFE_INTEGER);
    await reports.deliver(reportAt(2), 'a');
    await first.turn();
    expect((await first.shown()).runs.has(NORTH)).toBe(false);
    const { values } = await new Folds(redis, keys).read('a');
    expect(values.get(`run|${NORTH}`)).toMatchObject({ runs: { passed: 1 } });
  });

  it('shows nothing of a tenant that is configured no more', async () => {
    const { reports, observer } = setUp();
    await reports.deliver(reportAt(1), 'a');
    await reports.deliver(reportAt(1, { tenant: 'south' }), 'b');
    const one = observer();
    await one.turn();
    tenants = tenants.slice(1);
    expect([...(await one.shown()).runs.keys()]).toEqual([SOUTH]);
    await one.turn();
    expect([...(await one.shown()).runs.keys()]).toEqual([SOUTH]);
  });

  it('passes over what is malformed', async () => {
    const { reports, observer } = setUp();
    await redis.xadd(`${keys.prefix}:reports:a`, '*', 'report', '{"v":2}');
    await reports.deliver(reportAt(1), 'a');
    const one = observer();
    await one.turn();
    expect((await one.shown()).runs.get(NORTH)?.runs).toEqual({ passed: 1 });
  });

  it('counts slots in order, up to the first that may still get its account', async () => {
    const { history, ledger, observer } = setUp();
    const { tenant, scenario, transport } = slotAt(0);
    const timing = { kind: 'every', everyMs: MINUTE_MS, phaseMs: 0 } as const;
    const schedules = [{ tenant, scenario, transport, timing }];
    const loaded: HistoryRecord = { v: 1, kind: 'loaded', atMs: NOON_MS, schedules };
    await history.append(loaded);
    await ledger.account(slotAt(0), { kind: 'passed' });
    await ledger.account(slotAt(1), { kind: 'missed', reason: 'late' });
    await ledger.account(slotAt(2), { kind: 'started' });
    await ledger.account(slotAt(3), { kind: 'skipped', reason: 'no module' });
    nowMs = NOON_MS + 3.5 * MINUTE_MS;
    const one = observer();
    await one.turn();
    expect((await one.shown()).slots.get(NORTH)).toMatchObject({
      planned: 2,
      started: 1,
      missed: 1,
    });
    await ledger.account(slotAt(2), { kind: 'failed' });
    nowMs += 6_000;
    await one.turn();
    const shown = { v: 1, planned: 4, started: 2, missed: 1, skipped: 1 };
    expect((await one.shown()).slots.get(NORTH)).toEqual(shown);
    // A slot that nobody accounted for is planned all the same, when its time is over.
    nowMs = NOON_MS + 4 * MINUTE_MS + LONGEST_MS + 1_000;
    await one.turn();
    expect((await one.shown()).slots.get(NORTH)).toEqual({ ...shown, planned: 5 });
  });

  it('tells how objectives are kept, the same whoever observes and however often', async () => {
    const { history, ledger, observer, troubles } = setUp();
    const objective: Objective = {
      workflow: 'orders',
      scenarios: ['order-confirmation'],
      transports: ['rpc'],
      target: 0.9,
      latencyMs: 2_000,
      hours: 'always',
      level: 'critical',
      windowMs: 86_400_000,
    };
    tenants = [tenantOf({ objectives: [objective] })];
    const { tenant, scenario, transport } = slotAt(0);
    const timing = { kind: 'every', everyMs: 10 * MINUTE_MS, phaseMs: 0 } as const;
    const schedules = [{ tenant, scenario, transport, timing }];
    await history.append({ v: 1, kind: 'loaded', atMs: NOON_MS, schedules });
    const first = observer();
    // Until 12:50 it worked; slow for ten minutes, down for ten, left alone for ten; then two that say nothing.
    const accounts: readonly Account[] = [
      ...Array.from({ length: 5 }, () => ({ kind: 'passed', seconds: 1 }) as const),
      { kind: 'passed', seconds: 2.5 },
      { kind: 'failed' },
      { kind: 'missed', reason: 'north is down' },
      { kind: 'inconclusive' },
      { kind: 'missed', reason: 'late by 31 s' },
    ];
    for (const [index, account] of accounts.entries()) {
      nowMs = NOON_MS + index * 10 * MINUTE_MS + 10_000;
      await ledger.account(slotAt(index * 10), account);
      await first.turn();
      if (index % 3 === 0) await first.refresh();
    }
    nowMs = NOON_MS + 100 * MINUTE_MS;
    maintenance = [{ fromMs: NOON_MS + 65 * MINUTE_MS, toMs: NOON_MS + 70 * MINUTE_MS }];
    await first.turn();
    await first.refresh();
    const told = first.objectives();
    await first.stop();
    const other = observer();
    await other.turn();
    await other.refresh();
    expect(other.objectives()).toEqual(told);
    const seconds = { good: 3_000, bad: 300 + 1_200, slow: 600, unknown: 600, maintenance: 300 };
    for (const { standing } of other.objectives()) {
      expect(standing).toMatchObject({ verdict: 'missed', seconds, downtimeSeconds: 2_100 });
      expect(standing?.availability).toBeCloseTo(3_000 / 5_100);
    }
    // What was counted stays counted, also when it is called maintenance afterwards.
    const counts = other.objectives().map((shown) => shown.counts);
    expect(counts).toMatchObject([{ runs: { good: 5, bad: 2 } }]);
    const counted = Object.values(counts[0]?.ms ?? {}).reduce((sum, ms) => sum + ms, 0);
    expect(counted).toBe((counts[0]?.untilMs ?? 0) - NOON_MS);
    expect(troubles).toEqual([]);
  });

  it('tells what it could not do while Redis is away, and folds nothing twice afterwards', async () => {
    const { reports, observer, troubles } = setUp();
    await reports.deliver(reportAt(1), 'a');
    const one = observer();
    await one.turn();
    await server.kill();
    await one.turn();
    expect(troubles.length).toBeGreaterThan(0);
    await server.start();
    await reports.deliver(reportAt(2), 'a');
    await one.turn();
    expect((await one.shown()).runs.get(NORTH)?.runs).toEqual({ passed: 2 });
  });
});

describe('what an observer watches', () => {
  const failed: Partial<RunReport> = {
    outcome: {
      kind: 'failed',
      failure: {
        ...{ code: 'odoo.timeout', blame: 'target', layer: 'database' },
        ...{ message: 'no answer', step: 'confirm order' },
      },
    },
  };
  const troubles = async (partition = 'a'): Promise<unknown> =>
    await new Folds(redis, keys).value(partition, 'troubles');

  it('is wrong from the first run that fails until three have passed, whoever owns the partition', async () => {
    const { reports, observer, troubles: own } = setUp();
    const first = observer();
    await reports.deliver(reportAt(1), 'a');
    await reports.deliver(reportAt(6, failed), 'a');
    await first.turn();
    expect(await troubles()).toMatchObject([{ tenant: 'north', runs: { bad: 1, of: 1 } }]);
    await reports.deliver(reportAt(11, failed), 'a');
    await first.stop();
    expect(await troubles()).toMatchObject([{ runs: { bad: 2, of: 2 }, layers: ['database'] }]);
    const second = observer();
    for (const minute of [16, 21, 26]) await reports.deliver(reportAt(minute), 'a');
    await second.turn();
    expect(await troubles()).toEqual([]);
    await second.stop();
    expect(own).toEqual([]);
  });

  it('is no trouble while the tenant is being worked on, or when it is configured no more', async () => {
    const { reports, observer } = setUp();
    const first = observer();
    workedOn = 'south';
    await reports.deliver(reportAt(1, failed), 'a');
    await reports.deliver(reportAt(1, { ...failed, tenant: 'south' }), 'b');
    await first.turn();
    expect(await troubles('b')).toEqual([]);
    expect(await troubles()).toHaveLength(1);
    tenants = tenants.map((tenant) =>
      tenant.id === 'north' ? tenantOf({ id: tenantId('east') }) : tenant,
    );
    await first.turn();
    expect(await troubles()).toEqual([]);
    await first.stop();
  });

  it('is normal once a person says so', async () => {
    const { reports, observer } = setUp();
    const first = observer();
    const [step] = reportOf().steps;
    const slower = step === undefined ? [] : [{ ...step, durationMs: 900 }];
    await reports.deliver(reportAt(1), 'a');
    await reports.deliver(reportAt(6, { steps: slower }), 'a');
    await first.turn();
    const before = await new Folds(redis, keys).value('a', 'baseline|tenant|north');
    const accept = {
      tenant: 'north',
      scenario: 'order-confirmation',
      transport: 'rpc',
    } as const;
    await accepts.add('a', accept);
    nowMs += 2_000;
    await first.turn();
    expect(await accepts.waiting('a')).toEqual({ accepts: [], entries: 0 });
    expect(await new Folds(redis, keys).value('a', 'baseline|tenant|north')).not.toBe(before);
    await first.stop();
  });

  it('is learned, and kept for whoever owns the partition next', async () => {
    const { reports, observer } = setUp();
    const first = observer();
    await reports.deliver(reportAt(1), 'a');
    await first.stop();
    const { values } = await new Folds(redis, keys).read('a');
    const learned = [...values.keys()].filter((name) => name.startsWith('baseline|'));
    expect(learned).toContain('baseline|tenant|north');
    const state = values.get('baseline|tenant|north');
    expect(typeof state).toBe('string');
    const second = observer();
    await reports.deliver(reportAt(6), 'a');
    await second.stop();
    const later = await new Folds(redis, keys).value('a', 'baseline|tenant|north');
    expect(later).not.toBe(state);
  });
});
