/**
 * Puts the product on its shelf again when little of it is left. Runs bring back what they take, so stock falls only
 * where an undo could not be finished: within limits it is filled up, beyond them somebody has to look.
 */
import { consentRefusal } from '../domain/consent.ts';
import { PRODUCT_CODE, PRODUCT_STOCK, PRODUCT_STOCK_LOW } from '../domain/fixtures.ts';
import type { Tenant } from '../domain/tenant.ts';
import { within } from '../lib/deadline.ts';
import type { Access } from './access.ts';
import { findProduct } from './books.ts';
import type { Engine } from './run-state.ts';
import { LONGEST_VISIT_MS, type Visit, visitAlone } from './visit.ts';

const DAY_MS = 86_400_000;

/** What was free before, and what became of it; a reason when it was left to people. */
export type Replenishment =
  | {
      readonly kind: 'replenished';
      readonly tenant: string;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'refused'; readonly tenant: string; readonly reason: string };

/**
 * Once in a day at most, and never above what `provision` stocks; under the tenant's lease. Undefined when there is
 * enough, or no consent to move goods. Rejects with Failed, and with Skip where the tenant is not provisioned.
 */
export async function replenish(
  tenant: Tenant,
  engine: Engine,
  signal: AbortSignal,
): Promise<Replenishment | undefined> {
  const now = engine.clock.now();
  if (consentRefusal(tenant.consent, 'full', now) !== undefined) return undefined;
  return await within(engine.clock, LONGEST_VISIT_MS, signal, async (inTime) => {
    return await visitAlone(tenant, engine, inTime, async ({ access, companyId }) => {
      const product = await findProduct(access, companyId);
      if (product === undefined || product.free_qty >= PRODUCT_STOCK_LOW) return undefined;
      const { id: tenantId } = tenant;
      if (await wasCountedSince(access, product.id, now - DAY_MS)) {
        const reason = `${product.free_qty} of ${PRODUCT_CODE} are free, and it was stocked within a day: look where it goes`;
        return { kind: 'refused', tenant: tenantId, reason };
      }
      await stockUp({ access, companyId }, product.id);
      const to = (await findProduct(access, companyId))?.free_qty ?? 0;
      return { kind: 'replenished', tenant: tenantId, from: product.free_qty, to };
    });
  });
}

async function wasCountedSince(access: Access, productId: number, ms: number): Promise<boolean> {
  const since = new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
  const counted = await access.count('stock.move', [
    ['product_id', '=', productId],
    ['is_inventory', '=', true],
    ['date', '>=', since],
  ]);
  return counted > 0;
}

async function stockUp({ access, companyId }: Visit, productId: number): Promise<void> {
  const [warehouse] = await access.searchRead(
    'stock.warehouse',
    [['company_id', '=', companyId]],
    { lot_stock_id: 'many2one' },
    { order: 'id', limit: 1 },
  );
  const shelf = warehouse?.lot_stock_id?.id;
  if (shelf === undefined) return;
  const values = { product_id: productId, location_id: shelf, inventory_quantity: PRODUCT_STOCK };
  // Where there is a quant already, Odoo answers that one.
  const quant = await access.create('stock.quant', values, { inventory_mode: true });
  await access.write('stock.quant', 'action_apply_inventory', [[quant]]);
}
