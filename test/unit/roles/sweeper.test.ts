import { describe, expect, it } from 'vitest';
import { type RunId, tenantId } from '../../../src/domain/ids.ts';
import { markOf } from '../../../src/domain/mark.ts';
import type { Tenant } from '../../../src/domain/tenant.ts';
import type { OutsideWarnings } from '../../../src/engine/ports.ts';
import type { Replenishment } from '../../../src/engine/replenish.ts';
import type { ResidueReport } from '../../../src/engine/sweep.ts';
import { lastSighting } from '../../../src/roles/look.ts';
import { Sweeper, type SweeperParts } from '../../../src/roles/sweeper.ts';
import { FleetTime } from '../../../src/store/fleet-time.ts';
import { KeptJournals } from '../../../src/store/journals.ts';
import { Leader } from '../../../src/store/leader.ts';
import type { Records } from '../../../src/store/records.ts';
import { Keys } from '../../../src/store/redis.ts';
import { tenantOf, World } from '../../support/unit/engine.ts';
import { replyLost } from '../../support/unit/odoo.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const { redis } = ownRedis();

const unseen: OutsideWarnings = {
  certificate: () => Promise.resolve(undefined),
  clockSkewMs: () => Promise.resolve(undefined),
};

/** Answers in microtasks: virtual time passes while anything else is waited for. */
function inMemory(): Records {
  const kept = new Map<string, unknown>();
  const at = (shelf: string, name: string): string => `${shelf}/${name}`;
  return {
    get: (shelf, name) => Promise.resolve(kept.get(at(shelf, name))),
    put: (shelf, name, value) => {
      kept.set(at(shelf, name), value);
      return Promise.resolve();
    },
    create: (shelf, name, value) => {
      const isNew = !kept.has(at(shelf, name));
      if (isNew) kept.set(at(shelf, name), value);
      return Promise.resolve(isNew);
    },
    remove: (shelf, name) => {
      kept.delete(at(shelf, name));
      return Promise.resolve();
    },
    names: (shelf) =>
      Promise.resolve(
        [...kept.keys()].flatMap((key) =>
          key.startsWith(`${shelf}/`) ? [key.slice(shelf.length + 1)] : [],
        ),
      ),
  };
}

function setUp(
  versionOf = (): Promise<string> => Promise.resolve('19.0'),
  outside: OutsideWarnings = unseen,
  isClockRight: (world: World) => Promise<boolean> = () => Promise.resolve(true),
) {
  const world = new World();
  const records = inMemory();
  const journals = new KeptJournals(records);
  world.engine = { ...world.engine, journals };
  const swept: ResidueReport[] = [];
  const replenished: Replenishment[] = [];
  const troubles: unknown[] = [];
  const sweeper = (change: Partial<SweeperParts> = {}): Sweeper =>
    new Sweeper({ ...parts(), ...change });
  const parts = (): SweeperParts => ({
    engine: world.engine,
    leader: new Leader(redis, new Keys('test'), world.clock, () => isClockRight(world)),
    deadlines: journals.deadlines,
    records,
    versionOf,
    outside,
    tenants: () => [world.tenant],
    onSwept: (report) => swept.push(report),
    onReplenished: (one) => replenished.push(one),
    onTrouble: (error) => troubles.push(error),
  });
  return { world, records, journals, swept, replenished, troubles, sweeper };
}

/** A turn, and the looks that it began. */
async function turn(sweeper: Sweeper): Promise<void> {
  await sweeper.turn();
  await sweeper.idle();
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
    await turn(one);
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
    await turn(one);
    const seen = await lastSighting(records, world.tenant);
    expect(seen).toMatchObject({ residue: 0, imbalances: 1 });
    expect(swept.map(({ books }) => books?.owed)).toEqual([7]);
    await one.stop();
  });

  it('tells nobody where nothing was open, and looks again only after a minute', async () => {
    const { world, swept, sweeper } = setUp();
    const one = sweeper();
    await turn(one);
    await turn(one);
    expect(swept).toEqual([]);
    const looks = (): number => world.odoo.calls.filter((call) => call.startsWith('mail')).length;
    expect(looks()).toBe(1);
    await world.clock.sleep(61_000);
    await turn(one);
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
    await turn(one);
    expect(replenished).toEqual([{ kind: 'replenished', tenant: 'north', from: 99, to: 1_000 }]);
    const counted = { product_id: 12, inventory_quantity: 1_000 };
    expect(world.odoo.rows('stock.quant')).toMatchObject([counted]);
    await world.clock.sleep(61_000);
    await turn(one);
    expect(replenished).toHaveLength(1);
    // It is gone again within the day: that is no use of ours.
    product['free_qty'] = 60;
    await world.clock.sleep(61_000);
    await turn(one);
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
    await turn(one);
    world.tenant = tenantOf();
    product['tracking'] = 'lot';
    await world.clock.sleep(61_000);
    await turn(one);
    expect(replenished).toEqual([]);
    expect(world.odoo.writes()).toEqual([]);
    await one.stop();
  });

  it('leaves the tenants to another one that leads', async () => {
    const { world, sweeper } = setUp();
    const [first, second] = [sweeper(), sweeper()];
    await turn(first);
    const before = world.odoo.calls.length;
    await turn(second);
    expect(world.odoo.calls.length).toBe(before);
    await first.stop();
    await turn(second);
    expect(world.odoo.calls.length).toBeGreaterThan(before);
    await second.stop();
  });

  it('writes down what it saw though the server does not say its version', async () => {
    const { world, records, sweeper } = setUp(() => Promise.reject(new Error('away')));
    const one = sweeper();
    await turn(one);
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
    await turn(one);
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
    await turn(one);
    const { atMs: _, ...seen } = (await lastSighting(records, world.tenant))!;
    expect(seen).toEqual({ v: 1, residue: 0, imbalances: 0, odooVersion: '19.0' });
    expect(troubles).toEqual([]);
    await one.stop();
  });

  it('knows nothing of a tenant that nobody has looked at', async () => {
    const { world, records } = setUp();
    expect(await lastSighting(records, world.tenant)).toBeUndefined();
  });

  it('looks at once where a run is dead, once, and lets its journal go', async () => {
    const { world, journals, sweeper } = setUp();
    const one = sweeper();
    await turn(one);
    const looks = (): number => world.odoo.calls.filter((call) => call.startsWith('mail')).length;
    const deadlineMs = world.clock.now() + 10_000;
    await openJournal(journals, deadlineMs);
    const reference = markOf(RUN, deadlineMs);
    leaveOrder(world, { client_order_ref: reference, create_date: '2026-07-01 10:00:00' });
    // Its grace is five seconds.
    await world.clock.sleep(14_000);
    await turn(one);
    expect(looks()).toBe(1);
    await world.clock.sleep(2_000);
    await turn(one);
    expect(world.odoo.row('sale.order', 9)['state']).toBe('cancel');
    expect(await journals.deadlines()).toEqual([]);
    await one.stop();
  });

  it('lets the journal of a dead run go that left nothing', async () => {
    const { world, journals, sweeper } = setUp();
    await openJournal(journals, world.clock.now() - 6_000);
    const one = sweeper();
    await turn(one);
    expect(world.odoo.writes()).toEqual([]);
    expect(await journals.deadlines()).toEqual([]);
    await one.stop();
  });

  it('tries again in a minute where a dead run cannot be followed', async () => {
    const { world, journals, swept, sweeper } = setUp();
    const { signIn } = world.engine;
    world.engine = { ...world.engine, signIn: () => Promise.reject(replyLost()) };
    await openJournal(journals, world.clock.now() - 6_000);
    const one = sweeper();
    for (let n = 0; n < 12; n += 1) {
      await turn(one);
      await world.clock.sleep(5_000);
    }
    expect(swept).toHaveLength(1);
    expect(await journals.deadlines()).toHaveLength(1);
    world.engine = { ...world.engine, signIn };
    await one.stop();
    const next = sweeper();
    await turn(next);
    expect(await journals.deadlines()).toEqual([]);
    await next.stop();
  });

  it('looks at all others once a minute while many tenants hang, and first where a run is dead', async () => {
    const { world, journals, sweeper } = setUp();
    const { signIn } = world.engine;
    const begun: { readonly id: string; readonly ms: number }[] = [];
    const atOnce = new Map<string, number>();
    world.engine = {
      ...world.engine,
      signIn: async (tenant, options) => {
        begun.push({ id: tenant.id, ms: world.clock.monotonic() });
        if (!tenant.id.startsWith('hangs')) return await signIn(tenant, options);
        atOnce.set(tenant.id, (atOnce.get(tenant.id) ?? 0) + 1);
        expect(atOnce.get(tenant.id)).toBe(1);
        // Deaf to its signal for a while.
        await world.clock.sleep(1_000_000, options.signal).finally(() => atOnce.delete(tenant.id));
        return await signIn(tenant, options);
      },
    };
    const named = (kind: string, many: number): readonly Tenant[] =>
      Array.from({ length: many }, (_, n) => tenantOf({ id: tenantId(`${kind}-${n}`) }));
    const all = [...named('hangs', 40), ...named('well', 200)];
    // Leads without asking: virtual time would pass while a real Redis is waited for.
    const one = sweeper({
      tenants: () => all,
      leader: {
        lead: (_, forMs) => Promise.resolve({ token: 1, endMs: world.clock.monotonic() + forMs }),
        resign: () => Promise.resolve(),
      },
    });
    const beganMs = world.clock.monotonic();
    // Turns are awaited, looks are not: as long as it runs.
    const minutes = async (many: number): Promise<void> => {
      for (let n = 0; n < many * 12; n += 1) {
        await one.turn();
        await world.clock.sleep(5_000);
      }
    };
    await minutes(6);
    const well = begun.filter(({ id, ms }) => id.startsWith('well') && ms >= beganMs + 120_000);
    for (const { id } of named('well', 200)) {
      const own = new Set(well.filter((look) => look.id === id).map(({ ms }) => ms));
      expect(own.size).toBeGreaterThanOrEqual(3);
    }
    expect(atOnce.size).toBeGreaterThan(0);
    expect(atOnce.size).toBeLessThanOrEqual(8);
    await openJournal(journals, world.clock.now() - 6_000, 'well-7');
    const nowMs = world.clock.monotonic();
    await minutes(1);
    const followed = begun.find(({ id, ms }) => id === 'well-7' && ms >= nowMs);
    expect(followed!.ms - nowMs).toBeLessThanOrEqual(5_000);
    await one.stop();
  });

  it('does nothing while its clock is wrong', async () => {
    const told: unknown[] = [];
    let time: FleetTime | undefined;
    const { world, sweeper } = setUp(undefined, undefined, ({ clock }) => {
      time ??= new FleetTime(redis, clock, (error) => told.push(error));
      return time.isRight();
    });
    leaveOrder(world);
    const one = sweeper();
    await turn(one);
    await turn(one);
    expect(world.odoo.calls).toEqual([]);
    expect(told).toHaveLength(1);
    world.clock.jump(Date.now() - world.clock.now());
    await turn(one);
    expect(world.odoo.row('sale.order', 9)['state']).toBe('cancel');
    await one.stop();
  });

  it('undoes nothing of a run that is under way though the clock jumps in mid-look', async () => {
    const { world, sweeper } = setUp();
    const mark = markOf(RUN, world.clock.now() + 600_000);
    leaveOrder(world, { client_order_ref: mark, create_date: '2026-07-01 10:00:00' });
    leaveOrder(world, { id: 10, name: 'S10' });
    const { signIn } = world.engine;
    world.engine = {
      ...world.engine,
      signIn: (...args) => {
        world.clock.jump(3_600_000);
        return signIn(...args);
      },
    };
    const one = sweeper();
    await turn(one);
    expect(world.odoo.row('sale.order', 9)['state']).toBe('draft');
    expect(world.odoo.row('sale.order', 10)['state']).toBe('cancel');
    await one.stop();
  });
});

const RUN = 'SYN~north~order~rpc~20260701T100000000Z-1' as RunId;

async function openJournal(
  journals: KeptJournals,
  deadlineMs: number,
  tenant = 'north',
): Promise<void> {
  const runId = RUN.replace('north', tenant) as RunId;
  const mark = markOf(runId, deadlineMs);
  await journals.open({ runId, tenant: tenantId(tenant), mark, deadlineMs, plans: [] });
}
