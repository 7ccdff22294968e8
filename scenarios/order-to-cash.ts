/** One order all the way: entered, confirmed, handed to the warehouse, delivered, handed to the books, invoiced. */
import type { Scenario } from 'orderwatch/scenario';
import { deliver, deliveryNeeds, transfersOf } from './blocks/delivery.ts';
import { createInvoice, invoiceNeeds, isInvoiceable, requirePosted } from './blocks/invoice.ts';
import { allOf } from './blocks/needs.ts';
import { createQuotation, orderNeeds, readOrder } from './blocks/order.ts';
import { stockNeeds } from './blocks/stock.ts';

const QUANTITY = 1;

export default {
  sdk: 1,
  id: 'order-to-cash',
  title: 'Order to cash',
  revision: 1,
  rows: { rpc: 43 },
  consent: 'full',
  transports: ['rpc'],
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
    const order = await ctx.step('create quotation', () => createQuotation(ctx, planned, QUANTITY));
    await ctx.step('confirm order', () => order.call('action_confirm'));
    await ctx.step('hand over to warehouse', async () => {
      const transfers = await transfersOf(order);
      ctx.expect('transfers after confirmation', transfers.length > 0, true);
    });
    await ctx.step('deliver goods', () => deliver(ctx, order));
    await ctx.step('hand over to accounting', async () => {
      ctx.expect('the order can be invoiced', await isInvoiceable(ctx, order), true);
    });
    const invoice = await ctx.step('create invoice', () => createInvoice(ctx, order));
    await ctx.step('post invoice', () => invoice.call('action_post'));
    await ctx.step('read back', async () => {
      await requirePosted(ctx, order, await readOrder(ctx, order.id, QUANTITY));
    });
  },
} satisfies Scenario;
