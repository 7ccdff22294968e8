/** An order is invoiced: drafted from the order, posted, numbered, balanced, owed by the customer. */
import type { Scenario } from 'orderwatch/scenario';
import { deliver, deliveryNeeds } from './blocks/delivery.ts';
import {
  createInvoice,
  invoiceNeeds,
  isInvoiceable,
  postInvoice,
  requirePosted,
} from './blocks/invoice.ts';
import { allOf } from './blocks/needs.ts';
import { openOrder, orderNeeds, placeOrder } from './blocks/order.ts';
import { stockNeeds } from './blocks/stock.ts';

const QUANTITY = 1;

export default {
  sdk: 1,
  id: 'invoice-posting',
  title: 'Invoice posting',
  revision: 1,
  rows: { rpc: 12, browser: 14 },
  consent: 'full',
  transports: ['rpc', 'browser'],
  steps: ['create invoice', 'post invoice', 'read back'],
  // Where delivered quantities are invoiced, the order is delivered first.
  needs: allOf(orderNeeds, stockNeeds, deliveryNeeds, invoiceNeeds),

  async run(ctx) {
    const { order, amounts, ready } = await ctx.setUp('place order', async () => {
      const placed = await placeOrder(ctx, QUANTITY);
      return { ...placed, ready: await isInvoiceable(ctx, placed.order) };
    });
    if (!ready) await ctx.setUp('deliver goods', () => deliver(ctx, order));
    if (ctx.transport === 'browser') await ctx.setUp('open order', () => openOrder(ctx, order));
    const invoice = await ctx.step('create invoice', () => createInvoice(ctx, order));
    await ctx.step('post invoice', () => postInvoice(ctx, invoice));
    await ctx.step('read back', () => requirePosted(ctx, order, amounts));
  },
} satisfies Scenario;
