/** Invoices of an order: what may be deleted or cancelled is, what the books must keep is reversed. */
import { Failed } from '../../domain/failure.ts';
import { OPEN_PAYMENT_STATES } from '../open-documents.ts';
import type { OrderToUndo, Undo } from './undo.ts';

const INVOICE = {
  state: 'text',
  payment_state: 'text',
  ref: 'text',
  journal_id: 'many2one',
} as const;

interface Invoice {
  readonly id: number;
  readonly state: string | undefined;
  readonly payment_state: string | undefined;
  readonly ref: string | undefined;
  readonly journal_id: { readonly id: number } | undefined;
}

/** By the order's own list and by its mark: an order that was cut from its invoice still shares the mark. */
export async function undoInvoices(undo: Undo, order: OrderToUndo): Promise<void> {
  const byMark =
    order.client_order_ref === undefined ? [] : [['ref', '=', order.client_order_ref] as const];
  const invoices = await undo.access.searchRead(
    'account.move',
    [
      ['move_type', '=', 'out_invoice'],
      ...byMark.flatMap((term) => ['|', term] as const),
      ['id', 'in', order.invoice_ids],
    ],
    INVOICE,
  );
  for (const invoice of invoices) await undoInvoice(undo, invoice.id);
}

/** Picks its strategy now, by what the journal and the period allow at this moment. */
export async function undoInvoice(undo: Undo, id: number): Promise<void> {
  const invoice = await readInvoice(undo, id);
  if (invoice === undefined || !isOpen(invoice)) return;
  if (invoice.state === 'draft') {
    await deleteOrCancel(undo, id);
  } else if (await allowed(() => undo.act('account.move', 'button_draft', id))) {
    await deleteOrCancel(undo, id);
  } else {
    await reverse(undo, invoice);
  }
}

async function deleteOrCancel(undo: Undo, id: number): Promise<void> {
  if (await allowed(() => undo.act('account.move', 'unlink', id))) return;
  await undo.act('account.move', 'button_cancel', id);
}

async function reverse(undo: Undo, invoice: Invoice): Promise<void> {
  // A credit note that an earlier, interrupted undo drafted is posted, not drafted again.
  if ((await draftCreditNotes(undo, invoice.id)).length === 0) {
    const context = { active_model: 'account.move', active_ids: [invoice.id] };
    const journal = invoice.journal_id?.id ?? false;
    const values = { reason: invoice.ref ?? 'orderwatch', journal_id: journal };
    const wizard = await undo.access.create('account.move.reversal', values, context);
    await undo.act('account.move.reversal', 'refund_moves', wizard, context);
  }
  for (const { id } of await draftCreditNotes(undo, invoice.id)) {
    await undo.act('account.move', 'action_post', id);
  }
}

async function draftCreditNotes({ access }: Undo, invoiceId: number): Promise<readonly Invoice[]> {
  const domain = [['reversed_entry_id', '=', invoiceId] as const, ['state', '=', 'draft'] as const];
  return await access.searchRead('account.move', domain, INVOICE);
}

async function readInvoice({ access }: Undo, id: number): Promise<Invoice | undefined> {
  const [invoice] = await access.searchRead('account.move', [['id', '=', id]], INVOICE);
  return invoice;
}

/** As `open-documents` counts them: a reversed invoice and its reconciled credit note are closed. */
function isOpen({ state, payment_state }: Invoice): boolean {
  if (state !== 'posted') return state === 'draft';
  return OPEN_PAYMENT_STATES.some((open) => open === payment_state);
}

/** False when Odoo says no by its own rules; anything else, a broken connection above all, is thrown. */
async function allowed(act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    const no = error instanceof Failed && /^odoo\.(?:refused|access)$/.test(error.failure.code);
    if (no) return false;
    throw error;
  }
}
