/** Nothing is written that may not be: consent, lease, deadline, duplicates, doubt. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import { unscheduledSlot } from '../../../src/domain/slot.ts';
import { virtualBeats } from '../../support/unit/clock.ts';
import { failureIn, scenarioOf, tenantOf, World } from '../../support/unit/engine.ts';
import { refused, replyLost, UID } from '../../support/unit/odoo.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

const lost = new Failed({
  code: 'lease.lost',
  blame: 'fleet',
  message: 'the lease of north was lost',
});

describe('a run that may not be', () => {
  it.each([
    ['consent is read-only, this scenario needs reversible', { consent: { level: 'read-only' } }],
    [
      'consent is draft, this scenario needs reversible',
      { consent: { level: 'draft', by: 'Ada', untilMs: Date.UTC(2030, 0, 1) } },
    ],
    [
      'consent ended 2026-06-30',
      { consent: { level: 'full', by: 'Ada', untilMs: Date.UTC(2026, 5, 30, 23) } },
    ],
    ['north is not configured for rpc', { transports: ['browser'] }],
  ] as const)('is skipped without touching the tenant: %s', async (reason, change) => {
    const world = new World();
    world.tenant = tenantOf(change);
    const report = await world.execute();
    expect(report.outcome).toEqual({ kind: 'skipped', reason });
    expect(world.events).toEqual([]);
  });

  it('is skipped over a transport that the scenario does not know', async () => {
    const report = await new World().execute(scenarioOf({ transports: ['browser'] }));
    expect(report.outcome).toEqual({ kind: 'skipped', reason: 'order does not run over rpc' });
  });

  it('is skipped when the synthetic company was archived: consent is withdrawn', async () => {
    const world = new World();
    world.odoo.row('res.company', 2)['active'] = false;
    const report = await world.execute();
    expect(report.outcome).toEqual({
      kind: 'skipped',
      reason: 'consent withdrawn: the synthetic company is archived',
    });
    expect(world.odoo.writes()).toEqual([]);
  });

  it('is a fault of the scenario when that says it only reads', async () => {
    const world = new World();
    const report = await world.execute(scenarioOf({ consent: 'read-only' }));
    expect(failureIn(report)).toMatchObject({ code: 'scenario.read-only', blame: 'scenario' });
    expect(world.odoo.writes()).toEqual([]);
    expect(world.journals.size).toBe(0);
  });

  it('is skipped while three runs are overdue, and only then', async () => {
    for (const [count, kind] of [
      [2, 'passed'],
      [3, 'skipped'],
    ] as const) {
      const world = new World();
      for (let n = 1; n <= count; n += 1) overdueOrder(world, n);
      expect((await world.execute()).outcome.kind).toBe(kind);
    }
  });

  it('need not look again what is overdue when the last run has just looked', async () => {
    const world = new World();
    await world.execute();
    const before = looksOf(world);
    for (let n = 1; n <= 3; n += 1) overdueOrder(world, n);
    await world.clock.sleep(10);
    expect((await world.execute()).outcome.kind).toBe('passed');
    expect(looksOf(world)).toBe(before + 1);
    await world.clock.sleep(10);
    expect((await world.execute()).outcome.kind).toBe('skipped');
  });

  it('looks again once the last look is older than the grace', async () => {
    const world = new World();
    await world.execute();
    for (let n = 1; n <= 3; n += 1) overdueOrder(world, n);
    await world.clock.sleep(world.tenant.limits.sweepGraceMs + 1_000);
    expect((await world.execute()).outcome.kind).toBe('skipped');
  });

  it('sees by itself that what the last look saw has become overdue meanwhile', async () => {
    const world = new World();
    const { limits } = world.tenant;
    const deadlineMs = world.clock.now() + limits.sweepGraceMs / 2 - limits.sweepGraceMs;
    for (let n = 1; n <= 3; n += 1) overdueOrder(world, n, deadlineMs);
    expect((await world.execute()).outcome.kind).toBe('passed');
    await world.clock.sleep(limits.sweepGraceMs / 2 + 1_000);
    expect((await world.execute()).outcome.kind).toBe('skipped');
  });

  it('looks again before it refuses, for somebody may have swept', async () => {
    const world = new World();
    for (let n = 1; n <= 3; n += 1) overdueOrder(world, n);
    expect((await world.execute()).outcome.kind).toBe('skipped');
    for (let n = 1; n <= 3; n += 1) world.odoo.row('sale.order', n)['state'] = 'cancel';
    expect((await world.execute()).outcome.kind).toBe('passed');
  });
});

function overdueOrder(world: World, n: number, deadlineMs = 1_782_890_000_000): void {
  world.odoo.add('sale.order', {
    id: n,
    name: `old ${n}`,
    state: 'sale',
    company_id: 2,
    client_order_ref: `SYN~north~order~rpc~20260701T080000000Z-${n}~${Math.floor(deadlineMs / 1_000)}`,
    create_date: '2026-07-01 08:00:00',
  });
}

/** How often everything that is open was asked for, once a tenant is known. */
const looksOf = (world: World): number =>
  world.odoo.calls.filter((call) => call === 'ir.module.module.search_read').length;

describe('a lease that is lost', () => {
  it('between two writes stops the second, and the undo too', async () => {
    const world = new World();
    world.odoo.on('sale.order.create', ({ proceed }) => {
      world.checkLease = () => Promise.reject(lost);
      return proceed();
    });
    const report = await world.execute();
    expect(failureIn(report)).toMatchObject({
      code: 'lease.lost',
      blame: 'fleet',
      step: 'confirm',
    });
    expect(world.odoo.writes()).toEqual(['sale.order.create']);
    expect(report.compensation).toMatchObject({
      kind: 'pending',
      reason: 'the lease of north was lost',
    });
  });

  it('before the first write leaves nothing to undo', async () => {
    const world = new World();
    world.checkLease = () => Promise.reject(lost);
    const report = await world.execute();
    expect(world.odoo.writes()).toEqual([]);
    expect(report.compensation).toEqual({ kind: 'clean', actions: [] });
  });

  it('keeps the journal, for the sweep to look', async () => {
    const world = new World();
    world.odoo.on('sale.order.create', ({ proceed }) => {
      world.checkLease = () => Promise.reject(lost);
      return proceed();
    });
    await world.execute();
    expect(world.journals.size).toBe(1);
  });
});

describe('a deadline that has passed', () => {
  it('on the wall clock stops every write, also those of the undo', async () => {
    const world = new World();
    world.odoo.on('sale.order.create', ({ proceed }) => {
      const id = proceed();
      world.clock.jump(90_000);
      return id;
    });
    const report = await world.execute();
    expect(failureIn(report)).toMatchObject({ code: 'run.past-deadline', blame: 'fleet' });
    expect(world.odoo.writes()).toEqual(['sale.order.create']);
    expect(report.compensation.kind).toBe('pending');
    expect(report.compensation.actions.filter(({ outcome }) => outcome === 'done')).toEqual([]);
  });

  it('is not passed one millisecond before', async () => {
    const world = new World();
    world.odoo.on('sale.order.create', ({ proceed }) => {
      const id = proceed();
      world.clock.jump(89_999);
      return id;
    });
    await world.execute();
    expect(world.odoo.writes()).toContain('sale.order.action_confirm');
  });
});

describe('a mark that is taken already', () => {
  const slot = unscheduledSlot(Date.UTC(2026, 6, 1, 10), 1);
  const taken = (id: number) => ({
    id,
    name: `other ${id}`,
    state: 'sale',
    company_id: 2,
    create_uid: [UID, 'probe'],
    client_order_ref: `SYN~north~order~rpc~${slot}~1782900090`,
    create_date: '2026-07-01 10:00:00',
  });

  it('stops the run before it creates anything, and the other document stays', async () => {
    const world = new World();
    world.odoo.add('sale.order', taken(50));
    const report = await world.execute(scenarioOf(), { slot });
    expect(failureIn(report)).toMatchObject({ code: 'run.duplicate', blame: 'fleet' });
    expect(report.outcome.kind).toBe('inconclusive');
    expect(world.odoo.writes()).toEqual([]);
    expect(world.odoo.row('sale.order', 50)['state']).toBe('sale');
  });

  it('by an older document that shows up late: only our own is undone', async () => {
    const world = new World();
    world.odoo.on('sale.order.create', ({ proceed }) => {
      world.odoo.add('sale.order', taken(50));
      return proceed();
    });
    const report = await world.execute(scenarioOf(), { slot });
    expect(failureIn(report)).toMatchObject({ code: 'run.duplicate', blame: 'fleet' });
    expect(world.odoo.row('sale.order', 50)['state']).toBe('sale');
    expect(world.odoo.row('sale.order', 100)['state']).toBe('cancel');
    expect(report.compensation).toMatchObject({
      kind: 'pending',
      reason: expect.stringContaining('open with the same mark: other 50 (sale)') as string,
    });
    expect(report.documents.map(({ id }) => id)).toEqual([100]);
  });

  it('by a younger document is that one’s own trouble: the older wins', async () => {
    const world = new World();
    world.odoo.on('sale.order.create', ({ proceed }) => {
      const id = proceed();
      world.odoo.add('sale.order', taken(500));
      return id;
    });
    const report = await world.execute(scenarioOf(), { slot });
    expect(report.outcome.kind).toBe('passed');
  });

  it('in the journals stops the run, and the other run’s journal stays', async () => {
    const world = new World();
    const other = { runId: `SYN~north~order~rpc~${slot}`, plans: ['sale.order'] };
    world.journals.set(other.runId, other as never);
    const report = await world.execute(scenarioOf(), { slot });
    expect(failureIn(report)).toMatchObject({ code: 'run.duplicate', blame: 'fleet' });
    expect(world.odoo.writes()).toEqual([]);
    expect([...world.journals.keys()]).toEqual([other.runId]);
  });

  it('of another run whose id begins alike is no duplicate', async () => {
    const world = new World();
    world.odoo.add('sale.order', {
      ...taken(50),
      client_order_ref: `SYN~north~order~rpc~${slot}1~1782900090`,
    });
    expect((await world.execute(scenarioOf(), { slot })).outcome.kind).toBe('passed');
  });

  it('by the scenario itself, which creates twice, is the scenario’s fault', async () => {
    const world = new World();
    const report = await world.execute(
      scenarioOf({
        steps: ['create'],
        run: async (ctx) => {
          const plan = await ctx.plan('sale.order');
          await ctx.step('create', async () => {
            await plan.create({});
            await plan.create({});
          });
        },
      }),
    );
    expect(failureIn(report).blame).toBe('scenario');
    expect(world.odoo.open()).toEqual([]);
  });
});

describe('a create whose answer was lost', () => {
  it('but was done is found by its mark and undone: clean', async () => {
    const world = new World();
    world.odoo.on('sale.order.create', ({ proceed }) => {
      proceed();
      return Promise.reject(replyLost());
    });
    const report = await world.execute();
    expect(failureIn(report)).toMatchObject({
      code: 'odoo.timeout',
      blame: 'target',
      step: 'create',
    });
    expect(report.compensation.kind).toBe('clean');
    expect(report.documents).toEqual([{ model: 'sale.order', id: 100, reference: 'ZZOW/100' }]);
    expect(world.odoo.open()).toEqual([]);
    expect(world.journals.size).toBe(0);
  });

  it('and is done a moment later is found by looking again', async () => {
    const world = new World();
    world.odoo.on('sale.order.create', ({ proceed }) => {
      void world.clock.sleep(600).then(proceed);
      return Promise.reject(replyLost());
    });
    const report = await world.execute();
    expect(report.compensation.kind).toBe('clean');
    expect(world.odoo.open()).toEqual([]);
  });

  it('and cannot be found is pending, with its journal kept', async () => {
    const world = new World();
    world.odoo.on('sale.order.create', () => Promise.reject(replyLost()));
    const report = await world.execute();
    expect(report.compensation).toMatchObject({ kind: 'pending', actions: [] });
    expect(report.compensation.reason).toContain('a create was cut off');
    expect(world.journals.size).toBe(1);
  });

  it('is in no doubt when Odoo refused it', async () => {
    const world = new World();
    world.odoo.on('sale.order.create', () => Promise.reject(refused('no such partner')));
    const report = await world.execute();
    expect(report.compensation).toEqual({ kind: 'clean', actions: [] });
  });

  it('is in doubt when the answer is no id', async () => {
    const world = new World();
    world.odoo.on('sale.order.create', () => true);
    const report = await world.execute();
    expect(failureIn(report)).toMatchObject({ code: 'odoo.malformed-answer', blame: 'target' });
    expect(report.compensation.kind).toBe('pending');
  });

  it('is never sent again', async () => {
    const world = new World();
    world.odoo.on('sale.order.create', () => Promise.reject(replyLost()));
    await world.execute();
    expect(world.odoo.calls.filter((name) => name === 'sale.order.create')).toHaveLength(1);
  });
});
