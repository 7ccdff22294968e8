/** What an import made beside the order: the file that Odoo keeps, and a partner where it knew none. */
import { CUSTOMER_REF, PARTNER_REF } from '../../domain/fixtures.ts';
import type { HandedInFile } from '../handed-in.ts';
import type { Undo } from './undo.ts';

export async function undoFiles(undo: Undo, files: readonly HandedInFile[]): Promise<void> {
  for (const { id } of files) await undo.act('ir.attachment', 'unlink', id);
}

/** No import takes longer. */
const IMPORT_MS = 60_000;

/** One that is hardly older than its order, and nobody's else, was made for it: it is archived, for the order names it. */
export async function undoPartner(undo: Undo, orderId: number): Promise<void> {
  const [order] = await undo.access.searchRead('sale.order', [['id', '=', orderId]], {
    partner_id: 'many2one',
    create_date: 'text',
  });
  if (order?.partner_id === undefined || order.create_date === undefined) return;
  const made = await undo.access.searchRead(
    'res.partner',
    [
      ['id', '=', order.partner_id.id],
      ['create_date', '>=', before(order.create_date, IMPORT_MS)],
      ['ref', 'not in', [CUSTOMER_REF, PARTNER_REF]],
      ['user_ids', '=', false],
      ['ref_company_ids', '=', false],
    ],
    {},
  );
  for (const { id } of made) await undo.act('res.partner', 'action_archive', id);
}

/** Instants as Odoo writes them: in UTC, without saying so. */
function before(instant: string, ms: number): string {
  const earlier = Date.parse(`${instant.replace(' ', 'T')}Z`) - ms;
  return new Date(earlier).toISOString().slice(0, 19).replace('T', ' ');
}
