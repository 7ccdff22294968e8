/** A customer's order is entered and confirmed: quotation, confirmation, delivery created, stock reserved. */
import type { Scenario } from 'orderwatch/scenario';
import { allOf } from './blocks/needs.ts';
import { confirmOrder, makeQuotation, orderNeeds, readOrder } from './blocks/order.ts';
import { sum } from './blocks/stock.ts';

const QUANTITY = 1;

export default {
  sdk: 1,
  id: 'order-confirmation',
  title: 'Order confirmation',
  revision: 1,
  rows: { rpc: 12, browser: 23 },
  consent: 'reversible',
  transports: ['rpc', 'browser'],
  opens: '/odoo/sales/new',
  steps: ['create quotation', 'confirm order', 'read back'],
  needs: allOf(orderNeeds, {
    modules: ['sale_stock'],
    fields: {
      'stock.picking': ['state', 'sale_id', 'move_ids'],
      'stock.move': ['state', 'product_uom_qty'],
    },
    access: { 'stock.picking': ['read', 'write'], 'stock.move': ['read'] },
  }),

  async run(ctx) {
    const { productId } = ctx.fixtures;
    const planned = await ctx.plan('sale.order');
    const order = await ctx.step('create quotation', () => makeQuotation(ctx, planned, QUANTITY));
    await ctx.step('confirm order', () => confirmOrder(ctx, order));

    await ctx.step('read back', async () => {
      const { transferIds } = await readOrder(ctx, order.id, QUANTITY);
      const moves = await ctx.odoo.searchRead('stock.move', [['picking_id', 'in', transferIds]], {
        state: 'text',
        product_id: 'many2one',
        product_uom_qty: 'number',
      });
      ctx.expect('deliveries created', transferIds.length > 0, true);
      const demand = moves.filter((move) => move.product_id?.id === productId);
      ctx.expect(
        'quantity asked of the warehouse',
        sum(demand.map((move) => move.product_uom_qty)),
        QUANTITY,
      );
      // The reservation is requested once the moves left draft; whether stock sufficed is another scenario.
      const requested = ['waiting', 'confirmed', 'partially_available', 'assigned'];
      ctx.expect(
        'reservation requested',
        demand.every((move) => requested.includes(move.state ?? '')),
        true,
      );
    });
  },
} satisfies Scenario;
