/** Reads the shelves and books of the synthetic company. Whoever judges them makes sure that nothing is open. */
import { PRODUCT_CODE } from '../domain/fixtures.ts';
import type { Books } from '../domain/residue.ts';
import type { Access } from './access.ts';
import { installedOf } from './assess.ts';

/** What a module that is not installed would say is zero. Throws Failed. */
export async function readBooks(access: Access, companyId: number): Promise<Books> {
  const has = await installedOf(access, ['stock', 'account']);
  const [goods, owed] = await Promise.all([
    has('stock') ? readGoods(access, companyId) : { reserved: 0, onTheWay: 0, atCustomers: 0 },
    has('account') ? readOwed(access, companyId) : 0,
  ]);
  return { ...goods, owed };
}

async function readGoods(access: Access, companyId: number): Promise<Omit<Books, 'owed'>> {
  // Customers are a place that all companies share: goods there are ours by their product.
  const own = ['product_id.company_id', '=', companyId] as const;
  const numbers = { quantity: 'number', reserved_quantity: 'number' } as const;
  const [inHouse, atCustomers, warehouses, product] = await Promise.all([
    access.searchRead('stock.quant', [own, ['location_id.usage', '=', 'internal']], {
      ...numbers,
      location_id: 'many2one',
    }),
    access.searchRead('stock.quant', [own, ['location_id.usage', '=', 'customer']], numbers),
    access.searchRead('stock.warehouse', [['company_id', '=', companyId]], {
      wh_pack_stock_loc_id: 'many2one',
      wh_output_stock_loc_id: 'many2one',
    }),
    findProduct(access, companyId),
  ]);
  const between = new Set(
    warehouses.flatMap(({ wh_pack_stock_loc_id: pack, wh_output_stock_loc_id: output }) =>
      [pack, output].map((location) => location?.id),
    ),
  );
  const onTheWay = inHouse.filter(({ location_id }) => between.has(location_id?.id));
  return {
    ...(product === undefined ? {} : { free: product.free_qty }),
    reserved: sum(inHouse.map(({ reserved_quantity }) => reserved_quantity)),
    onTheWay: sum(onTheWay.map(({ quantity }) => quantity)),
    atCustomers: sum(atCustomers.map(({ quantity }) => quantity)),
  };
}

/** Undefined where there is none, or its lots would have to be named. */
export async function findProduct(
  access: Access,
  companyId: number,
): Promise<{ readonly id: number; readonly free_qty: number } | undefined> {
  const [product] = await access.searchRead(
    'product.product',
    [
      ['default_code', '=', PRODUCT_CODE],
      ['company_id', '=', companyId],
      ['tracking', '=', 'none'],
    ],
    { free_qty: 'number' },
  );
  return product;
}

async function readOwed(access: Access, companyId: number): Promise<number> {
  const lines = await access.searchRead(
    'account.move.line',
    [
      ['company_id', '=', companyId],
      ['account_id.account_type', '=', 'asset_receivable'],
      ['parent_state', '=', 'posted'],
      ['amount_residual', '!=', 0],
    ],
    { amount_residual: 'number' },
  );
  return sum(lines.map(({ amount_residual }) => amount_residual));
}

/** To the cent: amounts and quantities are floats in Odoo. */
const sum = (numbers: readonly number[]): number =>
  Math.round(numbers.reduce((a, b) => a + b, 0) * 100) / 100;
