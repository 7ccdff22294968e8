import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import invoicePosting from '../../scenarios/invoice-posting.ts';
import { expectBooksAlone, measured, PASSED_CLEAN, play, undone } from '../support/books.ts';
import { Changes } from '../support/changes.ts';
import { tenants } from '../support/lab.ts';

const SCENARIO = 'invoice-posting';

describe.each(tenants)('invoice posting over RPC in %s', (tenant) => {
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

  it('passes, deletes the reset draft and leaves the rows that it declares', async () => {
    await play(tenant, SCENARIO);
    const { report, booksBefore, booksAfter, rows, residue } = await play(tenant, SCENARIO);
    expect(report).toMatchObject(PASSED_CLEAN);
    expect(measured(report)).toEqual(invoicePosting.steps);
    expect(undone(report)).toEqual([
      'account.move.button_draft',
      'account.move.unlink',
      'sale.order.action_cancel',
    ]);
    expect(residue).toBe(`${tenant}: residue none\n`);
    expect(booksAfter).toEqual(booksBefore);
    expect(rows).toBe(invoicePosting.rows.rpc);
  });

  it('cancels where an audit trail keeps every posted invoice', async () => {
    await changes.write('res.company', changes.companyId, { restrictive_audit_trail: true });
    expect(await leavesTheBooksAlone()).toContain('account.move.button_cancel');
  });

  it('reverses and reconciles where the journal is locked by hash', async () => {
    const code = `H${Date.now().toString(36).slice(-4)}`.toUpperCase();
    const values = { name: `Locked ${code}`, code, type: 'sale', sequence: 0 };
    await changes.create(
      'account.journal',
      { ...values, restrict_mode_hash_table: true },
      { active: false },
    );
    expect(await leavesTheBooksAlone()).toEqual([
      'account.move.reversal.refund_moves',
      'account.move.action_post',
      'sale.order.action_cancel',
    ]);
  });

  it('delivers first where delivered quantities are invoiced', async () => {
    const { templateId } = await changes.product();
    await changes.write('product.template', templateId, { invoice_policy: 'delivery' });
    expect(await leavesTheBooksAlone()).toContain('stock.picking.button_validate');
  });

  it('adds up where prices include tax', async () => {
    const { templateId } = await changes.product();
    const tax = await changes.create(
      'account.tax',
      {
        name: `Included ${Date.now()}`,
        amount: 20,
        amount_type: 'percent',
        type_tax_use: 'sale',
        price_include_override: 'tax_included',
        company_id: changes.companyId,
      },
      { active: false },
    );
    await changes.write('product.template', templateId, { taxes_id: [[6, 0, [tax]]] });
    await leavesTheBooksAlone();
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
