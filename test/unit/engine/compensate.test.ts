/** The undo: in any state, in the right order, never given up too early, and twice is once. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ScenarioContext } from '../../../src/scenario/index.ts';
import { virtualBeats } from '../../support/unit/clock.ts';
import { scenarioOf, World } from '../../support/unit/engine.ts';
import { refused, replyLost } from '../../support/unit/odoo.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

/** Confirms an order; `then` is what else happens to it before the run ends. */
const confirmed = (then: (world: World, orderId: number) => void, world: World) =>
  scenarioOf({
    steps: ['only'],
    run: async (ctx: ScenarioContext) => {
      const plan = await ctx.plan('sale.order');
      const order = await ctx.step('only', () => plan.create({}));
      await order.call('action_confirm');
      await ctx.odoo.read('sale.order', [order.id], {});
      then(world, order.id);
    },
  });

const invoiceOf = (world: World, orderId: number, change: object) => {
  const order = world.odoo.row('sale.order', orderId);
  const invoice = world.odoo.add('account.move', {
    id: 900,
    name: 'INV/1',
    move_type: 'out_invoice',
    company_id: 2,
    ref: order['client_order_ref'],
    payment_state: 'not_paid',
    journal_id: [1, 'Sales'],
    ...change,
  });
  order['invoice_ids'] = [invoice.id];
};

describe('the undo of an order', () => {
  it('unlocks it first when somebody locked it', async () => {
    const world = new World();
    const report = await world.execute(
      confirmed((_, id) => (world.odoo.row('sale.order', id)['locked'] = true), world),
    );
    expect(report.compensation).toMatchObject({ kind: 'clean' });
    expect(report.compensation.actions.map(({ action }) => action)).toEqual([
      'sale.order.action_unlock',
      'sale.order.action_cancel',
    ]);
  });

  it('brings back what was delivered, before it cancels', async () => {
    const world = new World();
    const report = await world.execute(
      confirmed(() => (world.odoo.rows('stock.picking')[0]!['state'] = 'done'), world),
    );
    expect(report.compensation.actions.map(({ action }) => action)).toEqual([
      'stock.return.picking.action_create_returns_all',
      'stock.picking.button_validate',
      'sale.order.action_cancel',
    ]);
    expect(report.compensation.kind).toBe('clean');
    expect(world.odoo.rows('stock.picking').map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('brings back a chain of transfers newest first: the last hop holds the goods', async () => {
    const world = new World();
    await world.execute(
      confirmed((_, id) => {
        const [pick] = world.odoo.rows('stock.picking');
        pick!['state'] = 'done';
        world.odoo.add('stock.picking', { ...pick!, id: 800, name: 'OUT', sale_id: [id, 'x'] });
      }, world),
    );
    const returned = world.odoo
      .rows('stock.return.picking')
      .map(({ picking_id }) => picking_id as number);
    expect(returned).toHaveLength(2);
    expect(returned).toEqual(returned.toSorted((a, b) => b - a));
  });

  it('finishes a return that an earlier undo began, and makes no second one', async () => {
    const world = new World();
    const report = await world.execute(
      confirmed((_, id) => {
        const [out] = world.odoo.rows('stock.picking');
        out!['state'] = 'done';
        const begun = { ...out!, id: 800, state: 'confirmed', return_id: [out!.id, 'x'] };
        world.odoo.add('stock.picking', { ...begun, sale_id: [id, 'x'] });
      }, world),
    );
    expect(report.compensation.kind).toBe('clean');
    expect(world.odoo.rows('stock.return.picking')).toEqual([]);
    expect(world.odoo.row('stock.picking', 800)['state']).toBe('done');
  });

  /** A return of which nothing is reserved until it was asked for so many times. */
  const shortReturn = (world: World, times: number, picked: boolean) => {
    let asked = 0;
    world.odoo.on('stock.picking.action_assign', () => {
      asked += 1;
      if (asked >= times) world.odoo.row('stock.move', 801)['quantity'] = 2;
      return true;
    });
    return confirmed((_, id) => {
      const [out] = world.odoo.rows('stock.picking');
      out!['state'] = 'done';
      const begun = { ...out!, id: 800, state: 'waiting', return_id: [out!.id, 'x'] };
      world.odoo.add('stock.picking', { ...begun, sale_id: [id, 'x'] });
      const move = { id: 801, picking_id: [800, 'x'], state: 'waiting', picked };
      const route = { product_id: [12, 'x'], company_id: [2, 'x'], location_dest_id: [4, 'x'] };
      world.odoo.add('stock.move', { ...move, ...route, quantity: 0, product_uom_qty: 2 });
    }, world);
  };
  const assign = 'stock.picking.action_assign';
  const clear = 'stock.quant.action_view_inventory';

  it.each([
    ['asking for it', 1, false, [assign]],
    ['clearing the reservations that nobody holds', 2, false, [assign, clear, assign]],
    ['taking back that it was picked', 2, true, [assign, clear, 'stock.move.write', assign]],
  ])('brings back a return that is short by %s', async (_, times, picked, actions) => {
    const world = new World();
    const { compensation } = await world.execute(shortReturn(world, times, picked));
    expect(compensation.kind).toBe('clean');
    expect(compensation.actions.map(({ action }) => action)).toEqual([
      ...actions,
      'stock.picking.button_validate',
      'sale.order.action_cancel',
    ]);
  });

  it('brings back from another shelf what a return misses, as far as it lies free there', async () => {
    const world = new World();
    const shelf = { product_id: [12, 'x'], lot_id: false, company_id: [2, 'x'], usage: 'internal' };
    const shelves = [
      { location_id: [4, 'where it goes'], quantity: 9, reserved_quantity: 0 },
      { location_id: [5, 'nearly all reserved'], quantity: 9, reserved_quantity: 8 },
      { location_id: [6, 'free'], quantity: 4, reserved_quantity: 0 },
    ];
    shelves.forEach((one, id) => world.odoo.add('stock.quant', { id, ...shelf, ...one }));
    const written: unknown[] = [];
    world.odoo.on('stock.move.write', ({ params }) => written.push(params.args[1]));
    const { compensation } = await world.execute(shortReturn(world, 99, false));
    expect(compensation.kind).toBe('clean');
    const to = { picking_id: 800, product_id: 12, location_dest_id: 4, lot_id: false };
    expect(written).toEqual([
      { move_line_ids: [[0, 0, { ...to, location_id: 5, quantity: 1 }]] },
      { move_line_ids: [[0, 0, { ...to, location_id: 6, quantity: 1 }]] },
    ]);
  });

  it('deletes a draft invoice', async () => {
    const world = new World();
    await world.execute(
      confirmed((_, id) => {
        invoiceOf(world, id, { state: 'draft' });
      }, world),
    );
    expect(world.odoo.rows('account.move')).toEqual([]);
  });

  it('cancels a draft invoice that cannot be deleted', async () => {
    const world = new World();
    world.odoo.on('account.move.unlink', () => Promise.reject(refused('has a number')));
    await world.execute(
      confirmed((_, id) => {
        invoiceOf(world, id, { state: 'draft' });
      }, world),
    );
    expect(world.odoo.row('account.move', 900)['state']).toBe('cancel');
  });

  it('reverses a posted invoice that the books must keep, and posts the credit note', async () => {
    const world = new World();
    world.odoo.on('account.move.button_draft', () => Promise.reject(refused('locked period')));
    const report = await world.execute(
      confirmed((_, id) => {
        invoiceOf(world, id, { state: 'posted' });
      }, world),
    );
    expect(world.odoo.row('account.move', 900)['payment_state']).toBe('reversed');
    const credit = world.odoo
      .rows('account.move')
      .find(({ move_type }) => move_type === 'out_refund');
    expect(credit).toMatchObject({
      state: 'posted',
      reversed_entry_id: 900,
      ref: expect.stringContaining('SYN~') as unknown,
    });
    expect(report.compensation.kind).toBe('clean');
  });

  it('does nothing about an order that is cancelled already', async () => {
    const world = new World();
    const report = await world.execute(
      confirmed((_, id) => {
        world.odoo.row('sale.order', id)['state'] = 'cancel';
        world.odoo.rows('stock.picking')[0]!['state'] = 'cancel';
      }, world),
    );
    expect(report.compensation).toEqual({ kind: 'clean', actions: [] });
  });

  it('finds the posted invoice of an order that is cancelled already', async () => {
    const world = new World();
    await world.execute(
      confirmed((_, id) => {
        invoiceOf(world, id, { state: 'posted' });
        world.odoo.row('sale.order', id)['state'] = 'cancel';
      }, world),
    );
    expect(world.odoo.rows('account.move')).toEqual([]);
  });

  it('finishes what an interrupted undo left on an order that is cancelled already', async () => {
    const world = new World();
    await world.execute(
      confirmed((_, id) => {
        world.odoo.row('sale.order', id)['state'] = 'cancel';
        world.odoo.add('mail.activity', { id: 950, res_model: 'sale.order', res_id: id });
      }, world),
    );
    expect(world.odoo.rows('stock.picking').map(({ state }) => state)).toEqual(['cancel']);
    expect(world.odoo.rows('mail.activity')).toEqual([]);
  });

  it('removes the activities of its order and leaves those of others', async () => {
    const world = new World();
    world.odoo.add('mail.activity', { id: 949, res_model: 'sale.order', res_id: 1 });
    await world.execute(
      confirmed((_, id) => {
        world.odoo.add('mail.activity', { id: 950, res_model: 'sale.order', res_id: id });
      }, world),
    );
    expect(world.odoo.rows('mail.activity').map(({ id }) => id)).toEqual([949]);
  });

  it('posts the credit note that an earlier undo drafted, and makes no second one', async () => {
    const world = new World();
    world.odoo.on('account.move.button_draft', () => Promise.reject(refused('locked period')));
    await world.execute(
      confirmed((_, id) => {
        invoiceOf(world, id, { state: 'posted' });
        world.odoo.add('account.move', {
          id: 901,
          state: 'draft',
          move_type: 'out_refund',
          reversed_entry_id: 900,
          company_id: 2,
        });
      }, world),
    );
    expect(world.odoo.rows('account.move').map(({ id, state }) => [id, state])).toEqual([
      [900, 'posted'],
      [901, 'posted'],
    ]);
    expect(world.odoo.rows('account.move.reversal')).toEqual([]);
  });

  it('does nothing about an order that is gone', async () => {
    const world = new World();
    const report = await world.execute(
      confirmed(() => {
        world.odoo.rows('sale.order').length = 0;
        world.odoo.rows('stock.picking').length = 0;
      }, world),
    );
    expect(report.compensation).toEqual({ kind: 'clean', actions: [] });
    expect(report.documents).toEqual([]);
  });
});

describe('an undo that meets trouble', () => {
  it('goes on where it stopped when Odoo answers again', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_cancel', () => Promise.reject(replyLost()), 2);
    const report = await world.execute();
    expect(report.compensation.kind).toBe('clean');
    expect(report.compensation.actions.map(({ outcome }) => outcome)).toEqual([
      'failed',
      'failed',
      'done',
    ]);
    expect(world.odoo.open()).toEqual([]);
  });

  it('cancels once when the cancelling was done and only its answer was lost', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_cancel', ({ proceed }) => {
      proceed();
      return Promise.reject(replyLost());
    });
    const report = await world.execute();
    expect(report.compensation.kind).toBe('clean');
    expect(world.odoo.calls.filter((name) => name === 'sale.order.action_cancel')).toHaveLength(1);
  });

  it('has failed when Odoo refuses to the end, says why, and keeps its journal', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_cancel', () =>
      Promise.reject(refused('an approval is needed')),
    );
    const report = await world.execute();
    expect(report.outcome).toEqual({ kind: 'passed' });
    expect(report.compensation).toMatchObject({ kind: 'failed', reason: 'an approval is needed' });
    expect(world.journals.size).toBe(1);
  });

  it('is pending, not refused, when Odoo never answers', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_cancel', () => Promise.reject(replyLost()));
    const report = await world.execute();
    expect(report.compensation.kind).toBe('pending');
  });

  it('is pending when Odoo cannot even be asked what there is', async () => {
    const world = new World();
    const scenario = confirmed(() => {
      world.odoo.on('sale.order.search_read', () => Promise.reject(replyLost()));
    }, world);
    const report = await world.execute(scenario);
    expect(report.compensation).toMatchObject({
      kind: 'pending',
      reason: 'no answer within 10000 ms',
    });
  });

  it('has a time of its own, and ends with it', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_cancel', () => Promise.reject(refused('no')));
    const before = world.clock.now();
    await world.execute();
    expect(world.clock.now() - before).toBe(30_000);
  });

  it('is not over while something is still open, whatever Odoo said', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_cancel', () => true);
    const report = await world.execute();
    expect(report.compensation.kind).not.toBe('clean');
    expect(report.compensation.reason).toContain('still open after the undo: ZZOW/100 (sale)');
  });

  it('shows no secret in what Odoo said', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_cancel', () =>
      Promise.reject(refused('no: correct horse battery')),
    );
    const report = await world.execute();
    expect(JSON.stringify(report)).not.toContain('correct horse');
    expect(report.compensation.reason).toBe('no: [secret]');
  });
});
