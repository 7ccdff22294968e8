import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failed, type Failure } from '../../../../src/domain/failure.ts';
import { tenantId } from '../../../../src/domain/ids.ts';
import { pastFailureOf } from '../../../../src/domain/past-run.ts';
import { DEFAULT_POLICY } from '../../../../src/domain/policy.ts';
import type { Engine } from '../../../../src/engine/run-state.ts';
import { virtualBeats } from '../../../support/unit/clock.ts';
import { scenarioOf, tenantOf, World } from '../../../support/unit/engine.ts';
import {
  breakConfirmation,
  orderOf,
  played,
  raised,
  runsOf,
  verdictOf,
  Watch,
  wantedIn,
} from '../../../support/unit/gate-orders.ts';
import { pastOf } from '../../../support/unit/gate-runs.ts';
import { refused } from '../../../support/unit/odoo.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

const first = scenarioOf({ id: 'first' });
const second = scenarioOf({ id: 'second' });
/** Reads only, so that confirmations that raise are none of its business. */
const reading = scenarioOf({
  id: 'reading',
  steps: ['look'],
  run: async (ctx) => {
    await ctx.step('look', () => ctx.odoo.read('sale.order', [], { state: 'text' }));
  },
});

describe('a gate', () => {
  it('plays round by round, in the order that it is given', async () => {
    const world = new World();
    const result = await played(world, orderOf(wantedIn(world, second, first), { runs: 2 }));
    expect(runsOf(result)).toEqual([
      'north second passed',
      'north first passed',
      'north second passed',
      'north first passed',
    ]);
    expect(verdictOf(result)).toBe('promote sound');
    expect(result.series.map(({ scenario, after }) => [scenario, after.passed])).toEqual([
      ['second', 2],
      ['first', 2],
    ]);
    expect(new Set(result.runs.map(({ runId }) => runId)).size).toBe(4);
    expect(world.odoo.open()).toEqual([]);
  });

  it('waits for its tenants, asks for a claim before each run, and tells of each', async () => {
    const world = new World();
    const watch = new Watch();
    await played(world, orderOf(wantedIn(world, first, second)), { watch });
    expect(watch.told).toEqual([
      'wait north',
      'claim north',
      'north first passed',
      'claim north',
      'north second passed',
    ]);
  });

  it('claims a tenant for longer than a run may last, and plays also without a claim', async () => {
    const world = new World();
    const asked: number[] = [];
    const result = await played(world, orderOf(wantedIn(world)), {
      claim: (_, forMs) => {
        asked.push(forMs);
        return Promise.reject(new Error('Redis is away'));
      },
    });
    const { runMs, compensationMs } = world.tenant.limits;
    expect(asked[0]).toBeGreaterThan(runMs + compensationMs);
    expect(verdictOf(result)).toBe('promote sound');
  });

  it('says what was asked of it, and how long it took', async () => {
    const world = new World();
    const deployment = {
      v: 1,
      id: '20260701T100000000Z-1',
      atMs: world.clock.now(),
      version: '2',
      source: 'gate',
      tenants: ['north'],
    } as const;
    const order = orderOf(wantedIn(world), { deployment, against: 'file:before.json' });
    const result = await played(world, order);
    expect(result).toMatchObject({
      ...{ policy: 'default', tenants: ['north'], against: 'file:before.json', deployment },
    });
    expect(Date.parse(result.finishedAt)).toBeGreaterThanOrEqual(Date.parse(result.startedAt));
  });

  it('without anything to play is no promotion', async () => {
    const result = await played(new World(), orderOf([]));
    expect(verdictOf(result)).toBe('inconclusive nothing-ran');
  });
});

describe('a gate that meets a failure', () => {
  it('repeats what failed, after a pause, and stops when the repetition fails too', async () => {
    const world = new World();
    breakConfirmation(world);
    const result = await played(world, orderOf(wantedIn(world, first, second), { runs: 3 }));
    expect(runsOf(result)).toEqual(['north first failed', 'north first failed']);
    expect(verdictOf(result)).toBe('rollback failure');
    expect(result.findings[0]?.runs).toEqual(result.runs.map(({ runId }) => runId));
    const [before, again] = result.runs;
    const pauseMs = Date.parse(again!.startedAt) - Date.parse(before!.finishedAt);
    expect(pauseMs).toBeGreaterThanOrEqual(3_000);
    expect(world.odoo.open()).toEqual([]);
  });

  it('goes on with everything where the repetition passes', async () => {
    const world = new World();
    breakConfirmation(world, 1);
    const result = await played(world, orderOf(wantedIn(world, first, second), { runs: 2 }));
    expect(runsOf(result)).toEqual([
      'north first failed',
      'north first passed',
      'north second passed',
      'north first passed',
      'north second passed',
    ]);
    expect(verdictOf(result)).toBe('promote sound');
    expect(result.findings.map(({ says, code }) => `${says} ${code}`)).toEqual([
      'advice intermittent',
    ]);
  });

  it('plays the others to their end where the failure is no rollback, but not what failed', async () => {
    const world = new World();
    breakConfirmation(world);
    const policy = { ...DEFAULT_POLICY, rollback: [] };
    const order = orderOf(wantedIn(world, first, reading), { policy, runs: 2 });
    const result = await played(world, order);
    expect(runsOf(result)).toEqual([
      'north first failed',
      'north first failed',
      'north reading passed',
      'north reading passed',
    ]);
    expect(verdictOf(result)).toBe('hold failure');
  });

  it('holds what had failed alike before', async () => {
    const world = new World();
    breakConfirmation(world);
    const before = [pastOf(pastFailureOf({ ...raised, step: 'confirm' }))];
    const result = await played(world, orderOf(wantedIn(world, first)), {
      pastOf: () => Promise.resolve({ before, after: [] }),
    });
    expect(verdictOf(result)).toBe('hold already-broken');
    expect(result.series[0]?.before).toEqual({ passed: 0, failed: 1 });
  });

  it('never rolls back for what is ours, and asks twice', async () => {
    const world = new World();
    const { leases } = world.engine;
    const away = { code: 'state.unusable', blame: 'fleet', message: 'Redis is away' } as const;
    world.engine = {
      ...world.engine,
      leases: { ...leases, acquire: () => Promise.reject(new Failed(away)) },
    };
    const result = await played(world, orderOf(wantedIn(world, first), { runs: 3 }));
    expect(runsOf(result)).toEqual(['north first inconclusive', 'north first inconclusive']);
    expect(verdictOf(result)).toBe('inconclusive our-side');
  });

  it('plays what is skipped once', async () => {
    const world = new World();
    const needy = scenarioOf({ id: 'needy', consent: 'full' });
    world.tenant = tenantOf({ consent: { level: 'read-only' } });
    const wanted = wantedIn(world, needy, { ...reading, consent: 'read-only' });
    const result = await played(world, orderOf(wanted, { runs: 2 }));
    expect(runsOf(result)).toEqual([
      'north needy skipped',
      'north reading passed',
      'north reading passed',
    ]);
    expect(result.series[0]?.skipped).toContain('consent');
    expect(verdictOf(result)).toBe('promote sound');
  });
});

describe('a gate that compares with another tenant', () => {
  it('plays there first, each time, and takes it for what was before', async () => {
    const world = new World();
    const control = tenantOf({ id: tenantId('south') });
    const watch = new Watch();
    const order = orderOf(wantedIn(world), { control, runs: 2, against: 'tenant:south' });
    const result = await played(world, order, { watch });
    expect(watch.told.filter((text) => text.startsWith('wait'))).toEqual([
      'wait north',
      'wait south',
    ]);
    expect(runsOf(result)).toEqual([
      'south order passed',
      'north order passed',
      'south order passed',
      'north order passed',
    ]);
    expect(result.tenants).toEqual(['north']);
    expect(result.series).toMatchObject([
      { tenant: 'north', before: { passed: 2 }, after: { passed: 2 } },
    ]);
    expect(result.series[0]?.steps[0]).toMatchObject({ before: { runs: 2 }, after: { runs: 2 } });
  });

  it('is no promotion while something is left there', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_cancel', () => {
      throw refused('the order is locked');
    });
    const control = tenantOf({ id: tenantId('south') });
    const result = await played(world, orderOf(wantedIn(world, reading), { control }));
    expect(verdictOf(result)).toBe('promote sound');
    const order = await played(world, orderOf(wantedIn(world), { control }));
    expect(verdictOf(order)).toBe('inconclusive not-undone');
    expect(order.findings.map(({ tenant }) => tenant).toSorted()).toEqual(['north', 'south']);
  });

  it('holds what fails there too', async () => {
    const world = new World();
    breakConfirmation(world);
    const control = tenantOf({ id: tenantId('south') });
    const result = await played(world, orderOf(wantedIn(world), { control }));
    expect(verdictOf(result)).toBe('hold already-broken');
  });
});

describe('a tenant that was up and cannot be reached any more', () => {
  const down: Failure = { ...raised, code: 'odoo.unreachable', message: 'connection refused' };

  /** From the second sign-in on, for so long. */
  function goneFor(world: World, ms: number): Parameters<typeof played>[2] {
    const { engine } = world;
    let backMs: number | undefined;
    let asked = 0;
    const signIn: Engine['signIn'] = (...args) => {
      asked += 1;
      if (asked === 2) backMs = engine.clock.monotonic() + ms;
      return backMs === undefined || engine.clock.monotonic() >= backMs
        ? engine.signIn(...args)
        : Promise.reject(new Failed(down));
    };
    return { engine: { ...engine, signIn } };
  }

  it('gets a while to come back before it is tried again', async () => {
    const world = new World();
    const result = await played(world, orderOf(wantedIn(world)), goneFor(world, 8_000));
    expect(result.runs.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'passed']);
    expect(verdictOf(result)).toBe('promote sound');
    expect(result.findings.map(({ code }) => code)).toEqual(['intermittent']);
  });

  it('is rolled back when it does not', async () => {
    const world = new World();
    const result = await played(world, orderOf(wantedIn(world)), goneFor(world, 3_600_000));
    expect(verdictOf(result)).toBe('rollback failure');
  });
});

describe('a gate that is stopped', () => {
  it.each(['timed-out', 'interrupted'] as const)(
    'is %s: the run under way is undone and does not count, nothing more is played',
    async (how) => {
      const world = new World();
      const watch = new Watch();
      let confirmed = 0;
      world.odoo.on('sale.order.action_confirm', ({ proceed }) => {
        confirmed += 1;
        if (confirmed === 2) watch.stop(how);
        return proceed();
      });
      const order = orderOf(wantedIn(world, first, second), { runs: 2 });
      const result = await played(world, order, { watch });
      expect(runsOf(result)).toEqual(['north first passed', 'north second inconclusive']);
      expect(verdictOf(result)).toBe(`inconclusive ${how}`);
      expect(result.series[1]?.after).toMatchObject({ inconclusive: 0 });
      expect(world.odoo.open()).toEqual([]);
    },
  );

  it('does not repeat what failed, and cannot roll back for it', async () => {
    const world = new World();
    const watch = new Watch();
    world.odoo.on('sale.order.action_confirm', () => {
      world.clock.after(1_000, () => {
        watch.stop('timed-out');
      });
      throw new Failed(raised);
    });
    const result = await played(world, orderOf(wantedIn(world)), { watch });
    expect(runsOf(result)).toEqual(['north order failed']);
    expect(verdictOf(result)).toBe('inconclusive timed-out');
  });

  it('before it began plays nothing', async () => {
    const world = new World();
    const watch = new Watch();
    watch.stop('interrupted');
    const result = await played(world, orderOf(wantedIn(world)), { watch });
    expect(watch.told).toEqual(['wait north']);
    expect(verdictOf(result)).toBe('inconclusive interrupted');
  });
});

describe('a gate whose memory is away', () => {
  it('is no gate: it rejects before it plays', async () => {
    const world = new World();
    const watch = new Watch();
    const unusable = new Failed({ code: 'state.unusable', blame: 'fleet', message: 'no room' });
    const pastOf = () => Promise.reject(unusable);
    await expect(played(world, orderOf(wantedIn(world)), { watch, pastOf })).rejects.toBe(unusable);
    expect(watch.told).toEqual([]);
  });
});
