import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import orderToCash from '../../scenarios/order-to-cash.ts';
import { expectWhole, PASSED_CLEAN, play, playBefore } from '../support/books.ts';
import { Changes } from '../support/changes.ts';
import { tenants } from '../support/lab.ts';

const SCENARIO = 'order-to-cash';
/** Of one run; what the scenario declares is the most. */
const ROWS = {
  rpc: { north: 17, south: 43 },
  browser: { north: 30, south: 66 },
} as const;
const BY_HAND = [
  'create quotation',
  'confirm order',
  'deliver goods',
  'create invoice',
  'post invoice',
];
const TWO_STEP_ROWS = 30;

it.concurrent.each(tenants)(
  'order to cash passes in %s over each transport, undoes all, and leaves the rows that it declares',
  async (tenant) => {
    await playBefore(tenant, SCENARIO);
    for (const transport of orderToCash.transports) {
      const played = await play(tenant, SCENARIO, transport);
      expectWhole(played, orderToCash, BY_HAND);
      expect(played.rows, transport).toBe(ROWS[transport][tenant]);
    }
  },
);

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
    await playBefore('north', SCENARIO);
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

it.each(orderToCash.transports)('declares the rows of the longest chain over %s', (transport) => {
  expect(orderToCash.rows[transport]).toBe(Math.max(...Object.values(ROWS[transport])));
});
