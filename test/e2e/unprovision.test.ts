/** Taking a tenant back: refused while something is open, archived once, and what stays is said. */
import { afterEach, expect, it } from 'vitest';
import { COMPANY_NAME } from '../../src/domain/fixtures.ts';
import type { Access } from '../../src/engine/access.ts';
import type { OdooValues } from '../../src/scenario/index.ts';
import { PASSED_CLEAN } from '../support/books.ts';
import { Changes } from '../support/changes.ts';
import { type CliResult, orderwatch } from '../support/cli.ts';
import { admin, labConfig, probe } from '../support/lab.ts';
import { deadOrder, stockOf } from '../support/orders.ts';
import { stage } from '../support/runs.ts';

const ADMIN = { ORDERWATCH_ADMIN_LOGIN: 'admin', ORDERWATCH_ADMIN_PASSWORD: 'admin' };
const ARCHIVING = [
  'archive probe user orderwatch-probe',
  'archive contact of probe user orderwatch-probe',
  'set stock of ORDERWATCH-PRODUCT to 0',
  'archive product ORDERWATCH-PRODUCT',
  'archive customer ORDERWATCH-CUSTOMER',
  'archive trading partner ORDERWATCH-PARTNER',
  'archive warehouse ZZOW',
  'archive contact of ZZ orderwatch',
  'archive company ZZ orderwatch',
];

const putBack: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (let undo = putBack.pop(); undo !== undefined; undo = putBack.pop()) await undo();
});

it('archives what Odoo lets it, once, and says what stays', async () => {
  const owner = await admin('north');
  await rememberAll(owner);
  const orders = await owner.count('sale.order', [['company_id.name', '=', COMPANY_NAME]]);

  const dry = await command('unprovision', '--dry-run');
  const [title, ...would] = dry.stdout.trimEnd().split('\n');
  expect([dry.code, title]).toEqual([0, 'north (dry run)']);
  expect(would.slice(0, ARCHIVING.length)).toEqual(ARCHIVING.map((what) => `  would ${what}`));

  const leave = await employ(owner);
  const first = await command('unprovision');
  const archiving = ARCHIVING.map((what) => `  ${what}`);
  expect(first.stdout).toContain(['north', ...archiving, '  8 changes made', ''].join('\n'));
  expect(first.stdout).toContain(
    '  stays: company ZZ orderwatch: The company ZZ orderwatch cannot',
  );
  expect(first.code).toBe(0);

  await leave();
  const { code, stdout } = await command('unprovision');
  const [, ...lines] = stdout.trimEnd().split('\n');
  expect([code, ...lines.slice(0, 2)]).toEqual([0, archiving.at(-1), '  1 change made']);
  const stays = lines.slice(2);
  expect(stays.every((line) => line.startsWith('  stays: '))).toBe(true);
  if (orders > 0) {
    const counted = orders.toLocaleString('en-US');
    expect(stays).toContain(`  stays: ${counted} sale.order, all cancelled`);
  }
  expect(stays).toContain('  stays: chart of accounts us');
  await expect(probe('north')).rejects.toThrow('or the user is archived');

  const [third, again] = await Promise.all([command('unprovision'), command('provision')]);
  expect(third.stdout).toBe(`north
  nothing to change
  stays: what company ZZ orderwatch holds; it is archived, so Odoo shows none of it
`);
  expect(again.code).toBe(1);
  expect(again.stdout).toContain('the company of ZZ orderwatch is archived');
});

it('found everything put back by the test before', async () => {
  const { reports, stderr } = await (await stage({ tenants: ['north'] })).run();
  expect(reports[0], stderr).toMatchObject(PASSED_CLEAN);
});

it('stops before any change while a synthetic document is open', async () => {
  const access = await probe('north');
  const order = await deadOrder('north', access, -3_600_000);
  putBack.push(() => access.write('sale.order', 'action_cancel', [[order]]));
  expect(await command('unprovision')).toMatchObject({
    code: 1,
    stdout: 'north\n  stopped: synthetic documents still open: 1 (run: orderwatch sweep)\n',
  });
});

async function command(name: string, ...args: readonly string[]): Promise<CliResult> {
  const { file } = await labConfig({ tenants: ['north'] });
  return await orderwatch([name, '--config', file, ...args], { env: ADMIN });
}

/** Somebody whose company is the synthetic one, so that Odoo will not archive it until they leave. */
async function employ(owner: Access): Promise<() => Promise<unknown>> {
  const { companyId } = await Changes.in('north');
  const values = { name: 'Somebody', login: `somebody-${Date.now()}`, company_id: companyId };
  const id = await owner.create(
    'res.users',
    { ...values, company_ids: [[6, 0, [companyId]]] },
    { no_reset_password: true },
  );
  const leave = () => owner.write('res.users', 'action_archive', [[id]]);
  putBack.push(leave);
  return leave;
}

/** Everything that unprovision archives, to be unarchived from the company inwards. */
async function rememberAll(owner: Access): Promise<void> {
  const changes = await Changes.in('north');
  const { companyId } = changes;
  const own = [['company_id', '=', companyId] as const];
  const ofCompany: OdooValues = { allowed_company_ids: [companyId] };
  const unarchive = async (model: string, ids: readonly number[], context = ofCompany) =>
    await owner.write(model, 'action_unarchive', [ids], context);
  const [company] = await owner.read('res.company', [companyId], { partner_id: 'many2one' });
  const [user] = await owner.searchRead('res.users', [['login', '=', 'orderwatch-probe']], {});
  const partners = (await owner.searchRead('res.partner', own, {})).map(({ id }) => id);
  const product = await changes.product();
  const warehouse = await changes.warehouse();
  const { onHand } = await stockOf(owner);
  const types = await owner.searchRead('stock.picking.type', own, { active: 'boolean' });
  const idle = types.filter(({ active }) => !active).map(({ id }) => id);

  putBack.push(
    async () => {
      const quant = { product_id: product.id, location_id: warehouse.stockId };
      const inventory = { ...ofCompany, inventory_mode: true };
      const values = { ...quant, inventory_quantity: onHand };
      const id = await owner.create('stock.quant', values, inventory);
      await owner.write('stock.quant', 'action_apply_inventory', [[id]], inventory);
    },
    () => unarchive('res.users', [user?.id ?? 0]),
    () => unarchive('res.partner', [...partners, company?.partner_id?.id ?? 0]),
    () => unarchive('product.product', [product.id]),
    // Odoo unarchives more types of operation than were active.
    () => owner.write('stock.picking.type', 'write', [idle, { active: false }], ofCompany),
    () => unarchive('stock.warehouse', [warehouse.id]),
    () => unarchive('res.company', [companyId], {}),
  );
}
