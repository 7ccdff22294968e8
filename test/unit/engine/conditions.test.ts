/** What must hold before a run may write: each refusal with its exact reason, and nothing written. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Condition } from '../../../src/scenario/index.ts';
import { virtualBeats } from '../../support/unit/clock.ts';
import { scenarioOf, World } from '../../support/unit/engine.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

/** A tenant in which every condition holds. */
function calm(): World {
  const world = new World();
  Object.assign(world.odoo.row('product.product', 12), { free_qty: 50 });
  Object.assign(world.odoo.row('res.partner', 11), { phone: false });
  Object.assign(world.odoo.row('res.company', 2), {
    stock_move_email_validation: false,
    stock_text_confirmation: true,
    stock_confirmation_type: 'sms',
    fiscalyear_lock_date: false,
    tax_lock_date: '2025-12-31',
    sale_lock_date: '2026-06-30',
    hard_lock_date: false,
  });
  world.odoo.add('stock.warehouse', {
    id: 3,
    name: 'ZZOW',
    company_id: 2,
    delivery_steps: 'pick_ship',
  });
  return world;
}

const under = (...conditions: readonly Condition[]) =>
  scenarioOf({ needs: { ...scenarioOf().needs, conditions } });

type Case = readonly [Condition, string, (world: World) => unknown];

const cases: readonly Case[] = [
  [
    'stock',
    'only 49 of the product are free, the floor is 50 (run: orderwatch provision)',
    ({ odoo }) => (odoo.row('product.product', 12)['free_qty'] = 49),
  ],
  [
    'delivery',
    'warehouse ZZOW delivers in steps unknown to us: drone',
    ({ odoo }) => (odoo.row('stock.warehouse', 3)['delivery_steps'] = 'drone'),
  ],
  [
    'delivery',
    'e-mail on delivery is on in the synthetic company',
    ({ odoo }) => (odoo.row('res.company', 2)['stock_move_email_validation'] = true),
  ],
  [
    'delivery',
    'SMS on delivery is on and the synthetic customer has a phone',
    ({ odoo }) => (odoo.row('res.partner', 11)['phone'] = '+33 1'),
  ],
  ...['fiscalyear_lock_date', 'tax_lock_date', 'sale_lock_date', 'hard_lock_date'].map(
    (field): Case => [
      'posting',
      'the books of the synthetic company are locked up to 2026-07-01',
      ({ odoo }) => (odoo.row('res.company', 2)[field] = '2026-07-01'),
    ],
  ),
];

describe('a run', () => {
  it('goes on where every condition holds', async () => {
    const report = await calm().execute(under('stock', 'delivery', 'posting'));
    expect(report.outcome).toEqual({ kind: 'passed' });
  });

  it.each(cases)('under %s is skipped: %s', async (condition, reason, change) => {
    const world = calm();
    change(world);
    const report = await world.execute(under(condition));
    expect(report.outcome).toEqual({ kind: 'skipped', reason });
    expect(world.odoo.writes()).toEqual([]);
  });

  it.each(cases)('that does not ask for %s goes on all the same: %s', async (_, __, change) => {
    const world = calm();
    change(world);
    expect((await world.execute()).outcome.kind).toBe('passed');
  });

  it('names all reasons at once', async () => {
    const world = calm();
    for (const [, , change] of cases.slice(0, 2)) change(world);
    const { outcome } = await world.execute(under('stock', 'delivery'));
    expect(outcome).toMatchObject({ reason: expect.stringMatching(/free.*; warehouse/) as string });
  });

  it('goes on beside a phone where Odoo knows nothing of SMS', async () => {
    const world = calm();
    world.odoo.row('res.partner', 11)['phone'] = '+33 1';
    world.odoo.missingFields.add('res.company.stock_confirmation_type');
    expect((await world.execute(under('delivery'))).outcome.kind).toBe('passed');
  });

  it('counts the day of the lock in the time zone of the tenant', async () => {
    const world = calm();
    // 22:30 UTC on the last locked day is past midnight in Paris.
    world.clock.jump(Date.UTC(2026, 6, 1, 22, 30) - world.clock.now());
    world.odoo.row('res.company', 2)['sale_lock_date'] = '2026-07-01';
    expect((await world.execute(under('posting'))).outcome.kind).toBe('passed');
  });
});
