/** Shelves and books that do not balance although nothing is open: seen, cleared where Odoo can, never a run's fault. */
import { describe, expect, it } from 'vitest';
import { imbalances } from '../../../src/domain/residue.ts';
import { residue, sweep } from '../../../src/engine/sweep.ts';
import { World } from '../../support/unit/engine.ts';
import { COMPANY, UID } from '../../support/unit/odoo.ts';

const { signal } = new AbortController();
const STOCK = 8;
const OUTPUT = 9;
const BALANCED = { reserved: 0, onTheWay: 0, atCustomers: 0, owed: 0 };

function worldWith(quants: readonly Readonly<Record<string, unknown>>[]): World {
  const world = new World();
  const output = { wh_pack_stock_loc_id: false, wh_output_stock_loc_id: [OUTPUT, 'Output'] };
  world.odoo.add('stock.warehouse', { id: 1, company_id: COMPANY, ...output });
  const shelf = { usage: 'internal', location_id: [STOCK, 'Stock'] };
  for (const [n, quant] of quants.entries()) {
    world.odoo.add('stock.quant', {
      id: n + 1,
      quantity: 0,
      reserved_quantity: 0,
      ...shelf,
      ...quant,
    });
  }
  return world;
}

const look = (world: World) => residue(world.tenant, world.engine, { all: false, signal });

/** An order that a run has just made. */
function openOrder(world: World): void {
  world.odoo.add('sale.order', {
    id: 5,
    name: 'ZZOW/5',
    state: 'sale',
    company_id: COMPANY,
    create_uid: [UID, 'probe'],
    create_date: '2026-07-01 10:00:00',
  });
}

describe('books while nothing is open', () => {
  it('balance with goods on the shelf', async () => {
    expect((await look(worldWith([{ quantity: 1_000 }]))).books).toEqual(BALANCED);
  });

  it('name what is reserved, on the way, with customers and owed', async () => {
    const world = worldWith([
      { quantity: 900, reserved_quantity: 4 },
      { quantity: 3, location_id: [OUTPUT, 'Output'] },
      { quantity: 2.5, usage: 'customer', location_id: [30, 'Customers'] },
    ]);
    const line = { company_id: COMPANY, account_type: 'asset_receivable', parent_state: 'posted' };
    for (const [n, amount] of [0.1, 0.2].entries()) {
      world.odoo.add('account.move.line', { id: n + 1, ...line, amount_residual: amount });
    }
    const { books } = await look(world);
    expect(books).toEqual({ reserved: 4, onTheWay: 3, atCustomers: 2.5, owed: 0.3 });
    expect(imbalances(books)).toEqual([
      '4 reserved',
      '3 on the way to the customer',
      '2.5 with customers',
      '0.3 owed by customers',
    ]);
  });

  it('are not judged beside an open order, nor when one was opened during the look', async () => {
    const beside = worldWith([{ quantity: 900, reserved_quantity: 4 }]);
    openOrder(beside);
    expect(await look(beside)).not.toHaveProperty('books');
    const during = worldWith([{ quantity: 900, reserved_quantity: 4 }]);
    during.odoo.on('stock.quant.search_read', ({ proceed }) => {
      if (during.odoo.rows('sale.order').length === 0) openOrder(during);
      return proceed();
    });
    expect(await look(during)).not.toHaveProperty('books');
  });
});

describe('a sweep of books', () => {
  it('has Odoo clear reservations that no document holds', async () => {
    const world = worldWith([{ quantity: 900, reserved_quantity: 4 }]);
    world.odoo.on('stock.quant.action_view_inventory', () => {
      world.odoo.row('stock.quant', 1)['reserved_quantity'] = 0;
      return true;
    });
    const report = await sweep(world.tenant, world.engine, signal);
    expect(report.books).toEqual(BALANCED);
    expect(report.actions).toEqual([
      {
        action: 'stock.quant.action_view_inventory',
        model: 'res.company',
        id: COMPANY,
        outcome: 'done',
      },
    ]);
  });

  it('leaves what only people can settle, and says it', async () => {
    const world = worldWith([{ quantity: 2, usage: 'customer' }]);
    const report = await sweep(world.tenant, world.engine, signal);
    expect(report.books).toEqual({ ...BALANCED, atCustomers: 2 });
    expect(world.odoo.writes()).toEqual([]);
  });
});
