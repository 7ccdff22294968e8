import { describe, expect, it } from 'vitest';
import { findMark } from '../../src/domain/mark.ts';
import { admin, probe, tenants } from '../support/lab.ts';
import { stage } from '../support/runs.ts';

describe.each(tenants)('order confirmation over RPC in %s', (tenant) => {
  it('passes, reads back every step and leaves nothing open', async () => {
    const { run, command } = await stage({ tenants: [tenant] });
    const { code, reports } = await run();
    expect(code).toBe(0);
    expect(reports).toHaveLength(1);
    const [report] = reports;
    expect(report).toMatchObject({
      tenant,
      scenario: 'order-confirmation',
      transport: 'rpc',
      wire: 'xmlrpc',
      outcome: { kind: 'passed' },
      compensation: { kind: 'clean' },
    });
    const measured = report?.steps.filter(({ phase }) => phase === 'measured');
    expect(measured?.map(({ name }) => name)).toEqual([
      'create quotation',
      'confirm order',
      'read back',
    ]);
    const residue = await command('residue', '--now');
    expect(residue).toMatchObject({ code: 0, stdout: `${tenant}: residue none\n` });
  });

  it('cancels the order it made, transfers too, and gives the reservation back', async () => {
    const { run } = await stage({ tenants: [tenant] });
    const access = await admin(tenant);
    const before = await reserved(tenant);
    const { reports } = await run();
    const id = reports[0]?.documents[0]?.id ?? 0;
    const [order] = await access.read('sale.order', [id], {
      state: 'text',
      client_order_ref: 'text',
      picking_ids: 'ids',
    });
    expect(order?.state).toBe('cancel');
    expect(findMark(order?.client_order_ref ?? '')?.runId).toBe(reports[0]?.runId);
    expect(order?.picking_ids.length).toBeGreaterThan(0);
    const pickings = await access.read('stock.picking', order?.picking_ids ?? [], {
      state: 'text',
    });
    expect(pickings.every(({ state }) => state === 'cancel')).toBe(true);
    expect(await reserved(tenant)).toBe(before);
  });
});

it('plays both tenants in one command and in the language of each probe user', async () => {
  const { run } = await stage();
  const { code, reports } = await run(['--repeat', '2']);
  expect(code).toBe(0);
  expect(reports.map(({ tenant }) => tenant)).toEqual(['north', 'south', 'north', 'south']);
  expect(new Set(reports.map(({ runId }) => runId)).size).toBe(4);
  const access = await probe('south');
  const [user] = await access.read('res.users', [access.uid], { lang: 'text', tz: 'text' });
  expect(user).toMatchObject({ lang: 'fr_FR', tz: 'Europe/Paris' });
});

it('never gives one slot to two commands that start at once', async () => {
  const stages = await Promise.all(Array.from({ length: 4 }, () => stage({ tenants: ['north'] })));
  const played = await Promise.all(stages.map(({ run }) => run(['--repeat', '2'])));
  const ids = played.flatMap(({ reports }) => reports.map(({ runId }) => runId));
  expect(ids).toHaveLength(8);
  expect(new Set(ids).size).toBe(8);
  // Apart from each other they competed for the goods, and Odoo may have kept a reservation that no move holds.
  expect((await stages[0]?.command('sweep'))?.code).toBe(0);
  expect((await stages[0]?.command('residue', '--now'))?.code).toBe(0);
});

it('runs one at a time in a tenant when commands share their state', async () => {
  const { run } = await stage({ tenants: ['south'] });
  const played = await Promise.all([run(), run(), run()]);
  const spans = played
    .flatMap(({ reports }) => reports)
    .map((report) => [Date.parse(report.startedAt), Date.parse(report.finishedAt)] as const)
    .sort(([a], [b]) => a - b);
  expect(spans).toHaveLength(3);
  spans.slice(1).forEach(([start], index) => {
    expect(start).toBeGreaterThanOrEqual(spans[index]?.[1] ?? 0);
  });
});

it('skips what consent does not cover and says exactly why', async () => {
  const draft = { level: 'draft', by: 'a test', until: '2099-01-01' };
  const { run } = await stage({ tenants: ['north'], tenant: () => ({ consent: draft }) });
  const { code, reports } = await run();
  expect(code).toBe(3);
  expect(reports[0]?.outcome).toEqual({
    kind: 'skipped',
    reason: 'consent is draft, this scenario needs reversible',
  });
});

it('skips a transport that the scenario does not offer', async () => {
  const { run } = await stage({ tenants: ['north'] });
  const { code, reports } = await run(['--transport', 'browser']);
  expect(code).toBe(3);
  expect(reports[0]?.outcome).toMatchObject({ kind: 'skipped' });
});

async function reserved(tenant: (typeof tenants)[number]): Promise<number> {
  const access = await admin(tenant);
  const quants = await access.searchRead(
    'stock.quant',
    [['product_id.default_code', '=', 'ORDERWATCH-PRODUCT']],
    { reserved_quantity: 'number' },
  );
  return quants.reduce((sum, quant) => sum + quant.reserved_quantity, 0);
}
