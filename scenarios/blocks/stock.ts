/** Stock of the product as its quants say, always summed: under contention one shelf has several of them. */
import type { Domain, Finding, MarkedDocument, Needs, ScenarioContext } from 'orderwatch/scenario';

export const stockNeeds: Needs = {
  modules: ['sale_stock'],
  fields: {
    'stock.quant': ['quantity', 'reserved_quantity', 'location_id'],
    'stock.move': ['state', 'product_uom_qty', 'quantity', 'picking_id'],
    'stock.move.line': ['quantity', 'state', 'picking_id'],
  },
  access: { 'stock.quant': ['read'], 'stock.move': ['read'], 'stock.move.line': ['read'] },
  conditions: ['stock'],
};

export interface Stock {
  readonly onHand: number;
  readonly reserved: number;
}

/** In a location and all that is inside it. */
export async function stockAt(ctx: ScenarioContext, locationId: number): Promise<Stock> {
  return await stockWhere(ctx, ['location_id', 'child_of', locationId]);
}

/** Everywhere in the company, on its way through packing and output too. */
export async function stockInHouse(ctx: ScenarioContext): Promise<Stock> {
  return await stockWhere(ctx, ['location_id.usage', '=', 'internal']);
}

async function stockWhere(ctx: ScenarioContext, where: Domain): Promise<Stock> {
  const quants = await ctx.odoo.searchRead(
    'stock.quant',
    [['product_id', '=', ctx.fixtures.productId], where],
    { quantity: 'number', reserved_quantity: 'number' },
  );
  return {
    onHand: sum(quants.map(({ quantity }) => quantity)),
    reserved: sum(quants.map(({ reserved_quantity }) => reserved_quantity)),
  };
}

export const MOVE = { state: 'text', product_uom_qty: 'number', quantity: 'number' } as const;

/** Fails the run, saying why, unless every move of the transfer is reserved in full. */
export async function requireReserved(
  ctx: ScenarioContext,
  order: MarkedDocument,
  transfer: { readonly id: number; readonly location_id: { readonly id: number } | undefined },
): Promise<void> {
  const moves = await order.find('stock.move', MOVE, [['picking_id', '=', transfer.id]]);
  ctx.expect('moves of the transfer', moves.length > 0, true);
  const own = sum(moves.map(({ quantity }) => quantity));
  const demand = sum(moves.map(({ product_uom_qty }) => product_uom_qty));
  if (own !== demand) {
    const stock = await stockAt(ctx, ctx.need('source of the transfer', transfer.location_id).id);
    ctx.fail(whyShort({ demand, own, stock }));
  }
  const states = moves.map(({ state }) => state);
  ctx.expect(
    'every move assigned',
    states.every((state) => state === 'assigned'),
    true,
  );
}

/** Why a reservation is not complete. Only stock that was free and not taken is Odoo's own doing. */
export function whyShort({
  demand,
  own,
  stock,
}: {
  readonly demand: number;
  /** What was reserved of it. */
  readonly own: number;
  /** With our own reservation in it. */
  readonly stock: Stock;
}): Finding {
  const others = stock.reserved - own;
  const free = stock.onHand - others;
  const got = `${own} of ${demand} reserved`;
  if (free >= demand) {
    const message = `${got} although ${free} were free`;
    return { code: 'reservation.incomplete', blame: 'target', message };
  }
  const had = `${stock.onHand} on hand, ${others} of them reserved by others`;
  const why = stock.onHand >= demand ? 'rival' : own > 0 ? 'partial' : 'shortage';
  return { code: `reservation.${why}`, blame: 'scenario', message: `${got}: ${had}` };
}

/** The reserved quantity was `before` and must be `wanted` now; says whether Odoo or a rival is to blame if not. */
export async function requireReservedTotal(
  ctx: ScenarioContext,
  locationId: number,
  { before, wanted }: { readonly before: number; readonly wanted: number },
): Promise<void> {
  const { reserved } = await stockAt(ctx, locationId);
  if (reserved === wanted) return;
  const lines = await ctx.odoo.searchRead(
    'stock.move.line',
    [
      ['product_id', '=', ctx.fixtures.productId],
      ['location_id', 'child_of', locationId],
      ['state', 'not in', ['draft', 'done', 'cancel']],
    ],
    { quantity: 'number' },
  );
  const byLines = sum(lines.map(({ quantity }) => quantity));
  const message = `reserved quantity went from ${before} to ${reserved}, not to ${wanted}`;
  // Quants and lines agree: somebody else reserved or released in the meantime.
  if (byLines === reserved) ctx.fail({ code: 'reservation.rival', blame: 'scenario', message });
  ctx.fail({
    code: 'reservation.inconsistent',
    blame: 'target',
    message: `${message}; its move lines reserve ${byLines}`,
  });
}

/** Fails the run unless so much is in house; what somebody else moved in the meantime is not Odoo's doing. */
export async function requireInHouse(
  ctx: ScenarioContext,
  order: MarkedDocument,
  wanted: number,
): Promise<void> {
  const { onHand } = await stockInHouse(ctx);
  if (onHand === wanted) return;
  const [first] = await order.find('stock.move.line', { quantity: 'number' });
  const others = await ctx.odoo.count('stock.move.line', [
    ['product_id', '=', ctx.fixtures.productId],
    ['state', '=', 'done'],
    ['id', '>', first?.id ?? 0],
    '|',
    ['picking_id', '=', false],
    ['picking_id.sale_id', '!=', order.id],
  ]);
  const message = `${onHand} on hand, not ${wanted}`;
  if (others === 0) ctx.fail({ code: 'stock.not-moved', blame: 'target', message });
  const why = 'somebody else moved goods in the meantime';
  ctx.fail({ code: 'stock.rival', blame: 'scenario', message: `${message}: ${why}` });
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
