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
    await reserveWhole(undo, id);
    await undo.act('stock.picking', 'button_validate', id);
  }
}

/** A return of less than all would ask about a backorder instead of being done. */
async function reserveWhole(undo: Undo, transferId: number): Promise<void> {
  const assign = (): Promise<void> => undo.act('stock.picking', 'action_assign', transferId);
  if ((await shortMoves(undo, transferId)).length === 0) return;
  await assign();
  const short = await shortMoves(undo, transferId);
  if (short.length === 0) return;
  await undo.clearReservations('stock.picking', transferId);
  // What somebody has ticked off as picked is not reserved any further.
  for (const { id, picked } of short) {
    if (picked) await undo.write('stock.move', id, { picked: false });
  }
  await assign();
  for (const { id, missing } of await shortMoves(undo, transferId)) {
    await takeFromElsewhere(undo, id, missing);
  }
}

const MOVE = { quantity: 'number', product_uom_qty: 'number', picked: 'boolean' } as const;

async function shortMoves({ access }: Undo, transferId: number) {
  const ofTransfer = [['picking_id', '=', transferId] as const, ['state', '!=', 'cancel'] as const];
  const moves = await access.searchRead('stock.move', ofTransfer, MOVE);
  return moves
    .map(({ id, quantity, product_uom_qty, picked }) => ({
      id,
      missing: product_uom_qty - quantity,
      picked,
    }))
    .filter(({ missing }) => missing > 0);
}

/**
 * Where transfers compete for the same goods, Odoo lets one take what another had reserved, and unties that one from
 * where its own came from. What it misses lies free on another shelf of the company.
 */
async function takeFromElsewhere(undo: Undo, moveId: number, missing: number): Promise<void> {
  const [move] = await undo.access.read('stock.move', [moveId], ROUTE);
  const to = {
    picking_id: idOf(move?.picking_id),
    product_id: idOf(move?.product_id),
    location_dest_id: idOf(move?.location_dest_id),
  };
  const shelves = await undo.access.searchRead(
    'stock.quant',
    [
      ['product_id', '=', to.product_id],
      ['company_id', '=', idOf(move?.company_id)],
      ['location_id.usage', '=', 'internal'],
      ['location_id', '!=', to.location_dest_id],
    ],
    SHELF,
  );
  let wanted = missing;
  for (const { location_id, lot_id, quantity, reserved_quantity } of shelves) {
    const taken = Math.min(wanted, quantity - reserved_quantity);
    if (taken <= 0) continue;
    wanted -= taken;
    const from = { location_id: idOf(location_id), lot_id: idOf(lot_id) };
    const line = { ...to, ...from, quantity: taken };
    await undo.write('stock.move', moveId, { move_line_ids: [[0, 0, line]] });
  }
}

const ROUTE = {
  picking_id: 'many2one',
  product_id: 'many2one',
  company_id: 'many2one',
  location_dest_id: 'many2one',
} as const;

const SHELF = {
  location_id: 'many2one',
  lot_id: 'many2one',
  quantity: 'number',
  reserved_quantity: 'number',
} as const;

/** As Odoo takes it: false for none. */
const idOf = (record: { readonly id: number } | undefined): number | false => record?.id ?? false;

async function returnsOf(undo: Undo, transferId: number): Promise<readonly Transfer[]> {
  return await undo.access.searchRead('stock.picking', [['return_id', '=', transferId]], TRANSFER);
}
