/** The order that a trading partner sends: what it says, and what Odoo made of it, field by field. */
import type {
  Finding,
  MarkedDocument,
  Needs,
  Order,
  OrderToSend,
  ScenarioContext,
} from 'orderwatch/scenario';
import { cents } from './order.ts';
import { sum } from './stock.ts';

export const ediNeeds: Needs = {
  modules: ['sale_stock'],
  fields: {
    'sale.order': ['client_order_ref', 'partner_id', 'amount_tax', 'activity_ids'],
    'sale.order.line': ['product_id', 'product_uom_qty', 'price_subtotal'],
    'product.product': ['taxes_id'],
    'account.tax': ['amount', 'amount_type', 'price_include'],
  },
  access: {
    'sale.order': ['read', 'create', 'write'],
    'sale.order.line': ['read'],
    'account.tax': ['read'],
    'ir.attachment': ['read', 'create', 'unlink'],
  },
  conditions: ['edi'],
  modulesByChannel: { attachment: ['sale_edi_ubl', 'account_edi_ubl_cii'] },
};

const partnerOf = (ctx: ScenarioContext): { readonly id: number; readonly name: string } =>
  ctx.need('the trading partner', ctx.fixtures.partner);

/** What the partner sends: one line, at the price that the product has, without its tax. */
export async function orderToSend(ctx: ScenarioContext, quantity: number): Promise<OrderToSend> {
  const { companyId, productCode, productName, price: listed } = ctx.fixtures;
  const { percent, isIncluded } = await taxOf(ctx);
  const price = cents(isIncluded ? listed / (1 + percent / 100) : listed) / 100;
  const [company] = await ctx.odoo.read('res.company', [companyId], {
    name: 'text',
    currency_id: 'many2one',
  });
  const buyer = { name: partnerOf(ctx).name };
  const total = decimal(price * quantity);
  return {
    kind: 'order',
    issueDate: new Date().toISOString().slice(0, 10),
    buyer,
    seller: { name: company?.name ?? '' },
    shipTo: buyer,
    currency: ctx.need('currency of the company', company?.currency_id).name,
    lines: [
      {
        id: '1',
        product: { code: productCode, name: productName },
        quantity: decimal(quantity),
        unit: 'C62',
        price: decimal(price),
        total,
        // By UBL Odoo taxes a line as its document says, or not at all; by the others as it would itself.
        ...(ctx.edi?.syntax === 'ubl' ? { taxPercent: decimal(percent) } : {}),
      },
    ],
  };
}

/** Of the product, in the synthetic company. */
async function taxOf(
  ctx: ScenarioContext,
): Promise<{ readonly percent: number; readonly isIncluded: boolean }> {
  const { companyId, productId } = ctx.fixtures;
  const [product] = await ctx.odoo.read('product.product', [productId], { taxes_id: 'ids' });
  const taxes = await ctx.odoo.searchRead(
    'account.tax',
    [
      ['id', 'in', product?.taxes_id ?? []],
      ['company_id', '=', companyId],
      ['amount_type', '=', 'percent'],
    ],
    { amount: 'number', price_include: 'boolean' },
  );
  return {
    percent: sum(taxes.map(({ amount }) => amount)),
    isIncluded: taxes.some(({ price_include }) => price_include),
  };
}

/** To the cent, in the shortest form. */
const decimal = (value: number): string => String(cents(value) / 100);

/**
 * Odoo's import never fails by itself: whatever it could not read, it leaves out. Fails the run by the first field that
 * is not what was sent.
 */
export async function requireImported(
  ctx: ScenarioContext,
  { id }: MarkedDocument,
  sent: Order,
): Promise<void> {
  const [sale] = await ctx.odoo.read('sale.order', [id], {
    client_order_ref: 'text',
    partner_id: 'many2one',
    currency_id: 'many2one',
    company_id: 'many2one',
    amount_tax: 'number',
    activity_ids: 'ids',
  });
  const lines = await ctx.odoo.searchRead('sale.order.line', [['order_id', '=', id]], {
    product_id: 'many2one',
    product_uom_qty: 'number',
    price_subtotal: 'number',
  });
  const order = ctx.need('the order', sale);
  const { companyId } = ctx.fixtures;
  const fields: readonly Field[] = [
    ['wrong-reference', 'reference of the order', order.client_order_ref, sent.number],
    ['wrong-partner', 'customer of the order', order.partner_id?.id, partnerOf(ctx).id],
    ['wrong-company', 'company of the order', order.company_id?.id, companyId],
    ['wrong-price', 'currency of the order', order.currency_id?.name, sent.currency],
    ['wrong-line', 'lines of the order', lines.length, sent.lines.length],
    ...lines.flatMap((line, n) => lineFields(ctx, line, sent.lines[n])),
    ...taxFields(order.amount_tax, sent.totals?.tax),
    ['incomplete', 'warnings on the order', order.activity_ids.length, 0],
  ];
  const misread = fields.find(([, , seen, right]) => seen !== right);
  if (misread !== undefined) ctx.fail(findingOf(misread));
}

function taxFields(seen: number, sent: string | undefined): readonly Field[] {
  return sent === undefined
    ? []
    : [['wrong-tax', 'tax of the order in cents', cents(seen), cents(Number(sent))]];
}

/** Code, what it is, what it is in the order, and what was sent. */
type Field = readonly [string, string, unknown, unknown];

function lineFields(
  ctx: ScenarioContext,
  line: {
    readonly product_id: { readonly id: number } | undefined;
    readonly product_uom_qty: number;
    readonly price_subtotal: number;
  },
  sent: Order['lines'][number] | undefined,
): readonly Field[] {
  const net = cents(Number(sent?.total));
  return [
    ['wrong-product', 'product of the line', line.product_id?.id, ctx.fixtures.productId],
    ['wrong-quantity', 'quantity of the line', line.product_uom_qty, Number(sent?.quantity)],
    // What the price list says overwrites what the document says.
    ['wrong-price', 'net of the line in cents', cents(line.price_subtotal), net],
  ];
}

const findingOf = ([code, what, seen, right]: Field): Finding => ({
  code: `edi.${code}`,
  blame: 'target',
  layer: 'integration',
  message: `${what} is ${String(seen)}, not ${String(right)}`,
});
