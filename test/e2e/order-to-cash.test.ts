import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import orderToCash from '../../scenarios/order-to-cash.ts';
import { expectBooksAlone, measured, PASSED_CLEAN, play, undone } from '../support/books.ts';
import { Changes } from '../support/changes.ts';
import { tenants } from '../support/lab.ts';

const SCENARIO = 'order-to-cash';
const LOCK = 'group_auto_done_setting';
/** Of one run; what the scenario declares is the most. */
const ROWS = { north: 17, south: 43 } as const;
const TWO_STEP_ROWS = 30;

describe.each(tenants)('order to cash over RPC in %s', (tenant) => {
  let changes: Changes;

  beforeEach(async () => {
    changes = await Changes.in(tenant);
  });
  afterEach(async () => {
    await changes.putBack();
  });

  async function leavesTheBooksAlone(): Promise<readonly string[]> {
    const played = await play(tenant, SCENARIO);
    expectBooksAlone(played);
    return undone(played.report);
  }

  it('passes, undoes invoice, transfers and order, and leaves the rows that it declares', async () => {
    await play(tenant, SCENARIO);
    const { report, booksBefore, booksAfter, rows, residue } = await play(tenant, SCENARIO);
    expect(report).toMatchObject(PASSED_CLEAN);
    expect(measured(report)).toEqual(orderToCash.steps);
    expect(residue).toBe(`${tenant}: residue none\n`);
    expect(booksAfter).toEqual(booksBefore);
    expect(rows).toBe(ROWS[tenant]);
    expect(rows).toBeLessThanOrEqual(orderToCash.rows.rpc);
  });

  it('passes where confirmed orders are locked', async () => {
    const [user, lock] = [await groupId('base', 'group_user'), await groupId('sale', LOCK)];
    await changes.write('res.groups', user, { implied_ids: [[4, lock]] });
    expect(await leavesTheBooksAlone()).toContain('sale.order.action_unlock');
  });

  it('passes where delivered quantities are invoiced', async () => {
    const { templateId } = await changes.product();
    await changes.write('product.template', templateId, { invoice_policy: 'delivery' });
    await leavesTheBooksAlone();
  });

  it('passes with a product tracked by lot', async () => {
    await changes.track('lot');
    await leavesTheBooksAlone();
  });

  async function groupId(module: string, name: string): Promise<number> {
    const domain = [['module', '=', module] as const, ['name', '=', name] as const];
    const [group] = await changes.access.searchRead('ir.model.data', domain, { res_id: 'number' });
    return group?.res_id ?? 0;
  }
});

describe('order to cash in north', () => {
  let changes: Changes;

  beforeEach(async () => {
    changes = await Changes.in('north');
  });
  afterEach(async () => {
    await changes.putBack();
  });

  it('follows a chain of two steps', async () => {
    const { id } = await changes.warehouse();
    await changes.write('stock.warehouse', id, { delivery_steps: 'pick_ship' });
    await play('north', SCENARIO);
    const { report, booksBefore, booksAfter, rows } = await play('north', SCENARIO);
    expect(report).toMatchObject(PASSED_CLEAN);
    expect(booksAfter).toEqual(booksBefore);
    expect(rows).toBe(TWO_STEP_ROWS);
  });

  it('passes beside a second warehouse', async () => {
    const code = `W${Date.now().toString(36).slice(-4)}`.toUpperCase();
    const values = { name: `Second ${code}`, code, company_id: changes.companyId };
    await changes.create('stock.warehouse', values, { active: false });
    const { report, booksBefore, booksAfter } = await play('north', SCENARIO);
    expect(report).toMatchObject(PASSED_CLEAN);
    expect(booksAfter).toEqual(booksBefore);
  });

  it('is skipped while e-mail is sent on delivery', async () => {
    await changes.write('res.company', changes.companyId, { stock_move_email_validation: true });
    await skipsBefore('e-mail on delivery is on in the synthetic company');
  });

  it('is skipped while an SMS would be sent on delivery', async () => {
    const [customer] = await changes.access.searchRead(
      'res.partner',
      [['ref', '=', 'ORDERWATCH-CUSTOMER']],
      { name: 'text' },
    );
    await changes.write('res.partner', customer?.id ?? 0, { phone: '+1 555 0100' });
    await changes.write('res.company', changes.companyId, {
      stock_text_confirmation: true,
      stock_confirmation_type: 'sms',
    });
    await skipsBefore('SMS on delivery is on and the synthetic customer has a phone');
  });

  async function skipsBefore(reason: string): Promise<void> {
    const { report, rows } = await play('north', SCENARIO);
    expect(report.outcome).toEqual({ kind: 'skipped', reason });
    expect(report.documents).toEqual([]);
    // The sign-in.
    expect(rows).toBe(1);
  }
});

it('declares the rows of the longest chain', () => {
  expect(orderToCash.rows.rpc).toBe(Math.max(...Object.values(ROWS)));
});
