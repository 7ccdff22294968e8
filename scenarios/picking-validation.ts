/** Goods leave the warehouse in parts: prepared hop by hop, one part with a backorder, the next without. */
import type { MarkedDocument, Scenario, ScenarioContext } from 'orderwatch/scenario';
import {
  deliveryNeeds,
  onForm,
  prepareGoods,
  requireNoneOpen,
  type Transfer,
  transfersOf,
} from './blocks/delivery.ts';
import { allOf } from './blocks/needs.ts';
import { orderNeeds, placeOrder } from './blocks/order.ts';
import { MOVE, requireInHouse, stockInHouse, stockNeeds, sum } from './blocks/stock.ts';
import { byTransport } from './blocks/transport.ts';

const QUANTITY = 3;
/** Of each part; what is left after two of them is given up. */
const PART = 1;
const DELIVERED = 2 * PART;

export default {
  sdk: 1,
  id: 'picking-validation',
  title: 'Picking validation',
  revision: 1,
  rows: { rpc: 61, browser: 80 },
  consent: 'full',
  transports: ['rpc', 'browser'],
  steps: ['prepare goods', 'deliver part', 'deliver backorder', 'read back'],
  needs: allOf(orderNeeds, stockNeeds, deliveryNeeds, {
    modules: ['sale_stock'],
    fields: {
      'stock.picking': ['backorder_id'],
      'stock.move': ['has_tracking'],
      'stock.move.line': ['lot_id'],
      'stock.picking.type': ['code', 'create_backorder'],
      'sale.order.line': ['qty_delivered'],
    },
    access: {
      'stock.backorder.confirmation': ['create'],
      'stock.picking.type': ['read'],
      'sale.order.line': ['read'],
    },
  }),

  async run(ctx) {
    const { order, before } = await ctx.setUp('place order', async () => {
      await requireBackorders(ctx);
      const stock = await stockInHouse(ctx);
      return { ...(await placeOrder(ctx, QUANTITY)), before: stock };
    });
    const first = await ctx.step('prepare goods', () => prepareGoods(ctx, order));
    const backorder = await ctx.step('deliver part', async () => {
      await deliverPart(ctx, { order, transfer: first, rest: 'process' });
      const rest = (await transfersOf(order)).find((one) => one.backorder_id?.id === first.id);
      return ctx.need('the backorder', rest);
    });
    await ctx.step('deliver backorder', async () => {
      await deliverPart(ctx, { order, transfer: backorder, rest: 'process_cancel_backorder' });
    });
    await ctx.step('read back', async () => {
      await requireDelivered(ctx, order);
      await requireInHouse(ctx, order, before.onHand - DELIVERED);
    });
  },
} satisfies Scenario;

/** A warehouse may settle the question for good; then there is nobody to answer. */
async function requireBackorders(ctx: ScenarioContext): Promise<void> {
  const types = await ctx.odoo.searchRead(
    'stock.picking.type',
    [
      ['company_id', '=', ctx.fixtures.companyId],
      ['code', '=', 'outgoing'],
    ],
    { name: 'text', create_backorder: 'text' },
  );
  for (const { name = '?', create_backorder: rule = 'none' } of types) {
    if (rule !== 'ask') ctx.skip(`${name} does not ask about backorders: it is set to ${rule}`);
  }
}

interface Part {
  readonly order: MarkedDocument;
  readonly transfer: Transfer;
  /** The button that says what becomes of the rest. */
  readonly rest: 'process' | 'process_cancel_backorder';
}

async function deliverPart(ctx: ScenarioContext, part: Part): Promise<void> {
  await byTransport(ctx, { rpc: () => deliverByCall(part), browser: () => deliverByHand(part) });
}

async function deliverByCall({ order, transfer, rest }: Part): Promise<void> {
  const moves = await order.find('stock.move', MOVE, [['picking_id', '=', transfer.id]]);
  for (const move of moves) await move.write({ quantity: PART });
  await transfer.call('button_validate');
  await transfer.answer('stock.backorder.confirmation', rest);
}

async function deliverByHand({ transfer, rest }: Part): Promise<void> {
  await onForm(transfer, async (web) => {
    await web.editLine('move_ids', 'quantity');
    await web.fill('quantity', String(PART));
    await web.answer('button_validate', rest, 'done');
  });
}

async function requireDelivered(ctx: ScenarioContext, order: MarkedDocument): Promise<void> {
  const transfers = await transfersOf(order);
  requireNoneOpen(ctx, transfers);
  const outgoing = transfers.filter(({ picking_type_code: code }) => code === 'outgoing');
  ctx.expect('outgoing transfers', outgoing.length, 2);
  const ids = outgoing.map(({ id }) => id);
  const moves = await order.find('stock.move', { ...MOVE, has_tracking: 'text' }, [
    ['picking_id', 'in', ids],
  ]);
  const done = moves.filter(({ state }) => state === 'done').map(({ quantity }) => quantity);
  // What was given up is nowhere: its move is done with less than its demand.
  ctx.expect('quantity moved out', sum(done), DELIVERED);

  const lines = await order.find('stock.move.line', { quantity: 'number', lot_id: 'many2one' }, [
    ['picking_id', 'in', ids],
  ]);
  ctx.expect('quantity on the lines', sum(lines.map(({ quantity }) => quantity)), DELIVERED);
  const tracked = moves.some(({ has_tracking: tracking }) => tracking !== 'none');
  const named = lines.every(({ lot_id }) => lot_id !== undefined);
  ctx.expect('every line names its lot', named || !tracked, true);

  const sold = await ctx.odoo.searchRead('sale.order.line', [['order_id', '=', order.id]], {
    qty_delivered: 'number',
  });
  const delivered = sum(sold.map(({ qty_delivered }) => qty_delivered));
  ctx.expect('quantity delivered to the customer', delivered, DELIVERED);
}
