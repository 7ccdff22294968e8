import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import invoicePosting from '../../scenarios/invoice-posting.ts';
import { expectBooksAlone, expectWhole, play, playBefore, undone } from '../support/books.ts';
import { Changes } from '../support/changes.ts';
import { tenants } from '../support/lab.ts';

const SCENARIO = 'invoice-posting';

it.concurrent.each(tenants)(
  'invoice posting passes in %s over each transport, deletes the reset draft and leaves the rows that it declares',
  async (tenant) => {
    await playBefore(tenant, SCENARIO);
    for (const transport of invoicePosting.transports) {
      const played = await play(tenant, SCENARIO, transport);
      expectWhole(played, invoicePosting, ['create invoice', 'post invoice']);
      expect(undone(played.report)).toEqual([
        'account.move.button_draft',
        'account.move.unlink',
        'sale.order.action_cancel',
      ]);
      expect(played.rows, transport).toBe(invoicePosting.rows[transport]);
    }
  },
);

describe.each(tenants)('invoice posting in %s', (tenant) => {
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

  it('cancels where an audit trail keeps every posted invoice', async () => {
    await changes.write('res.company', changes.companyId, { restrictive_audit_trail: true });
    expect(await leavesTheBooksAlone()).toContain('account.move.button_cancel');
  });
});

it('is skipped in a locked period, before anything is written', async () => {
  const changes = await Changes.in('north');
  const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  try {
    await changes.write('res.company', changes.companyId, { sale_lock_date: day });
    const { report } = await play('north', SCENARIO);
    expect(report.outcome).toEqual({
      kind: 'skipped',
      reason: `the books of the synthetic company are locked up to ${day}`,
    });
    expect(report.documents).toEqual([]);
  } finally {
    await changes.putBack();
  }
});
