/** What is open in the company, asked for by hand as our engine does after a run. */
import type { BareOdoo, Row } from './bare-odoo.ts';

const OLDEST_FIRST = { order: 'id', limit: 200 };
const MARKED = 'SYN~%';

export async function openDocuments(odoo: BareOdoo, company: number): Promise<Row[]> {
  const installed = [
    ['name', 'in', ['sale', 'stock', 'account']],
    ['state', '=', 'installed'],
  ];
  await odoo.searchRead('ir.module.module', installed, ['name']);
  const ask = (model: string, domain: unknown[], fields: string[]): Promise<Row[]> =>
    odoo.searchRead(model, domain, fields, OLDEST_FIRST);
  const own = ['company_id', '=', company];
  const mine = ['create_uid', '=', odoo.uid];
  const orders = ask(
    'sale.order',
    [own, ['state', '!=', 'cancel'], '|', ['client_order_ref', '=like', MARKED], mine],
    ['name', 'state', 'client_order_ref', 'create_date'],
  );
  const notReturned = ['&', '&', ['state', '=', 'done'], ['return_id', '=', false]];
  const transfers = ask(
    'stock.picking',
    [
      own,
      '|',
      ['state', 'not in', ['done', 'cancel']],
      ...notReturned,
      '!',
      ['return_ids.state', '=', 'done'],
    ],
    ['name', 'state', 'sale_id', 'create_date', 'create_uid'],
  );
  const unpaid = ['payment_state', 'in', ['not_paid', 'partial', 'in_payment']];
  const invoices = ask(
    'account.move',
    [
      own,
      ['move_type', 'in', ['out_invoice', 'out_refund']],
      '|',
      ['state', '=', 'draft'],
      '&',
      ['state', '=', 'posted'],
      unpaid,
      '|',
      ['ref', 'like', MARKED],
      mine,
    ],
    ['name', 'state', 'ref', 'create_date'],
  );
  const activities = ask(
    'mail.activity',
    ['|', mine, ['user_id', '=', odoo.uid]],
    ['res_model', 'res_id', 'create_date'],
  );
  return (await Promise.all([orders, transfers, invoices, activities])).flat();
}
