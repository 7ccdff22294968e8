/** Stock is reserved for an order: released, asked for, counted on the shelf to the unit, and released again. */
import type { Scenario, ScenarioContext } from 'orderwatch/scenario';
import { nextOf, openTransfer, type Transfer, transfersOf } from './blocks/delivery.ts';
import { allOf } from './blocks/needs.ts';
import { orderNeeds, placeOrder } from './blocks/order.ts';
import {
  MOVE,
  requireReserved,
  requireReservedTotal,
  stockAt,
  stockNeeds,
} from './blocks/stock.ts';
import { byTransport } from './blocks/transport.ts';

const QUANTITY = 2;

export default {
  sdk: 1,
  id: 'stock-reservation',
  title: 'Stock reservation',
  revision: 1,
  rows: { rpc: 18, browser: 20 },
  consent: 'reversible',
  transports: ['rpc', 'browser'],
  steps: ['unreserve', 'check availability', 'read back', 'release'],
  needs: allOf(orderNeeds, stockNeeds, {
    modules: ['sale_stock'],
    fields: { 'stock.picking': ['state', 'sale_id', 'location_id'] },
    access: { 'stock.picking': ['read', 'write'] },
  }),

  async run(ctx) {
    const { order, transfer } = await ctx.setUp('place order', async () => {
      const placed = await placeOrder(ctx, QUANTITY);
      return { ...placed, transfer: nextOf(ctx, await transfersOf(placed.order)) };
    });
    const source = ctx.need('source of the transfer', transfer.location_id).id;

    const release = async (): Promise<void> => {
      await transfer.call('do_unreserve');
      const domain = [['picking_id', '=', transfer.id] as const];
      const moves = await order.find('stock.move', MOVE, domain);
      const free = moves.every(({ state, quantity }) => state === 'confirmed' && quantity === 0);
      ctx.expect('every move released', free, true);
    };
    // Confirming an order reserves its stock already.
    await ctx.step('unreserve', release);
    const { reserved: before } = await ctx.setUp('count stock', () => stockAt(ctx, source));
    if (ctx.transport === 'browser') {
      await ctx.setUp('open transfer', () => ctx.browse((web) => openTransfer(web, transfer)));
    }
    await ctx.step('check availability', () =>
      byTransport(ctx, {
        rpc: () => transfer.call('action_assign'),
        browser: () => transfer.act((web) => web.press('action_assign')),
      }),
    );
    await ctx.step('read back', async () => {
      await requireReserved(ctx, order, transfer);
      await requireReservedTotal(ctx, source, { before, wanted: before + QUANTITY });
    });
    await ctx.step('release', async () => {
      await release();
      await requireReservedTotal(ctx, source, { before: before + QUANTITY, wanted: before });
      await requireWaiting(ctx, transfer);
    });
  },
} satisfies Scenario;

/** A transfer can say that it is ready while its moves are not: both are asked. */
async function requireWaiting(ctx: ScenarioContext, { id }: Transfer): Promise<void> {
  const [transfer] = await ctx.odoo.read('stock.picking', [id], { state: 'text' });
  ctx.expect('state of the released transfer', transfer?.state, 'confirmed');
}
