/** A trading partner's document becomes an order, the goods go out, and the partner's invoice comes back right. */
import type { Scenario } from 'orderwatch/scenario';
import { deliver, deliveryNeeds } from './blocks/delivery.ts';
import { ediNeeds, orderToSend, requireImported } from './blocks/edi.ts';
import { createInvoice, invoiceNeeds, postInvoice, requirePosted } from './blocks/invoice.ts';
import { allOf } from './blocks/needs.ts';
import { confirmOrder, openOrder, orderNeeds, readOrder } from './blocks/order.ts';
import { stockNeeds } from './blocks/stock.ts';

const QUANTITY = 1;

export default {
  sdk: 1,
  id: 'edi-exchange',
  title: 'EDI exchange',
  revision: 1,
  rows: { rpc: 50, browser: 73 },
  consent: 'full',
  transports: ['rpc', 'browser'],
  opens: '/odoo/sales',
  steps: [
    'hand in order',
    'order arrives',
    'check order',
    'read stored document',
    'confirm order',
    'deliver goods',
    'create invoice',
    'post invoice',
    'collect answers',
    'match answers',
  ],
  needs: allOf(ediNeeds, orderNeeds, stockNeeds, deliveryNeeds, invoiceNeeds),

  async run(ctx) {
    const document = await ctx.setUp('write document', () => orderToSend(ctx, QUANTITY));
    const planned = await ctx.plan('sale.order');
    const sent = await ctx.step('hand in order', () => planned.send(document));
    const order = await ctx.step('order arrives', () => sent.arrival());
    await ctx.step('check order', () => requireImported(ctx, order, sent.document));
    await ctx.step('read stored document', async () => {
      ctx.expect('the stored document is the one handed in', await sent.isStored(), true);
    });
    // An upload leads to the order; what came by another way has to be opened.
    const isShown = ctx.transport === 'rpc' || ctx.edi?.channel === 'attachment';
    if (!isShown) await ctx.setUp('show order', () => openOrder(ctx, order));
    await ctx.step('confirm order', () => confirmOrder(ctx, order));
    await ctx.step('deliver goods', () => deliver(ctx, order));
    if (ctx.transport === 'browser') await ctx.setUp('open order', () => openOrder(ctx, order));
    const invoice = await ctx.step('create invoice', () => createInvoice(ctx, order));
    await ctx.step('post invoice', () => postInvoice(ctx, invoice));
    const answers = await ctx.step('collect answers', () => sent.collect());
    await ctx.step('match answers', async () => {
      const amounts = await readOrder(ctx, order.id, QUANTITY, ctx.fixtures.partner);
      await requirePosted(ctx, order, { ...amounts, reference: sent.document.number });
      for (const finding of sent.compare(answers)) ctx.fail(finding);
    });
  },
} satisfies Scenario;
