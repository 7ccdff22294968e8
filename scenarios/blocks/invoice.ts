/** The invoice of an order: drafted from it, posted, and held against the order and against itself, to the cent. */
import type { MarkedDocument, Needs, OwnedDocument, ScenarioContext } from 'orderwatch/scenario';
import { type Amounts, cents } from './order.ts';
import { sum } from './stock.ts';
import { byTransport } from './transport.ts';

export const invoiceNeeds: Needs = {
  modules: ['sale_stock', 'account'],
  fields: {
    'sale.order': ['invoice_status'],
    'account.move': ['state', 'ref', 'amount_total', 'amount_tax', 'amount_residual', 'line_ids'],
    'account.move.line': ['debit', 'credit', 'amount_currency', 'display_type', 'sale_line_ids'],
  },
  access: {
    'sale.advance.payment.inv': ['create'],
    'account.move': ['read', 'write'],
    'account.move.line': ['read'],
    // Where the books do not let an invoice go, it is undone by it.
    'account.move.reversal': ['create'],
  },
  conditions: ['posting'],
};

const INVOICE = {
  name: 'text',
  state: 'text',
  ref: 'text',
  amount_total: 'number',
  amount_tax: 'number',
  amount_residual: 'number',
} as const;
export type Invoice = OwnedDocument<'account.move', typeof INVOICE>;

/** By hand on the page of the order. */
export async function createInvoice(ctx: ScenarioContext, order: MarkedDocument): Promise<Invoice> {
  await byTransport(ctx, {
    rpc: () => order.answer('sale.advance.payment.inv', 'create_invoices'),
    browser: () => order.act((web) => web.answer('create_invoice', 'create_invoices', 'draft')),
  });
  const invoice = await readInvoice(ctx, order);
  ctx.expect('state of the new invoice', invoice.state, 'draft');
  return invoice;
}

/** By hand on the page that creating it led to. */
export async function postInvoice(ctx: ScenarioContext, invoice: Invoice): Promise<void> {
  await byTransport(ctx, {
    rpc: () => invoice.call('action_post'),
    browser: () => invoice.act((web) => web.click('action_post', 'posted')),
  });
}

/** What the order may be invoiced for now: everything ordered, or nothing before it is delivered. */
export async function isInvoiceable(ctx: ScenarioContext, order: MarkedDocument): Promise<boolean> {
  return (await invoiceStatusOf(ctx, order)) === 'to invoice';
}

async function invoiceStatusOf(
  ctx: ScenarioContext,
  { id }: MarkedDocument,
): Promise<string | undefined> {
  const [sale] = await ctx.odoo.read('sale.order', [id], { invoice_status: 'text' });
  return sale?.invoice_status;
}

export async function requirePosted(
  ctx: ScenarioContext,
  order: MarkedDocument,
  { total, tax, reference = ctx.mark }: Amounts & { readonly reference?: string },
): Promise<void> {
  const invoice = await readInvoice(ctx, order);
  ctx.expect('state of the invoice', invoice.state, 'posted');
  ctx.expect('number of the invoice', (invoice.name ?? '/') !== '/', true);
  ctx.expect('reference of the invoice', invoice.ref, reference);
  ctx.expect('total of the invoice in cents', cents(invoice.amount_total), cents(total));
  ctx.expect('tax of the invoice in cents', cents(invoice.amount_tax), cents(tax));
  ctx.expect('residual in cents', cents(invoice.amount_residual), cents(total));
  await requireBalanced(ctx, invoice);
  ctx.expect('invoicing of the order', await invoiceStatusOf(ctx, order), 'invoiced');
}

/** The entry behind the invoice: debit is credit, the customer owes the total, and the tax has its own lines. */
async function requireBalanced(ctx: ScenarioContext, invoice: Invoice): Promise<void> {
  const lines = await ctx.odoo.searchRead('account.move.line', [['move_id', '=', invoice.id]], {
    debit: 'number',
    credit: 'number',
    amount_currency: 'number',
    display_type: 'text',
  });
  const [debit, credit] = [sum(lines.map((line) => line.debit)), sum(lines.map((l) => l.credit))];
  ctx.expect('debit of the entry in cents', cents(debit), cents(credit));
  const booked = (type: string): number =>
    cents(
      sum(lines.filter((line) => line.display_type === type).map((line) => line.amount_currency)),
    );
  ctx.expect('receivable in cents', booked('payment_term'), cents(invoice.amount_total));
  // Nothing is 0, not -0.
  ctx.expect('tax booked in cents', 0 - booked('tax'), cents(invoice.amount_tax));
}

async function readInvoice(ctx: ScenarioContext, order: MarkedDocument): Promise<Invoice> {
  const invoices = await order.find('account.move', INVOICE);
  ctx.expect('invoices of the order', invoices.length, 1);
  return ctx.need('the invoice', invoices[0]);
}
