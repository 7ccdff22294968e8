/** What a scenario may act on besides its order: only what hangs on it, behind the fence, and read back. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import type { MarkedDocument, ScenarioContext } from '../../../src/scenario/index.ts';
import { virtualBeats } from '../../support/unit/clock.ts';
import { failureIn, scenarioOf, World } from '../../support/unit/engine.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

/** Confirms an order, does `work` with it, and reads back what is named. */
const acting = (
  work: (order: MarkedDocument, ctx: ScenarioContext) => Promise<void>,
  readBack: readonly string[] = [],
) =>
  scenarioOf({
    consent: 'full',
    steps: ['act'],
    run: async (ctx) => {
      const order = await (await ctx.plan('sale.order')).create({});
      await order.call('action_confirm');
      await ctx.step('act', () => work(order, ctx));
      for (const model of ['sale.order', ...readBack]) {
        await ctx.odoo.searchRead(model, [], { state: 'text' });
      }
    },
  });

describe('a document that hangs on the order', () => {
  it('is found and acted on', async () => {
    const world = new World();
    const report = await world.execute(
      acting(
        async (order, ctx) => {
          const [transfer] = await order.find('stock.picking', { state: 'text' });
          ctx.expect('state', transfer?.state, 'assigned');
          await transfer?.call('do_unreserve');
          const [move] = await order.find('stock.move', { state: 'text' });
          await move?.write({ quantity: 1 });
        },
        ['stock.picking', 'stock.move'],
      ),
    );
    expect(report.outcome).toEqual({ kind: 'passed' });
    expect(world.odoo.writes()).toEqual([
      'sale.order.create',
      'sale.order.action_confirm',
      'stock.picking.do_unreserve',
      'stock.move.write',
      'sale.order.action_cancel',
    ]);
  });

  it('is found in one call, by its way to the order', async () => {
    const world = new World();
    const odoo = world.odoo;
    const other = { name: 'OUT/5', company_id: 2, create_date: '2026-07-01 08:00:00' };
    odoo.add('stock.picking', { id: 5, state: 'assigned', sale_id: [77, 'other'], ...other });
    let found: readonly number[] = [];
    let calls = 0;
    const report = await world.execute(
      acting(async (order) => {
        const before = odoo.calls.length;
        const domain = ['|', ['state', '=', 'assigned'] as const, ['id', '=', 5] as const];
        const transfers = await order.find('stock.picking', { state: 'text' }, domain);
        calls = odoo.calls.length - before;
        found = transfers.map(({ id }) => id);
      }),
    );
    expect(report.outcome).toEqual({ kind: 'passed' });
    expect(calls).toBe(1);
    expect(found).toHaveLength(1);
    expect(found).not.toContain(5);
  });

  it('that was written and not read back afterwards: the run does not pass', async () => {
    const report = await new World().execute(
      acting(async (order) => {
        const [transfer] = await order.find('stock.picking', { state: 'text' });
        await transfer?.call('do_unreserve');
      }),
    );
    expect(failureIn(report)).toMatchObject({
      code: 'scenario.no-read-back',
      message: 'written last and never read back: stock.picking',
    });
  });

  it('is not written when the lease is lost', async () => {
    const world = new World();
    const lost = { code: 'lease.lost', blame: 'fleet', message: 'lost' } as const;
    const report = await world.execute(
      acting(async (order) => {
        const [transfer] = await order.find('stock.picking', { state: 'text' });
        world.checkLease = () => Promise.reject(new Failed(lost));
        await transfer?.call('do_unreserve');
      }),
    );
    expect(failureIn(report).code).toBe('lease.lost');
    expect(world.odoo.writes()).not.toContain('stock.picking.do_unreserve');
  });
});

describe('a wizard', () => {
  it('acts on the document it was opened on', async () => {
    const world = new World();
    const report = await world.execute(
      acting(async (order, ctx) => {
        await order.answer('sale.advance.payment.inv', 'create_invoices');
        const [invoice] = await order.find('account.move', { ref: 'text' });
        ctx.expect('ref', invoice?.ref, ctx.mark);
      }),
    );
    expect(report.outcome).toEqual({ kind: 'passed' });
    expect(world.odoo.open()).toEqual([]);
  });

  it('is answered with its transfer in the context too', async () => {
    const world = new World();
    await world.execute(
      acting(async (order) => {
        const [transfer] = await order.find('stock.picking', { state: 'text' });
        await transfer?.answer('stock.backorder.confirmation', 'process');
      }),
    );
    const at = world.odoo.calls.indexOf('stock.backorder.confirmation.process');
    const [picking] = world.odoo.rows('stock.picking');
    expect(world.odoo.params[at]?.kwargs?.['context']).toMatchObject({
      button_validate_picking_ids: [picking?.id],
    });
  });

  it('that wrote wants what it wrote read back, for itself it is gone', async () => {
    const report = await new World().execute(
      acting((order) => order.answer('sale.advance.payment.inv', 'create_invoices')),
    );
    expect(failureIn(report)).toMatchObject({
      code: 'scenario.no-read-back',
      message: 'written last and never read back: account.move',
    });
  });
});
