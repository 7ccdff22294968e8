import { describe, expect, it } from 'vitest';
import type { OutsideWarnings } from '../../../src/engine/ports.ts';
import type { Replenishment } from '../../../src/engine/replenish.ts';
import type { ResidueReport } from '../../../src/engine/sweep.ts';
import { lastSighting, Sweeper } from '../../../src/roles/sweeper.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { Leader } from '../../../src/store/leader.ts';
import { Keys } from '../../../src/store/redis.ts';
import { tenantOf, World } from '../../support/unit/engine.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { replyLost } from '../../support/unit/odoo.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const { redis } = ownRedis();
const folder = temporaryFolder();
let count = 0;

const unseen: OutsideWarnings = {
  certificate: () => Promise.resolve(undefined),
  clockSkewMs: () => Promise.resolve(undefined),
};

function setUp(
  versionOf = (): Promise<string> => Promise.resolve('19.0'),
  outside: OutsideWarnings = unseen,
) {
  const world = new World();
  count += 1;
  const records = new FolderRecords(`${folder}/${count}`);
  const swept: ResidueReport[] = [];
  const replenished: Replenishment[] = [];
  const troubles: unknown[] = [];
  const sweeper = (): Sweeper =>
    new Sweeper({
      engine: world.engine,
      leader: new Leader(redis, new Keys('test'), world.clock),
      records,
      versionOf,
      outside,
      tenants: () => [world.tenant],
      onSwept: (report) => swept.push(report),
      onReplenished: (one) => replenished.push(one),
      onTrouble: (error) => troubles.push(error),
    });
  return { world, records, swept, replenished, troubles, sweeper };
}

function leaveOrder({ odoo }: World, change: Readonly<Record<string, unknown>> = {}): void {
  odoo.add('sale.order', {
    id: 9,
    name: 'S9',
    state: 'draft',
    locked: false,
    invoice_ids: [],
    company_id: 2,
    client_order_ref: 'SYN~north~order~rpc~20260701T080000000Z-1~1782890000',
    create_date: '2026-07-01 08:00:00',
    ...change,
  });
}

describe('a sweeper', () => {
  it('undoes what is past its deadline and writes down what it saw', async () => {
    const { world, records, swept, sweeper } = setUp();
    leaveOrder(world);
    const one = sweeper();
    await one.turn();
    expect(world.odoo.row('sale.order', 9)['state']).toBe('cancel');
    expect(swept.map(({ tenant, residue }) => [tenant, residue])).toEqual([['north', []]]);
    expect(await lastSighting(records, world.tenant)).toEqual({
      v: 1,
      atMs: world.clock.now(),
      residue: 0,
      imbalances: 0,
      odooVersion: '19.0',
      scheduledActionLagMs: 0,
    });
    await one.stop();
  });

  it('writes down and tells that the books do not balance although nothing is open', async () => {
    const { world, records, swept, sweeper } = setUp();
    const line = { account_type: 'asset_receivable', parent_state: 'posted', amount_residual: 7 };
    world.odoo.add('account.move.line', { id: 1, company_id: 2, ...line });
    const one = sweeper();
    await one.turn();
    const seen = await lastSighting(records, world.tenant);
    expect(seen).toMatchObject({ residue: 0, imbalances: 1 });
    expect(swept.map(({ books }) => books?.owed)).toEqual([7]);
    await one.stop();
  });

  it('tells nobody where nothing was open, and looks again only after a minute', async () => {
    const { world, swept, sweeper } = setUp();
    const one = sweeper();
    await one.turn();
    await one.turn();
    expect(swept).toEqual([]);
    const looks = (): number => world.odoo.calls.filter((call) => call.startsWith('mail')).length;
    expect(looks()).toBe(1);
    await world.clock.sleep(61_000);
    await one.turn();
    expect(looks()).toBe(2);
    await one.stop();
  });

  it('fills up the shelf where little is left, once', async () => {
    const { world, replenished, troubles, sweeper } = setUp();
    const product = world.odoo.row('product.product', 12);
    Object.assign(product, { tracking: 'none', free_qty: 99 });
    const hops = { wh_pack_stock_loc_id: false, wh_output_stock_loc_id: false };
    const warehouse = { id: 1, company_id: 2, lot_stock_id: [8, 'Stock'], ...hops };
    world.odoo.add('stock.warehouse', warehouse);
    world.odoo.on('stock.quant.action_apply_inventory', () => {
      product['free_qty'] = 1_000;
      const [quant] = world.odoo.rows('stock.quant');
      Object.assign(quant!, { location_id: [8, 'Stock'], quantity: 1_000, reserved_quantity: 0 });
      world.odoo.add('stock.move', {
        id: 70,
        product_id: 12,
        is_inventory: true,
        date: '2026-07-01 10:00:00',
      });
      return true;
    });
    const one = sweeper();
    await one.turn();
    expect(replenished).toEqual([{ kind: 'replenished', tenant: 'north', from: 99, to: 1_000 }]);
    const counted = { product_id: 12, inventory_quantity: 1_000 };
    expect(world.odoo.rows('stock.quant')).toMatchObject([counted]);
    await world.clock.sleep(61_000);
    await one.turn();
    expect(replenished).toHaveLength(1);
    // It is gone again within the day: that is no use of ours.
    product['free_qty'] = 60;
    await world.clock.sleep(61_000);
    await one.turn();
    expect(replenished.at(-1)).toEqual({
      kind: 'refused',
      tenant: 'north',
      reason:
        '60 of ORDERWATCH-PRODUCT are free, and it was stocked within a day: look where it goes',
    });
    expect(troubles).toEqual([]);
    await one.stop();
  });

  it('leaves the shelf alone without consent to move goods, or where lots are asked for', async () => {
    const { world, replenished, sweeper } = setUp();
    const product = world.odoo.row('product.product', 12);
    Object.assign(product, { tracking: 'none', free_qty: 10 });
    world.tenant = tenantOf({ consent: { level: 'read-only' } });
    const one = sweeper();
    await one.turn();
    world.tenant = tenantOf();
    product['tracking'] = 'lot';
    await world.clock.sleep(61_000);
    await one.turn();
    expect(replenished).toEqual([]);
    expect(world.odoo.writes()).toEqual([]);
    await one.stop();
  });

  it('leaves the tenants to another one that leads', async () => {
    const { world, sweeper } = setUp();
    const [first, second] = [sweeper(), sweeper()];
    await first.turn();
    const before = world.odoo.calls.length;
    await second.turn();
    expect(world.odoo.calls.length).toBe(before);
    await first.stop();
    await second.turn();
    expect(world.odoo.calls.length).toBeGreaterThan(before);
    await second.stop();
  });

  it('writes down what it saw though the server does not say its version', async () => {
    const { world, records, sweeper } = setUp(() => Promise.reject(new Error('away')));
    const one = sweeper();
    await one.turn();
    expect(await lastSighting(records, world.tenant)).toMatchObject({ residue: 0 });
    await one.stop();
  });

  it('writes down what will be trouble one day', async () => {
    const { world, records, sweeper } = setUp(undefined, {
      certificate: () => Promise.resolve({ expiresMs: 1_800_000_000_000 }),
      clockSkewMs: () => Promise.resolve(-250),
    });
    Object.assign(world.odoo.row('product.product', 12), { tracking: 'none', free_qty: 940 });
    const key = { user_id: [7, 'probe'], expiration_date: '2026-08-01 00:00:00' };
    world.odoo.add('res.users.apikeys', { id: 1, ...key });
    world.odoo.add('ir.cron', { id: 1, active: true, nextcall: '2026-07-01 09:59:00' });
    // Whose run is under way does not keep the shelf from being looked at.
    const order = { client_order_ref: 'SYN~north~order~rpc~20260701T100000000Z-1~1900000000' };
    leaveOrder(world, order);
    const one = sweeper();
    await one.turn();
    expect(await lastSighting(records, world.tenant)).toMatchObject({
      certificateExpiresMs: 1_800_000_000_000,
      apiKeyExpiresMs: Date.UTC(2026, 7, 1),
      scheduledActionLagMs: 60_000,
      clockSkewMs: -250,
      freeUnits: 940,
    });
    expect(world.odoo.writes()).toEqual([]);
    await one.stop();
  });

  it('writes down what it saw though nothing of that can be had', async () => {
    const { world, records, troubles, sweeper } = setUp(undefined, {
      certificate: () => Promise.reject(new Error('x')),
      clockSkewMs: () => new Promise(() => undefined),
    });
    world.odoo.on('res.users.apikeys.search_read', () => {
      throw replyLost();
    });
    const one = sweeper();
    await one.turn();
    const { atMs: _, ...seen } = (await lastSighting(records, world.tenant))!;
    expect(seen).toEqual({ v: 1, residue: 0, imbalances: 0, odooVersion: '19.0' });
    expect(troubles).toEqual([]);
    await one.stop();
  });

  it('knows nothing of a tenant that nobody has looked at', async () => {
    const { world, records } = setUp();
    expect(await lastSighting(records, world.tenant)).toBeUndefined();
  });
});
