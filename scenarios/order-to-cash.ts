/** One order all the way: entered, confirmed, handed to the warehouse, delivered, handed to the books, invoiced. */
import type { Scenario } from 'orderwatch/scenario';
import { deliver, deliveryNeeds, transfersOf } from './blocks/delivery.ts';
import {
  createInvoice,
  invoiceNeeds,
  isInvoiceable,
  postInvoice,
  requirePosted,
} from './blocks/invoice.ts';
import { allOf } from './blocks/needs.ts';
import { confirmOrder, makeQuotation, openOrder, orderNeeds, readOrder } from './blocks/order.ts';
import { stockNeeds } from './blocks/stock.ts';

const QUANTITY = 1;

export default {
  sdk: 1,
  id: 'order-to-cash',
  title: 'Order to cash',
  revision: 1,
  rows: { rpc: 43, browser: 66 },
  consent: 'full',
  transports: ['rpc', 'browser'],
  opens: '/odoo/sales/new',
  steps: [
    'create quotation',
    'confirm order',
    'hand over to warehouse',
    'deliver goods',
    'hand over to accounting',
    'create invoice',
    'post invoice',
    'read back',
  ],
  needs: allOf(orderNeeds, stockNeeds, deliveryNeeds, invoiceNeeds),

  async run(ctx) {
    const planned = await ctx.plan('sale.order');
    const order = await ctx.step('create quotation', () => makeQuotation(ctx, planned, QUANTITY));
    await ctx.step('confirm order', () => confirmOrder(ctx, order));
    await ctx.step('hand over to warehouse', async () => {
      const transfers = await transfersOf(order);
      ctx.expect('transfers after confirmation', transfers.length > 0, true);
    });
    await ctx.step('deliver goods', () => deliver(ctx, order));
    await ctx.step('hand over to accounting', async () => {
      ctx.expect('the order can be invoiced', await isInvoiceable(ctx, order), true);
    });
    if (ctx.transport === 'browser') await ctx.setUp('open order', () => openOrder(ctx, order));
    const invoice = await ctx.step('create invoice', () => createInvoice(ctx, order));
    await ctx.step('post invoice', () => postInvoice(ctx, invoice));
    await ctx.step('read back', async () => {
      await requirePosted(ctx, order, await readOrder(ctx, order.id, QUANTITY));
    });
  },
} satisfies Scenario;
