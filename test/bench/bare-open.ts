/** What is open in the company, asked for by hand as our engine does after a run. */
import { markPatterns } from '../../src/domain/any-mark.ts';
import type { BareOdoo, Row } from './bare-odoo.ts';

const OLDEST_FIRST = { order: 'id', limit: 200 };

/** Odoo's domain for a field that begins like one of two patterns. */
export const beginsLike = (field: string, [one, other]: readonly [string, string]): unknown[] => [
  '|',
  [field, '=like', one],
  [field, '=like', other],
];

/** Files named by any mark, of one order or of all. */
export async function filesNamed(odoo: BareOdoo, order?: number): Promise<Row[]> {
  const domain = [
    ['res_model', 'in', ['sale.order', false]],
    ...(order === undefined ? [] : [['res_id', '=', order]]),
    ...beginsLike('name', markPatterns),
  ];
  const fields = ['name', 'res_model', 'res_id', 'create_date'];
  return await odoo.searchRead('ir.attachment', domain, fields, { order: 'id' });
}

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
    [['state', '!=', 'cancel'], own, '|', mine, ...beginsLike('client_order_ref', markPatterns)],
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
      mine,
      '|',
      ...markPatterns.map((pattern) => ['ref', 'like', pattern]),
    ],
    ['name', 'state', 'ref', 'create_date'],
  );
  const activities = ask(
    'mail.activity',
    ['|', mine, ['user_id', '=', odoo.uid]],
    ['res_model', 'res_id', 'create_date'],
  );
  const files = filesNamed(odoo);
  return (await Promise.all([orders, files, transfers, invoices, activities])).flat();
}
