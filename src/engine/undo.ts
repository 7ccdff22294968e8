/**
 * Undoes one synthetic order and all that hangs on it, in whatever state it is: invoices, then transfers
 * newest first, then the order. Every step reads before it writes, so undoing twice is undoing once.
 */
import { Failed } from '../domain/failure.ts';
import type { CompensationAction } from '../domain/report.ts';
import type { OdooValue, OdooValues } from '../scenario/index.ts';
import type { Access } from './access.ts';
import { undoInvoices } from './undo-invoices.ts';
import { undoTransfers } from './undo-transfers.ts';

/** Writes for an undo and keeps the list of what was done. */
export class Undo {
  readonly actions: CompensationAction[] = [];
  readonly access: Access;

  constructor(access: Access) {
    this.access = access;
  }

  /** Calls a method on one record; throws what Odoo answers after noting it. */
  async act(
    model: string,
    method: string,
    id: number,
    options: { readonly args?: readonly OdooValue[]; readonly context?: OdooValues } = {},
  ): Promise<void> {
    const action = `${model}.${method}`;
    try {
      await this.access.write(model, method, [[id], ...(options.args ?? [])], options.context);
      this.actions.push({ action, model, id, outcome: 'done' });
    } catch (error) {
      const message = error instanceof Failed ? error.failure.message : 'interrupted';
      this.actions.push({ action, model, id, outcome: 'failed', message });
      throw error;
    }
  }
}

/** Throws Failed when Odoo refuses or does not answer; calling it again goes on where it stopped. */
export async function undoOrder(undo: Undo, orderId: number): Promise<void> {
  const order = await readOrder(undo, orderId);
  if (order === undefined) return;
  await undoInvoices(undo, order);
  await undoTransfers(undo, order.id);
  const now = await readOrder(undo, orderId);
  if (now === undefined || now.state === 'cancel') return;
  if (now.locked) await undo.act('sale.order', 'action_unlock', orderId);
  await undo.act('sale.order', 'action_cancel', orderId);
  await undoActivities(undo, orderId);
}

export interface OrderToUndo {
  readonly id: number;
  readonly state: string | undefined;
  readonly locked: boolean;
  readonly client_order_ref: string | undefined;
  readonly invoice_ids: readonly number[];
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
