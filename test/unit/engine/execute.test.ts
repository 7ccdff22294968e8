import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import orderConfirmation from '../../../scenarios/order-confirmation.ts';
import { virtualBeats } from '../../support/unit/clock.ts';
import { failureIn, scenarioOf, World } from '../../support/unit/engine.ts';
import { refused } from '../../support/unit/odoo.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

describe('a run that goes well', () => {
  it('passes, and leaves nothing open', async () => {
    const world = new World();
    const report = await world.execute();
    expect(report.outcome).toEqual({ kind: 'passed' });
    expect(report.compensation.kind).toBe('clean');
    expect(world.odoo.open()).toEqual([]);
  });

  it('times set-up beside the declared steps, in order', async () => {
    const report = await new World().execute();
    expect(report.steps.map(({ name, phase, outcome }) => [name, phase, outcome])).toEqual([
      ['sign in', 'set-up', 'passed'],
      ['set up', 'set-up', 'passed'],
      ['create', 'measured', 'passed'],
      ['confirm', 'measured', 'passed'],
      ['read back', 'measured', 'passed'],
    ]);
  });

  it('times the set-up of the scenario apart from its steps', async () => {
    const scenario = scenarioOf({
      steps: ['look'],
      run: async (ctx) => {
        await ctx.setUp('prepare', () => Promise.resolve());
        await ctx.step('look', () => Promise.resolve());
      },
    });
    const { outcome, steps } = await new World().execute(scenario);
    expect(outcome.kind).toBe('passed');
    expect(steps.slice(2).map(({ name, phase }) => [name, phase])).toEqual([
      ['prepare', 'set-up'],
      ['look', 'measured'],
    ]);
  });

  it('measures each step and the whole', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_confirm', ({ proceed }) => {
      world.clock.pass(340);
      return proceed();
    });
    const report = await world.execute();
    expect(report.steps.find(({ name }) => name === 'confirm')?.durationMs).toBe(340);
    expect(report.durationMs).toBe(340);
    expect(report.contaminated).toBe(false);
  });

  it('is the built-in order confirmation', async () => {
    const world = new World();
    const report = await world.execute(orderConfirmation);
    expect(report.outcome).toEqual({ kind: 'passed' });
    expect(world.odoo.open()).toEqual([]);
  });

  it('names the document it made and how it was undone', async () => {
    const { documents, compensation } = await new World().execute();
    expect(documents).toEqual([{ model: 'sale.order', id: 100, reference: 'ZZOW/100' }]);
    expect(compensation.actions).toEqual([
      { action: 'sale.order.action_cancel', model: 'sale.order', id: 100, outcome: 'done' },
    ]);
  });

  it('answers a report that nobody can change', async () => {
    const report = await new World().execute();
    expect(Object.isFrozen(report)).toBe(true);
    expect(Object.isFrozen(report.steps[0])).toBe(true);
    expect(Object.isFrozen(report.documents)).toBe(true);
  });

  it('writes the mark with the very first write, whatever the scenario says', async () => {
    const world = new World();
    await world.execute(
      scenarioOf({
        steps: ['create'],
        run: async (ctx) => {
          const plan = await ctx.plan('sale.order');
          const order = await ctx.step('create', () => plan.create({ client_order_ref: 'mine' }));
          await ctx.odoo.read('sale.order', [order.id], {});
        },
      }),
    );
    const [order] = world.odoo.rows('sale.order');
    expect(order?.['client_order_ref']).toMatch(
      /^SYN~north~order~rpc~20260701T100000000Z-1~\d{10}$/,
    );
  });

  it('puts the deadline of the mark at start plus run time plus compensation time', async () => {
    const world = new World();
    const start = world.clock.now();
    await world.execute();
    const reference = String(world.odoo.rows('sale.order')[0]?.['client_order_ref']);
    expect(reference.split('~').at(-1)).toBe(String((start + 90_000) / 1_000));
  });

  it('does things in the order that makes every crash safe', async () => {
    const world = new World();
    await world.execute();
    const order = [
      'lease',
      'journal opened',
      'sign in',
      'journal sale.order',
      'sale.order.create',
      'sale.order.action_confirm',
      'sale.order.action_cancel',
      'journal closed',
      'release',
    ];
    expect(world.events.filter((event) => order.includes(event))).toEqual(order);
  });

  it('looks for its mark before it creates, and again after', async () => {
    const world = new World();
    await world.execute();
    const created = world.events.indexOf('sale.order.create');
    expect(world.events[created - 1]).toBe('sale.order.search_read');
    expect(world.events[created + 1]).toBe('sale.order.search_read');
  });

  it('closes its session and gives its lease back', async () => {
    const world = new World();
    await world.execute();
    expect(world.odoo.closed).toBe(1);
    expect(world.events.at(-1)).toBe('release');
  });

  it('keeps Odoo quiet in every call that has a context', async () => {
    const world = new World();
    await world.execute();
    const contexts = world.odoo.params.flatMap(({ kwargs }) => kwargs?.['context'] ?? []);
    expect(contexts.length).toBeGreaterThan(5);
    for (const context of contexts) {
      expect(context).toMatchObject({ tracking_disable: true, skip_sms: true, lang: 'en_US' });
    }
  });
});

describe('a run that needs nothing written', () => {
  it('passes without a journal left, without a write and with nothing to undo', async () => {
    const world = new World();
    const report = await world.execute(
      scenarioOf({
        consent: 'read-only',
        steps: ['look'],
        run: async (ctx) => {
          await ctx.step('look', () => ctx.odoo.count('sale.order', []));
        },
      }),
    );
    expect(report.outcome).toEqual({ kind: 'passed' });
    expect(report.compensation).toEqual({ kind: 'clean', actions: [] });
    expect(world.odoo.writes()).toEqual([]);
    expect(world.journals.size).toBe(0);
  });
});

describe('what the target does wrong', () => {
  it('fails the run when Odoo refuses a step, and names the step', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_confirm', () => Promise.reject(refused('no stock')));
    const report = await world.execute();
    expect(report.outcome.kind).toBe('failed');
    expect(failureIn(report)).toEqual({
      code: 'odoo.refused',
      blame: 'target',
      layer: 'application',
      message: 'no stock',
      step: 'confirm',
    });
    expect(report.steps.at(-1)).toMatchObject({ name: 'confirm', outcome: 'failed' });
    expect(report.compensation.kind).toBe('clean');
    expect(world.odoo.open()).toEqual([]);
  });

  it('fails the run when what is read back is not what was asked for', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_confirm', () => true);
    const report = await world.execute();
    expect(failureIn(report)).toEqual({
      code: 'state.unexpected',
      blame: 'target',
      layer: 'data',
      message: 'order state is draft, not sale',
      step: 'read back',
    });
  });

  it('fails the order confirmation when no delivery was made', async () => {
    const world = new World();
    world.odoo.deliveries = false;
    const report = await world.execute(orderConfirmation);
    expect(failureIn(report)).toMatchObject({
      code: 'state.unexpected',
      message: 'deliveries created is false, not true',
    });
    expect(world.odoo.open()).toEqual([]);
  });
});
