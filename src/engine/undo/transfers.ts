/** Transfers of an order: open ones are cancelled, done ones are brought back by a return that is itself done. */
import type { Undo } from './undo.ts';

const TRANSFER = { state: 'text', return_id: 'many2one' } as const;

interface Transfer {
  readonly id: number;
  readonly state: string | undefined;
}

/** Newest first: the last hop of a chain holds the goods that the hop before must take back. */
export async function transfersOf({ access }: Undo, orderId: number): Promise<readonly Transfer[]> {
  const ofOrder = [['sale_id', '=', orderId] as const, ['return_id', '=', false] as const];
  return await access.searchRead('stock.picking', ofOrder, TRANSFER, { order: 'id desc' });
}

/** Undoes them in the order given. */
export async function undoTransfers(
  undo: Undo,
  transfers: readonly Transfer[],
  orderIsOpen: boolean,
): Promise<void> {
  // Where nothing left yet, cancelling the order cancels its transfers too.
  if (orderIsOpen && !transfers.some(({ state }) => state === 'done')) return;
  for (const { id, state } of transfers) {
    if (state === 'done') await bringBack(undo, id);
    else if (state !== 'cancel') await undo.act('stock.picking', 'action_cancel', id);
  }
}

async function bringBack(undo: Undo, transferId: number): Promise<void> {
  // A return that an earlier, interrupted undo made is finished, not made again.
  let returns = await returnsOf(undo, transferId);
  if (returns.some(({ state }) => state === 'done')) return;
  if (!returns.some(({ state }) => state !== 'cancel')) {
    const wizard = await undo.access.create('stock.return.picking', { picking_id: transferId });
    await undo.act('stock.return.picking', 'action_create_returns_all', wizard);
    returns = await returnsOf(undo, transferId);
  }
  for (const { id, state } of returns) {
    if (state === 'done' || state === 'cancel') continue;
    if (state !== 'assigned') await undo.act('stock.picking', 'action_assign', id);
    await undo.act('stock.picking', 'button_validate', id);
  }
}

async function returnsOf(undo: Undo, transferId: number): Promise<readonly Transfer[]> {
  return await undo.access.searchRead('stock.picking', [['return_id', '=', transferId]], TRANSFER);
}
