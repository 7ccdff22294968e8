/**
 * The reference of `rpc cycle`: by hand exactly the calls that a run of order confirmation makes over rpc
 * when it saw its tenant a moment ago, undo included. `same-calls.ts` holds it to that.
 */
import assert from 'node:assert/strict';
import { markPatternsOf } from '../../src/domain/any-mark.ts';
import {
  COMPANY_NAME,
  CUSTOMER_REF,
  PARTNER_REF,
  PRODUCT_CODE,
} from '../../src/domain/fixtures.ts';
import type { RunId } from '../../src/domain/ids.ts';
import { type Account, BareOdoo, type Row } from './bare-odoo.ts';
import { beginsLike, filesNamed, openDocuments } from './bare-open.ts';

export async function bareCycle(account: Account, uid: number, mark: string): Promise<void> {
  const odoo = await BareOdoo.resume(account, uid);
  const { company, customer, product } = await fixturesOf(odoo);
  assert.deepEqual(await marked(odoo, mark), []);
  try {
    const order = await odoo.create('sale.order', {
      partner_id: customer,
      order_line: [[0, 0, { product_id: product, product_uom_qty: 1 }]],
      client_order_ref: mark,
    });
    assert.equal((await marked(odoo, mark)).length, 1);
    await odoo.act('sale.order', 'action_confirm', [order]);
    await readBack(odoo, order, product);
  } finally {
    const made = await marked(odoo, mark);
    for (const { id } of made) await undo(odoo, id);
    const open = await openDocuments(odoo, company);
    const left = open.filter((row) => isOf(row, mark, made));
    assert.deepEqual(left, [], 'the bare script leaves something open');
  }
}

function isOf(row: Row, mark: string, orders: readonly Row[]): boolean {
  const [order] = Array.isArray(row['sale_id']) ? (row['sale_id'] as [number]) : [];
  const reference = row['client_order_ref'] ?? row['ref'];
  return reference === mark || orders.some(({ id }) => id === order);
}

async function fixturesOf(
  odoo: BareOdoo,
): Promise<{ readonly company: number; readonly customer: number; readonly product: number }> {
  const [user] = await odoo.read('res.users', [odoo.uid], ['company_id']);
  const [id] = user?.['company_id'] as [number];
  const [company] = await odoo.read('res.company', [id], ['name', 'active']);
  assert.equal(company?.['name'], COMPANY_NAME);
  const own = ['company_id', '=', id];
  const [customers, products] = await Promise.all([
    odoo.searchRead(
      'res.partner',
      [['ref', 'in', [CUSTOMER_REF, PARTNER_REF]], own],
      ['name', 'ref'],
    ),
    odoo.searchRead(
      'product.product',
      [['default_code', '=', PRODUCT_CODE], own],
      ['lst_price', 'name'],
    ),
  ]);
  const customer = customers.find((row) => row['ref'] === CUSTOMER_REF);
  return { company: id, customer: customer!.id, product: products[0]!.id };
}

async function marked(odoo: BareOdoo, mark: string): Promise<Row[]> {
  const runId = mark.replace(/~\d+$/, '') as RunId;
  const domain = beginsLike('client_order_ref', markPatternsOf(runId));
  return await odoo.searchRead('sale.order', domain, ['name', 'client_order_ref'], { order: 'id' });
}

async function readBack(odoo: BareOdoo, order: number, product: number): Promise<void> {
  const amounts = ['amount_untaxed', 'amount_tax', 'amount_total'];
  const fields = ['state', 'partner_id', ...amounts, 'picking_ids'];
  const [sale] = await odoo.read('sale.order', [order], fields);
  assert.equal(sale?.['state'], 'sale');
  const domain = [['picking_id', 'in', sale['picking_ids']]];
  const moves = await odoo.searchRead('stock.move', domain, [
    'state',
    'product_id',
    'product_uom_qty',
  ]);
  assert.ok(moves.some((move) => (move['product_id'] as [number])[0] === product));
}

async function undo(odoo: BareOdoo, order: number): Promise<void> {
  const fields = ['state', 'locked', 'client_order_ref', 'invoice_ids'];
  const ofOrder = [
    ['sale_id', '=', order],
    ['return_id', '=', false],
  ];
  const [[sale]] = await Promise.all([
    odoo.searchRead('sale.order', [['id', '=', order]], fields),
    odoo.searchRead('stock.picking', ofOrder, ['state', 'return_id'], { order: 'id desc' }),
    filesNamed(odoo, order),
  ]);
  const invoices = await odoo.searchRead(
    'account.move',
    [
      ['move_type', '=', 'out_invoice'],
      '|',
      ['ref', '=', sale?.['client_order_ref']],
      ['id', 'in', sale?.['invoice_ids']],
    ],
    ['state', 'payment_state', 'ref', 'journal_id'],
  );
  assert.deepEqual(invoices, []);
  await odoo.act('sale.order', 'action_cancel', [order]);
  const activities = [
    ['res_model', '=', 'sale.order'],
    ['res_id', '=', order],
  ];
  assert.deepEqual(await odoo.searchRead('mail.activity', activities, ['res_id']), []);
}
