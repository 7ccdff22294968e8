/** Follows the chain of an order's transfers, however many steps the warehouse has, to the one that leaves it. */
import type {
  MarkedDocument,
  Needs,
  OwnedDocument,
  ScenarioContext,
  WebClient,
} from 'orderwatch/scenario';
import { requireReserved } from './stock.ts';
import { byTransport } from './transport.ts';

export const deliveryNeeds: Needs = {
  modules: ['sale_stock'],
  fields: {
    'stock.picking': ['state', 'sale_id', 'picking_type_code', 'location_id', 'return_id'],
  },
  access: {
    'stock.picking': ['read', 'write'],
    'stock.move': ['read', 'write'],
    'stock.move.line': ['read', 'write'],
    // Goods that left come back by it.
    'stock.return.picking': ['create'],
  },
  conditions: ['stock', 'delivery'],
};

const TRANSFER = {
  name: 'text',
  state: 'text',
  picking_type_code: 'text',
  picking_type_id: 'many2one',
  location_id: 'many2one',
  backorder_id: 'many2one',
} as const;
export type Transfer = OwnedDocument<'stock.picking', typeof TRANSFER>;

/** More than any chain of known steps has. */
const MOST_HOPS = 4;

/** Validates what comes before the outgoing transfer and answers that one, ready. */
export async function prepareGoods(ctx: ScenarioContext, order: MarkedDocument): Promise<Transfer> {
  let done: number | undefined;
  for (let hop = 0; hop < MOST_HOPS; hop += 1) {
    const transfers = await transfersOf(order);
    if (done !== undefined) requireDone(ctx, transfers, done);
    const next = await ready(ctx, order, transfers);
    if (next.picking_type_code === 'outgoing') return next;
    await validate(ctx, next);
    done = next.id;
  }
  const message = `no outgoing transfer after ${MOST_HOPS} others`;
  return ctx.fail({ code: 'delivery.endless', blame: 'target', message });
}

/** Brings the whole order to the customer. */
export async function deliver(ctx: ScenarioContext, order: MarkedDocument): Promise<void> {
  const outgoing = await prepareGoods(ctx, order);
  await validate(ctx, outgoing);
  const transfers = await transfersOf(order);
  requireDone(ctx, transfers, outgoing.id);
  requireNoneOpen(ctx, transfers);
}

async function validate(ctx: ScenarioContext, transfer: Transfer): Promise<void> {
  await byTransport(ctx, {
    rpc: () => transfer.call('button_validate'),
    browser: () => onForm(transfer, (web) => web.click('button_validate', 'done')),
  });
}

/** Opens the form of the transfer and acts on it there. */
export async function onForm(
  transfer: Transfer,
  work: (web: WebClient) => Promise<void>,
): Promise<void> {
  await transfer.act(async (web) => {
    await openTransfer(web, transfer);
    await work(web);
  });
}

export async function openTransfer(web: WebClient, { id }: Transfer): Promise<void> {
  await web.openForm(`/odoo/deliveries/${id}`, 'move_ids');
}

export async function transfersOf(order: MarkedDocument): Promise<readonly Transfer[]> {
  return await order.find('stock.picking', TRANSFER);
}

export function requireNoneOpen(ctx: ScenarioContext, transfers: readonly Transfer[]): void {
  ctx.expect('transfers still open', transfers.filter(isOpen).length, 0);
}

const isOpen = ({ state }: Transfer): boolean => state !== 'done' && state !== 'cancel';

/** Of the open transfers the one that can be worked on: where all hops are made at once, others wait for it. */
export function nextOf(ctx: ScenarioContext, transfers: readonly Transfer[]): Transfer {
  const open = transfers.filter(isOpen);
  const inState = (wanted: string): Transfer | undefined =>
    open.find(({ state }) => state === wanted);
  return ctx.need('an open transfer', inState('assigned') ?? inState('confirmed') ?? open[0]);
}

/** Asked for once more where the warehouse does not reserve by itself. */
async function ready(
  ctx: ScenarioContext,
  order: MarkedDocument,
  transfers: readonly Transfer[],
): Promise<Transfer> {
  const next = nextOf(ctx, transfers);
  if (next.state !== 'assigned') await askForStock(ctx, next);
  await requireReserved(ctx, order, next);
  return next;
}

async function askForStock(ctx: ScenarioContext, transfer: Transfer): Promise<void> {
  await byTransport(ctx, {
    rpc: () => transfer.call('action_assign'),
    browser: () => onForm(transfer, (web) => web.press('action_assign')),
  });
}

function requireDone(ctx: ScenarioContext, transfers: readonly Transfer[], id: number): void {
  const transfer = ctx.need(
    'the validated transfer',
    transfers.find((one) => one.id === id),
  );
  ctx.expect(`state of ${transfer.name ?? id} after its validation`, transfer.state, 'done');
}
