/** Whose fault it was: the scenario's, the fleet's or the target's, through the whole of a run. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import { Stopped } from '../../../src/engine/boundary.ts';
import type { ScenarioContext } from '../../../src/scenario/index.ts';
import { virtualBeats } from '../../support/unit/clock.ts';
import { failureIn, PASSWORD, scenarioOf, World } from '../../support/unit/engine.ts';
import { hostile } from '../../support/unit/hostile.ts';
import { replyLost, silence } from '../../support/unit/odoo.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

const forever = (): Promise<never> => new Promise(() => undefined);
const running = (
  run: (ctx: ScenarioContext) => Promise<void>,
  steps: readonly [string, ...string[]] = ['only'],
) => scenarioOf({ steps, run });

describe('a scenario that breaks its own word', () => {
  it.each<[string, ReturnType<typeof scenarioOf>, string]>([
    [
      'never does a declared step',
      running((ctx) => ctx.step('a', () => Promise.resolve()), ['a', 'b', 'c']),
      'declared but never passed: b, c',
    ],
    ['does nothing at all', running(() => Promise.resolve()), 'declared but never passed: only'],
    [
      'does its steps out of order',
      running((ctx) => ctx.step('b', () => Promise.resolve()), ['a', 'b']),
      'step "b" came where the scenario declares "a"',
    ],
    [
      'does a step that it never declared',
      running((ctx) => ctx.step('x', () => Promise.resolve())),
      'step "x" came where the scenario declares "only"',
    ],
    [
      'does a step twice',
      running(async (ctx) => {
        await ctx.step('only', () => Promise.resolve());
        await ctx.step('only', () => Promise.resolve());
      }),
      'step "only" came where the scenario declares no more',
    ],
  ])('is to blame when it %s', async (_, scenario, message) => {
    const report = await new World().execute(scenario);
    expect(report.outcome.kind).toBe('inconclusive');
    expect(failureIn(report)).toMatchObject({
      code: 'scenario.incomplete',
      blame: 'scenario',
      message,
    });
  });

  it('is to blame when it sets something up inside a step, for that would be measured', async () => {
    const scenario = running((ctx) =>
      ctx.step('only', () => ctx.setUp('place order', () => Promise.resolve())),
    );
    expect(failureIn(await new World().execute(scenario))).toMatchObject({
      code: 'scenario.incomplete',
      blame: 'scenario',
      message: 'set-up "place order" came inside step "only"',
    });
  });

  it.each([
    ['target', 'failed', { blame: 'target', layer: 'data' }],
    ['scenario', 'inconclusive', { blame: 'scenario' }],
  ] as const)('says whose fault it found: %s', async (blame, kind, seen) => {
    const finding = { code: 'reservation.short', blame, message: '1 of 2' };
    const scenario = running((ctx) => ctx.step('only', () => Promise.resolve(ctx.fail(finding))));
    const report = await new World().execute(scenario);
    expect(report.outcome.kind).toBe(kind);
    expect(failureIn(report)).toEqual({ ...finding, ...seen, step: 'only' });
  });

  it('may skip itself before it has written', async () => {
    const report = await new World().execute(running((ctx) => ctx.skip('it never asks')));
    expect(report.outcome).toEqual({ kind: 'skipped', reason: 'it never asks' });
  });

  it('is to blame when it skips itself after it has written', async () => {
    const world = new World();
    const scenario = running(async (ctx) => {
      await (await ctx.plan('sale.order')).create({});
      ctx.skip('too late');
    });
    const report = await world.execute(scenario);
    expect(failureIn(report)).toMatchObject({ code: 'scenario.late-skip', blame: 'scenario' });
    expect(world.odoo.open()).toEqual([]);
  });

  it('does not pass when it swallowed the failure of a step', async () => {
    const scenario = running(
      async (ctx) => {
        await ctx.step('a', () => Promise.reject(new Error('x'))).catch(() => undefined);
        await ctx.step('b', () => Promise.resolve());
      },
      ['a', 'b'],
    );
    const report = await new World().execute(scenario);
    expect(report.outcome.kind).not.toBe('passed');
  });

  it('does not pass when a step was still under way as it returned', async () => {
    const scenario = running((ctx) => {
      void ctx.step('only', forever);
      return Promise.resolve();
    });
    const report = await new World().execute(scenario);
    expect(failureIn(report)).toMatchObject({ code: 'scenario.incomplete', blame: 'scenario' });
  });

  it('does not pass when it never read back what it wrote last', async () => {
    const world = new World();
    const report = await world.execute(
      running(async (ctx) => {
        const plan = await ctx.plan('sale.order');
        const order = await ctx.step('only', () => plan.create({}));
        await ctx.odoo.read('sale.order', [order.id], {});
        await order.call('action_confirm');
      }),
    );
    expect(failureIn(report)).toEqual({
      code: 'scenario.no-read-back',
      blame: 'scenario',
      message: 'written last and never read back: sale.order',
    });
    expect(world.odoo.open()).toEqual([]);
  });

  it('does not pass when it read something else instead', async () => {
    const report = await new World().execute(
      running(async (ctx) => {
        const plan = await ctx.plan('sale.order');
        const order = await ctx.step('only', () => plan.create({}));
        await order.call('action_confirm');
        await ctx.odoo.searchRead('stock.picking', [['id', '=', 1]], {});
        await ctx.odoo.read('sale.order', [], {});
      }),
    );
    expect(failureIn(report).code).toBe('scenario.no-read-back');
  });
});

describe('a scenario that throws', () => {
  const odd: readonly (readonly [string, () => unknown])[] = [
    ['null', () => null],
    ['undefined', () => undefined],
    ['an empty text', () => ''],
    ['a symbol', () => Symbol('x')],
    ['zero', () => 0],
    ['an error', () => new Error('my mistake')],
    ...hostile,
  ];

  it.each(odd)('%s is to blame itself, and what it made is undone', async (_, make) => {
    const world = new World();
    const report = await world.execute(
      running(async (ctx) => {
        const plan = await ctx.plan('sale.order');
        await ctx.step('only', () => plan.create({}));
        throw make();
      }),
    );
    expect(failureIn(report)).toMatchObject({ code: 'scenario.threw', blame: 'scenario' });
    expect(report.compensation.kind).toBe('clean');
    expect(world.odoo.open()).toEqual([]);
  });

  it('before it waits for anything is to blame all the same', async () => {
    const report = await new World().execute(
      running(() => {
        throw new TypeError('x is not a function');
      }),
    );
    expect(failureIn(report)).toMatchObject({ blame: 'scenario', message: 'x is not a function' });
  });

  it('a system error names our machine, not the scenario', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const report = await new World().execute(running(() => Promise.reject(full)));
    expect(failureIn(report)).toMatchObject({ code: 'fleet.unexpected', blame: 'fleet' });
  });

  it('shows none of our secrets', async () => {
    const report = await new World().execute(
      running(() => Promise.reject(new Error(`login ${PASSWORD} failed`))),
    );
    expect(failureIn(report).message).toBe('login [secret] failed');
    expect(JSON.stringify(report)).not.toContain(PASSWORD);
  });
});

describe('a run whose time is up', () => {
  it('is the scenario’s fault when it ignores its signal and waits for nothing', async () => {
    const world = new World();
    const report = await world.execute(running((ctx) => ctx.step('only', forever)));
    expect(failureIn(report)).toEqual({
      code: 'scenario.timeout',
      blame: 'scenario',
      message: "the run's time is used up after 60000 ms, and nothing was asked of Odoo",
      step: 'only',
    });
    expect(report.contaminated).toBe(false);
  });

  it('is the target’s fault when a call to Odoo hangs', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_confirm', silence, 1);
    const report = await world.execute();
    expect(failureIn(report)).toEqual({
      code: 'odoo.timeout',
      blame: 'target',
      layer: 'application',
      message:
        "the run's time is used up after 60000 ms, still no answer to sale.order.action_confirm",
      step: 'confirm',
    });
    expect(report.compensation.kind).toBe('clean');
    expect(world.odoo.open()).toEqual([]);
  });

  it('is the target’s fault when one of two calls at once hangs and the other was answered', async () => {
    const world = new World();
    world.odoo.on('product.product.search_count', silence, 1);
    const report = await world.execute(
      running((ctx) =>
        ctx.step('only', async () => {
          await Promise.all([
            ctx.odoo.count('product.product', []),
            ctx.odoo.count('res.partner', []),
          ]);
        }),
      ),
    );
    expect(failureIn(report)).toMatchObject({ code: 'odoo.timeout', blame: 'target' });
  });

  it('is the target’s fault when one of two calls of one name hangs', async () => {
    const world = new World();
    world.odoo.on('res.partner.search_count', silence, 1);
    const twice = ['is_company', 'active'];
    const report = await world.execute(
      running((ctx) =>
        ctx.step('only', async () => {
          await Promise.all(
            twice.map((field) => ctx.odoo.count('res.partner', [[field, '=', true]])),
          );
        }),
      ),
    );
    expect(failureIn(report)).toMatchObject({ code: 'odoo.timeout', blame: 'target' });
  });

  it('is the target’s fault when it hangs as we sign in', async () => {
    const world = new World();
    // The call's own time is the run's: the shorter of the two defaults.
    world.tenant = { ...world.tenant, limits: { ...world.tenant.limits, runMs: 10_000 } };
    world.engine = {
      ...world.engine,
      signIn: (_, { signal }, follow) => follow!('sign in', signal, forever),
    };
    const report = await world.execute();
    expect(failureIn(report)).toMatchObject({ code: 'odoo.timeout', blame: 'target' });
  });

  it('is nobody’s but ours when our own records hang', async () => {
    const world = new World();
    world.engine = { ...world.engine, readiness: { get: forever, put: forever } };
    const report = await world.execute();
    expect(failureIn(report).blame).toBe('fleet');
  });

  it('is nobody’s but ours when the tenant never came free', async () => {
    const world = new World();
    world.engine = { ...world.engine, leases: { acquire: forever } };
    const report = await world.execute();
    expect(failureIn(report).blame).toBe('fleet');
    expect(world.odoo.calls).toEqual([]);
  });

  it('ends in time even if the scenario goes on, and nothing more is written', async () => {
    const world = new World();
    let late: unknown;
    const report = await world.execute(
      running(async (ctx) => {
        const plan = await ctx.plan('sale.order');
        const order = await ctx.step('only', () => plan.create({}));
        await world.clock.sleep(61_000);
        await order.call('action_confirm').catch((error: unknown) => {
          late = error;
        });
      }),
    );
    expect(failureIn(report).code).toBe('scenario.timeout');
    await world.clock.sleep(10_000);
    expect(late).toBeDefined();
    expect(world.odoo.calls).not.toContain('sale.order.action_confirm');
    expect(world.odoo.open()).toEqual([]);
  });
});

describe('a run while we stand still ourselves', () => {
  it('does not blame the target for a time that ran out meanwhile', async () => {
    const world = new World();
    world.odoo.on(
      'sale.order.action_confirm',
      () => {
        world.clock.stall(20_000);
        return Promise.reject(replyLost());
      },
      1,
    );
    const report = await world.execute();
    expect(report.outcome.kind).toBe('inconclusive');
    expect(failureIn(report)).toMatchObject({
      code: 'fleet.stalled',
      blame: 'fleet',
      step: 'confirm',
    });
    expect(failureIn(report).message).toContain('our own process stood still for 19950 ms');
    expect(report.contaminated).toBe(true);
  });

  it('still blames the target for what it said', async () => {
    const world = new World();
    const no = {
      code: 'odoo.refused',
      blame: 'target',
      layer: 'application',
      message: 'no',
    } as const;
    world.odoo.on('sale.order.action_confirm', () => {
      world.clock.stall(20_000);
      return Promise.reject(new Failed(no));
    });
    const report = await world.execute();
    expect(failureIn(report)).toMatchObject(no);
    expect(report.contaminated).toBe(true);
  });

  it('shows that a passed run was measured badly', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_confirm', ({ proceed }) => {
      world.clock.stall(2_000);
      return proceed();
    });
    const report = await world.execute();
    expect(report.outcome.kind).toBe('passed');
    expect(report.contaminated).toBe(true);
  });
});

describe('a run that somebody stops', () => {
  it('is inconclusive, the fleet’s, and undone', async () => {
    const world = new World();
    const stop = new AbortController();
    world.odoo.on(
      'sale.order.action_confirm',
      ({ proceed, ...call }) => {
        proceed();
        stop.abort(new Stopped('stopped by SIGTERM'));
        return silence({ proceed, ...call });
      },
      1,
    );
    const report = await world.execute(scenarioOf(), { signal: stop.signal });
    expect(report.outcome.kind).toBe('inconclusive');
    expect(failureIn(report)).toEqual({
      code: 'run.interrupted',
      blame: 'fleet',
      message: 'stopped by SIGTERM',
      step: 'confirm',
    });
    expect(report.compensation).toMatchObject({ kind: 'clean', actions: [{ outcome: 'done' }] });
    expect(world.odoo.open()).toEqual([]);
  });

  it('before it began asks nothing of Odoo', async () => {
    const world = new World();
    const report = await world.execute(scenarioOf(), {
      signal: AbortSignal.abort(new Stopped('stopped by SIGINT')),
    });
    expect(failureIn(report)).toMatchObject({ code: 'run.interrupted', blame: 'fleet' });
    expect(world.odoo.calls).toEqual([]);
  });

  it('while it waits for the lease is the fleet’s', async () => {
    const world = new World();
    const stop = new AbortController();
    world.engine = { ...world.engine, leases: { acquire: forever } };
    const ended = world.execute(scenarioOf(), { signal: stop.signal });
    stop.abort(new Stopped('stopped by SIGINT'));
    expect(failureIn(await ended)).toMatchObject({
      code: 'run.interrupted',
      blame: 'fleet',
      message: 'stopped by SIGINT',
    });
  });
});

describe('our own machinery', () => {
  const full: Failed = new Failed({ code: 'state.unusable', blame: 'fleet', message: 'ENOSPC' });

  it.each(['open', 'update'] as const)(
    'is to blame when the journal cannot be kept (%s), and nothing is created',
    async (method) => {
      const world = new World();
      const journals = { ...world.engine.journals, [method]: () => Promise.reject(full) };
      world.engine = { ...world.engine, journals };
      const report = await world.execute();
      expect(failureIn(report)).toMatchObject({ code: 'state.unusable', blame: 'fleet' });
      expect(world.odoo.writes()).toEqual([]);
    },
  );

  it('may fail to close the journal, to give the lease back or to keep artifacts without changing the outcome', async () => {
    const world = new World();
    const { engine } = world;
    world.engine = {
      ...engine,
      journals: { ...engine.journals, close: () => Promise.reject(full) },
      leases: {
        acquire: () =>
          Promise.resolve({
            token: 1,
            check: () => Promise.resolve(),
            release: () => Promise.reject(full),
          }),
      },
      onTrouble: () => Promise.reject(full),
    };
    expect((await world.execute()).outcome).toEqual({ kind: 'passed' });
  });

  it.each<[string, Partial<World['engine']>]>([
    [
      'keeping artifacts',
      {
        onTrouble: () => {
          throw full;
        },
      },
    ],
    [
      'showing a step',
      {
        onStep: () => {
          throw full;
        },
      },
    ],
  ])('may throw while %s without changing the outcome', async (_, surface) => {
    const world = new World();
    world.engine = { ...world.engine, ...surface };
    world.odoo.on('sale.order.action_confirm', () => true);
    expect(failureIn(await world.execute())).toMatchObject({
      code: 'state.unexpected',
      blame: 'target',
    });
  });

  it('hands the calls of a run that did not pass to whoever keeps them, without any value', async () => {
    const world = new World();
    const kept: unknown[] = [];
    world.engine = {
      ...world.engine,
      onTrouble: (report, { calls }) => {
        kept.push(report.outcome.kind, ...calls);
        return Promise.resolve();
      },
    };
    world.odoo.on('sale.order.action_confirm', () => true);
    await world.execute();
    expect(kept[0]).toBe('failed');
    expect(kept).toContainEqual({
      call: 'sale.order.create',
      atMs: 0,
      durationMs: 0,
      outcome: 'answered',
    });
    expect(JSON.stringify(kept.slice(1))).not.toContain('SYN~');
  });
});
