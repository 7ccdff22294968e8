/**
 * Undoes one synthetic order and all that hangs on it, in whatever state it is: invoices, then transfers
 * newest first, then the order. Every step reads before it writes, so undoing twice is undoing once.
 */
import { handedInFiles } from '../handed-in.ts';
import { undoFiles, undoPartner } from './files.ts';
import { undoInvoices } from './invoices.ts';
import { transfersOf, undoTransfers } from './transfers.ts';
import type { OrderToUndo, Undo } from './undo.ts';

/** Throws Failed when Odoo refuses or does not answer; calling it again goes on where it stopped. */
export async function undoOrder(undo: Undo, orderId: number): Promise<void> {
  const [order, transfers, files] = await Promise.all([
    readOrder(undo, orderId),
    transfersOf(undo, orderId),
    handedInFiles(undo.access, { orderId }),
  ]);
  if (order === undefined) return;
  await undoInvoices(undo, order);
  await undoTransfers(undo, transfers, order.state !== 'cancel');
  if (order.state !== 'cancel') await cancel(undo, order);
  await undoActivities(undo, orderId);
  if (files.length > 0) await undoPartner(undo, orderId);
  // Last of all: by its file an order is found that carries no mark.
  await undoFiles(undo, files);
}

async function cancel(undo: Undo, { id, locked }: OrderToUndo): Promise<void> {
  if (locked) await undo.act('sale.order', 'action_unlock', id);
  await undo.act('sale.order', 'action_cancel', id);
}

async function readOrder({ access }: Undo, orderId: number): Promise<OrderToUndo | undefined> {
  // A search, not a read: an order that is gone must be an empty list.
  const [order] = await access.searchRead('sale.order', [['id', '=', orderId]], {
    state: 'text',
    locked: 'boolean',
    client_order_ref: 'text',
    invoice_ids: 'ids',
  });
  return order;
}

/** Cancelling can leave warnings on a document for a person; ours concern nobody. */
async function undoActivities(undo: Undo, orderId: number): Promise<void> {
  const activities = await undo.access.searchRead(
    'mail.activity',
    [
      ['res_model', '=', 'sale.order'],
      ['res_id', '=', orderId],
    ],
    { res_id: 'number' },
  );
  for (const { id } of activities) await undo.act('mail.activity', 'unlink', id);
}
