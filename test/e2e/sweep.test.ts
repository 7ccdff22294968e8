import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { labPaths } from '../../deploy/lab/faults.ts';
import { COMPANY_NAME, CUSTOMER_REF } from '../../src/domain/fixtures.ts';
import type { Access } from '../../src/engine/access.ts';
import { clearReservations } from '../support/books.ts';
import { Changes } from '../support/changes.ts';
import { admin, type LabTenant, probe } from '../support/lab.ts';
import { confirm, deadOrder, deliver, invoice, stockOf } from '../support/orders.ts';
import { stage } from '../support/runs.ts';

const HOPS = { north: 1, south: 3 } as const;

afterAll(async () => {
  const { command } = await stage();
  await command('sweep');
});

/** What a dead run can have left, by the work that came before it died. */
const leftBehind: Readonly<
  Record<string, (tenant: LabTenant, access: Access, order: number) => Promise<unknown>>
> = {
  'a quotation': () => Promise.resolve(),
  'a confirmed order': (_, access, order) => confirm(access, order),
  'a draft invoice': async (_, access, order) => {
    await confirm(access, order);
    await invoice(access, order, false);
  },
  'a delivered and invoiced order': async (tenant, access, order) => {
    await confirm(access, order);
    await deliver(access, order, HOPS[tenant]);
    await invoice(access, order, true);
  },
  'a cancelled order whose goods have left': async (tenant, access, order) => {
    await confirm(access, order);
    await deliver(access, order, HOPS[tenant]);
    await access.write('sale.order', 'action_cancel', [[order]]);
  },
};

async function undoesAll(tenant: LabTenant): Promise<void> {
  const access = await probe(tenant);
  const before = await stockOf(access);
  for (const [what, bringTo] of Object.entries(leftBehind)) {
    const order = await deadOrder(tenant, access);
    await bringTo(tenant, access, order);
    await sweepsClean(tenant);
    expect(await stockOf(access), what).toEqual(before);
    const [sale] = await access.read('sale.order', [order], { state: 'text' });
    expect(sale?.state, what).toBe('cancel');
  }
  await finishesReturn(tenant, access);
  expect(await stockOf(access)).toEqual(before);
}

/** A return that an earlier undo only began is finished, and not made again. */
async function finishesReturn(tenant: LabTenant, access: Access): Promise<void> {
  const order = await deadOrder(tenant, access);
  await confirm(access, order);
  await deliver(access, order, 1);
  const ofOrder = [['sale_id', '=', order] as const, ['state', '=', 'done'] as const];
  const [done] = await access.searchRead('stock.picking', ofOrder, { name: 'text' });
  const wizard = await access.create('stock.return.picking', { picking_id: done?.id ?? 0 });
  await access.write('stock.return.picking', 'action_create_returns_all', [[wizard]]);
  await sweepsClean(tenant);
  expect(await access.count('stock.picking', [['return_id', '=', done?.id ?? 0]])).toBe(1);
}

async function sweepsClean(tenant: LabTenant): Promise<void> {
  const { command } = await stage({ tenants: [tenant] });
  expect(await command('residue')).toMatchObject({ code: 1 });
  const swept = await command('sweep');
  expect(`${swept.stdout}${swept.stderr}`).toContain(`${tenant}: residue none`);
  expect(swept.code).toBe(0);
  expect(await command('residue', '--now')).toMatchObject({ code: 0 });
}

// Each tenant beside the other, and in each one after the other.
describe.concurrent('a sweep in south', () => {
  beforeEach(() => clearReservations('south'));

  it('undoes whatever a dead run left, without any local state', { concurrent: false }, () =>
    undoesAll('south'),
  );

  it('takes a chain that stopped half-way back hop by hop', { concurrent: false }, async () => {
    const access = await probe('south');
    const before = await stockOf(access);
    const order = await deadOrder('south', access);
    await confirm(access, order);
    await deliver(access, order, 2);
    expect((await stockOf(access)).elsewhere).toBe(before.elsewhere + 2);
    await sweepsClean('south');
    expect(await stockOf(access)).toEqual(before);
  });

  it('takes from another shelf what somebody took from where the goods were waiting', {
    concurrent: false,
  }, async () => {
    const access = await probe('south');
    const before = await stockOf(access);
    const order = await deadOrder('south', access);
    await confirm(access, order);
    await deliver(access, order, 2);
    const changes = await Changes.in('south');
    const [{ id }, { stockId, outputId }] = [await changes.product(), await changes.warehouse()];
    // A count never put back: the sweep has to make up for it.
    await changes.stock(id, outputId, 1);
    await changes.stock(id, stockId, before.onHand - 1);
    await sweepsClean('south');
    expect(await stockOf(access)).toEqual(before);
  });
});

describe.concurrent('a sweep in north', () => {
  beforeEach(() => clearReservations('north'));

  it('undoes whatever a dead run left, without any local state', { concurrent: false }, () =>
    undoesAll('north'),
  );

  it('reverses an invoice that its journal does not let go, and reconciles it', {
    concurrent: false,
  }, async () => {
    const owner = await admin('north');
    const access = await probe('north');
    const [company] = await owner.searchRead('res.company', [['name', '=', COMPANY_NAME]], {
      name: 'text',
    });
    // A locked journal stays locked: it gets one of its own, so that the company's is as it was.
    const code = `H${Date.now().toString(36).slice(-4)}`.toUpperCase();
    const journal = await owner.create(
      'account.journal',
      {
        name: `Locked ${code}`,
        code,
        type: 'sale',
        company_id: company?.id ?? 0,
        restrict_mode_hash_table: true,
      },
      { allowed_company_ids: [company?.id ?? 0] },
    );
    const order = await deadOrder('north', access);
    await confirm(access, order);
    const id = await invoice(access, order, false);
    await access.write('account.move', 'write', [[id], { journal_id: journal }]);
    await access.write('account.move', 'action_post', [[id]]);
    await sweepsClean('north');
    const [bill] = await access.read('account.move', [id], {
      state: 'text',
      payment_state: 'text',
      amount_residual: 'number',
    });
    expect(bill).toMatchObject({ state: 'posted', payment_state: 'reversed', amount_residual: 0 });
  });

  it('changes nothing when it runs a second time', { concurrent: false }, async () => {
    const access = await probe('north');
    const order = await deadOrder('north', access);
    await confirm(access, order);
    await deliver(access, order, 1);
    await sweepsClean('north');
    const pickings = await access.count('stock.picking', [['sale_id', '=', order]]);
    const { command } = await stage({ tenants: ['north'] });
    const second = await command('sweep', '--json');
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({ tenants: [{ residue: [], actions: [] }] });
    expect(await access.count('stock.picking', [['sale_id', '=', order]])).toBe(pickings);
  });

  it('leaves a document alone until its deadline and grace have passed', {
    concurrent: false,
  }, async () => {
    const access = await probe('north');
    const order = await deadOrder('north', access, -600_000);
    const { command } = await stage({ tenants: ['north'] });
    expect(await command('residue')).toMatchObject({ code: 0 });
    expect(await command('residue', '--now')).toMatchObject({ code: 1 });
    expect(await command('sweep')).toMatchObject({ code: 0 });
    const [sale] = await access.read('sale.order', [order], { state: 'text' });
    expect(sale?.state).toBe('draft');
    await access.write('sale.order', 'action_cancel', [[order]]);
  });

  it('sweeps an unmarked draft of the probe user once it is older than the longest run', {
    concurrent: false,
  }, async () => {
    const access = await probe('north');
    const marked = await deadOrder('north', access);
    await access.write('sale.order', 'write', [[marked], { client_order_ref: false }]);
    const limits = { run: '1s', compensation: '1s', call: '1s', sweepGrace: '1s' };
    const patient = await stage({ tenants: ['north'] });
    expect(await patient.command('residue')).toMatchObject({ code: 0 });
    const hasty = await stage({ tenants: ['north'], limits });
    await sleep(4_500);
    expect(await hasty.command('residue')).toMatchObject({ code: 1 });
    expect(
      await (await stage({ tenants: ['north'], limits: { ...limits, run: '2s' } })).command(
        'sweep',
      ),
    ).toMatchObject({ code: 0 });
    const [sale] = await access.read('sale.order', [marked], { state: 'text' });
    expect(sale?.state).toBe('cancel');
  });

  it('writes nothing more in a tenant while three runs are overdue there', {
    concurrent: false,
  }, async () => {
    const access = await probe('north');
    for (let n = 0; n < 3; n += 1) await deadOrder('north', access);
    const { run, command } = await stage({ tenants: ['north'] });
    const blocked = await run();
    expect(blocked.code).toBe(3);
    expect(blocked.reports[0]?.outcome).toMatchObject({ kind: 'skipped' });
    await command('sweep');
    expect((await run()).code).toBe(0);
  });

  it('sees what is reserved by no document, and has Odoo clear it', {
    concurrent: false,
  }, async () => {
    const { id } = await (await Changes.in('north')).product();
    const { command } = await stage({ tenants: ['north'] });
    await labPaths().psql(
      'north',
      `update stock_quant set reserved_quantity = reserved_quantity + 3
      where id = (select q.id from stock_quant q join stock_location l on l.id = q.location_id
                   where q.product_id = ${id} and l.usage = 'internal' and q.quantity > 3 limit 1)`,
    );
    const seen = await command('residue', '--now');
    expect(seen).toMatchObject({ code: 1, stdout: 'north: nothing is open, yet 3 reserved\n' });
    const swept = await command('sweep');
    expect(swept).toMatchObject({
      code: 0,
      stdout: 'north: undone in 1 action\nnorth: residue none\n',
    });
  });

  it('says of what a customer owes without any document of ours that only people can settle it', {
    concurrent: false,
  }, async () => {
    const { access, companyId } = await Changes.in('north');
    const [customer] = await access.searchRead('res.partner', [['ref', '=', CUSTOMER_REF]], {
      name: 'text',
    });
    const line = { name: 'By hand', quantity: 1, price_unit: 5, tax_ids: [[6, 0, []]] };
    // In the journal that is in use: tests left archived ones.
    const inCompany = { allowed_company_ids: [companyId], active_test: true };
    const values = { move_type: 'out_invoice', partner_id: customer?.id ?? 0 };
    const invoice = await access.create(
      'account.move',
      { ...values, invoice_line_ids: [[0, 0, line]] },
      inCompany,
    );
    try {
      await access.write('account.move', 'action_post', [[invoice]], inCompany);
      const { command } = await stage({ tenants: ['north'] });
      const left = { code: 1, stdout: 'north: nothing is open, yet 5 owed by customers\n' };
      expect(await command('residue', '--now')).toMatchObject(left);
      expect(await command('sweep')).toMatchObject(left);
    } finally {
      await access.write('account.move', 'button_draft', [[invoice]], inCompany);
      await access.write('account.move', 'unlink', [[invoice]], inCompany);
    }
  });
});
