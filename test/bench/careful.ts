/** What a careful browser script does beside its clicks: reads the order back, and undoes it by its mark. */
import assert from 'node:assert/strict';
import type { BareOdoo } from './bare-odoo.ts';

export async function requireConfirmed(odoo: BareOdoo, order: number, mark: string): Promise<void> {
  const fields = ['state', 'client_order_ref', 'amount_total', 'picking_ids'];
  const [sale] = await odoo.read('sale.order', [order], fields);
  assert.equal(sale?.['state'], 'sale');
  assert.equal(sale['client_order_ref'], mark);
  const domain = [['picking_id', 'in', sale['picking_ids']]];
  const moves = await odoo.searchRead('stock.move', domain, ['state', 'product_uom_qty']);
  assert.deepEqual(
    moves.map((move) => move['product_uom_qty']),
    [1],
  );
}

/** By mark, so that it also finds what a failed script had saved. Undoing twice is undoing once. */
export async function undoMarked(odoo: BareOdoo, mark: string): Promise<void> {
  const open = [
    ['client_order_ref', '=', mark],
    ['state', '!=', 'cancel'],
  ];
  const orders = await odoo.searchRead('sale.order', open, ['state']);
  for (const { id } of orders) await odoo.act('sale.order', 'action_cancel', [id]);
  assert.deepEqual(await odoo.searchRead('sale.order', open, ['state']), []);
}
