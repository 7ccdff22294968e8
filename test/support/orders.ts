/**
 * Marked orders made by hand as the probe user, driven as far as a test wants; and an administrator's count of
 * the orders with a mark and without.
 */

import { scenarioId, tenantId } from '../../src/domain/ids.ts';
import { deadlineOf } from '../../src/domain/limits.ts';
import { findMark, markOf, runIdOf } from '../../src/domain/mark.ts';
import { unscheduledSlot } from '../../src/domain/slot.ts';
import type { Access } from '../../src/engine/access.ts';
import { findFixtures } from '../../src/engine/fixtures.ts';
import { admin, type LabTenant, tenants } from './lab.ts';

let counter = 0;

/** An order whose mark's deadline is `agoMs` in the past. Answers its id. */
export async function deadOrder(
  tenant: LabTenant,
  access: Access,
  agoMs = 3_600_000,
): Promise<number> {
  const search = await findFixtures(access);
  if (search.kind === 'missing') throw new Error(`${tenant} is not provisioned`);
  counter += 1;
  const start = Date.now() - agoMs;
  const runId = runIdOf({
    tenant: tenantId(tenant),
    scenario: scenarioId('order-confirmation'),
    transport: 'rpc',
    slot: unscheduledSlot(start, counter),
  });
  const none = { runMs: 0, compensationMs: 0, callMs: 0, sweepGraceMs: 0 };
  return await access.create('sale.order', {
    client_order_ref: markOf(runId, deadlineOf(start, none)),
    partner_id: search.fixtures.customerId,
    order_line: [[0, 0, { product_id: search.fixtures.productId, product_uom_qty: 2 }]],
  });
}

export async function confirm(access: Access, order: number): Promise<void> {
  await access.write('sale.order', 'action_confirm', [[order]]);
}

/** Validates so many transfers of the order, one after the other as they become ready. */
export async function deliver(access: Access, order: number, hops: number): Promise<void> {
  for (let hop = 0; hop < hops; hop += 1) {
    const [ready] = await access.searchRead(
      'stock.picking',
      [
        ['sale_id', '=', order],
        ['state', '=', 'assigned'],
      ],
      { name: 'text' },
    );
    if (ready === undefined)
      throw new Error(`order ${order} has no transfer ready at hop ${hop + 1}`);
    await access.write('stock.picking', 'button_validate', [[ready.id]]);
  }
}

/** Invoices the order and posts the invoice. Answers the invoice's id. */
export async function invoice(access: Access, order: number, post: boolean): Promise<number> {
  const wizard = await access.create('sale.advance.payment.inv', {
    sale_order_ids: [[6, 0, [order]]],
    advance_payment_method: 'delivered',
  });
  await access.write('sale.advance.payment.inv', 'create_invoices', [[wizard]]);
  const [sale] = await access.read('sale.order', [order], { invoice_ids: 'ids' });
  const id = sale?.invoice_ids[0] ?? 0;
  if (post) await access.write('account.move', 'action_post', [[id]]);
  return id;
}

/** Quantity of the probe product in all internal places of the tenant, and what of it is reserved. */
export async function stockOf(
  access: Access,
): Promise<{ readonly onHand: number; readonly elsewhere: number; readonly reserved: number }> {
  const quants = await access.searchRead(
    'stock.quant',
    [
      ['product_id.default_code', '=', 'ORDERWATCH-PRODUCT'],
      ['location_id.usage', '=', 'internal'],
    ],
    { quantity: 'number', reserved_quantity: 'number', location_id: 'many2one' },
  );
  const [warehouse] = await access.searchRead('stock.warehouse', [['code', '=', 'ZZOW']], {
    lot_stock_id: 'many2one',
  });
  const stock = warehouse?.lot_stock_id?.id;
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const at = (inStock: boolean): readonly number[] =>
    quants
      .filter(({ location_id }) => (location_id?.id === stock) === inStock)
      .map(({ quantity }) => quantity);
  return {
    onHand: sum(at(true)),
    elsewhere: sum(at(false)),
    reserved: sum(quants.map(({ reserved_quantity }) => reserved_quantity)),
  };
}

export interface MarkedOrder {
  readonly runId: string;
  readonly deadlineMs: number;
}

/** Every order of the lab, whatever its state, whose mark's deadline is between these instants. */
export async function markedOrders(
  afterMs: number,
  untilMs: number,
): Promise<readonly MarkedOrder[]> {
  const found: MarkedOrder[] = [];
  for (const tenant of tenants) {
    const access = await admin(tenant);
    const orders = await access.searchRead('sale.order', [['client_order_ref', '=like', 'SYN~%']], {
      client_order_ref: 'text',
    });
    const marks = orders.flatMap((order) => findMark(order.client_order_ref ?? '') ?? []);
    // A mark's deadline is rounded up to a second.
    found.push(
      ...marks.filter(({ deadlineMs }) => deadlineMs > afterMs && deadlineMs <= untilMs + 1_000),
    );
  }
  return found;
}

/** Every order of the lab without a customer reference, whatever its state, as `tenant id`. */
export async function unmarkedOrders(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const tenant of tenants) {
    const access = await admin(tenant);
    const domain = [['client_order_ref', '=', false] as const];
    const orders = await access.searchRead('sale.order', domain, { state: 'text' });
    found.push(...orders.map(({ id }) => `${tenant} ${id}`));
  }
  return found;
}

/** The youngest order of each tenant. */
export async function youngest(): Promise<Readonly<Record<string, number>>> {
  const ids = tenants.map(async (tenant) => {
    const access = await admin(tenant);
    const [order] = await access.searchRead('sale.order', [], {}, { order: 'id desc', limit: 1 });
    return [tenant, order?.id ?? 0] as const;
  });
  return Object.fromEntries(await Promise.all(ids));
}

/** Run ids that more than one of the younger orders carries. */
export async function secondOrders(
  since: Readonly<Record<string, number>>,
): Promise<readonly string[]> {
  const twice: string[] = [];
  for (const tenant of tenants) {
    const access = await admin(tenant);
    const domain = [
      ['client_order_ref', '=like', 'SYN~%'] as const,
      ['id', '>', since[tenant] ?? 0] as const,
    ];
    const orders = await access.searchRead('sale.order', domain, { client_order_ref: 'text' });
    const ids = orders.map((order) => findMark(order.client_order_ref ?? '')?.runId ?? '');
    twice.push(...ids.filter((id, index) => ids.indexOf(id) !== index));
  }
  return twice;
}
