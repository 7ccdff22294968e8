/** The customer's order of a run: entered, confirmed, and read back with the amounts that it must have. */
import type { MarkedDocument, Needs, PlannedDocument, ScenarioContext } from 'orderwatch/scenario';
import { byTransport } from './transport.ts';

export const orderNeeds: Needs = {
  modules: ['sale_stock'],
  fields: {
    'sale.order': [
      'client_order_ref',
      'state',
      'amount_untaxed',
      'amount_tax',
      'amount_total',
      'picking_ids',
    ],
  },
  access: { 'sale.order': ['read', 'create', 'write'] },
};

export async function makeQuotation(
  ctx: ScenarioContext,
  planned: PlannedDocument,
  quantity: number,
): Promise<MarkedDocument> {
  return await byTransport(ctx, {
    rpc: () => createQuotation(ctx, planned, quantity),
    browser: () => enterQuotation(ctx, planned, quantity),
  });
}

async function createQuotation(
  { fixtures: { customerId, productId } }: ScenarioContext,
  planned: PlannedDocument,
  quantity: number,
): Promise<MarkedDocument> {
  return await planned.create({
    partner_id: customerId,
    order_line: [[0, 0, { product_id: productId, product_uom_qty: quantity }]],
  });
}

async function enterQuotation(
  { fixtures: { customerName, productName } }: ScenarioContext,
  planned: PlannedDocument,
  quantity: number,
): Promise<MarkedDocument> {
  return await planned.enter(async (web, mark) => {
    // First of all: whatever Odoo saves by itself from here on can be found and undone.
    await web.openTab('other_information');
    await web.fill('client_order_ref', mark);
    await web.choose('partner_id', customerName);
    await web.openTab('order_lines');
    await web.addLine('order_line');
    await web.choose('product_template_id', productName);
    await web.fill('product_uom_qty', String(quantity));
    return await web.save();
  });
}

/** By hand on the page where it was entered. */
export async function confirmOrder(ctx: ScenarioContext, order: MarkedDocument): Promise<void> {
  await byTransport(ctx, {
    rpc: () => order.call('action_confirm'),
    browser: () => order.act((web) => web.click('action_confirm', 'sale')),
  });
}

export interface PlacedOrder {
  readonly order: MarkedDocument;
  readonly amounts: Amounts;
}

export async function openOrder(ctx: ScenarioContext, { id }: MarkedDocument): Promise<void> {
  await ctx.browse((web) => web.openForm(`/odoo/sales/${id}`, 'partner_id'));
}

/** A confirmed order, set up for a scenario that measures what comes after it. */
export async function placeOrder(ctx: ScenarioContext, quantity: number): Promise<PlacedOrder> {
  const order = await createQuotation(ctx, await ctx.plan('sale.order'), quantity);
  await order.call('action_confirm');
  return { order, amounts: await readOrder(ctx, order.id, quantity) };
}

export interface Amounts {
  readonly total: number;
  readonly tax: number;
}

/** The order as it must be read back; answers its amounts and its transfers. */
export async function readOrder(
  ctx: ScenarioContext,
  orderId: number,
  quantity: number,
  customer = { id: ctx.fixtures.customerId },
): Promise<Amounts & { readonly transferIds: readonly number[] }> {
  const [sale] = await ctx.odoo.read('sale.order', [orderId], {
    state: 'text',
    partner_id: 'many2one',
    amount_untaxed: 'number',
    amount_tax: 'number',
    amount_total: 'number',
    picking_ids: 'ids',
  });
  const { state, partner_id, amount_untaxed, amount_tax, amount_total, picking_ids } = ctx.need(
    'the order',
    sale,
  );
  ctx.expect('order state', state, 'sale');
  ctx.expect('customer of the order', partner_id?.id, customer.id);

  // Where prices include tax, the price is the total; elsewhere it is the untaxed amount.
  const wanted = cents(ctx.fixtures.price * quantity);
  const amounts = [amount_untaxed, amount_total].map(cents);
  ctx.expect('an amount of price times quantity', amounts.includes(wanted), true);
  ctx.expect('total in cents', cents(amount_total), cents(amount_untaxed + amount_tax));
  return { total: amount_total, tax: amount_tax, transferIds: picking_ids };
}

export const cents = (amount: number): number => Math.round(amount * 100);
