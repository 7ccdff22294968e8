/** The synthetic company: its chart of accounts, its warehouse and its own order numbers. */
import { COMPANY_NAME } from '../../domain/fixtures.ts';
import type { Access } from '../../engine/access.ts';
import {
  archived,
  type Company,
  idOf,
  ProvisionError,
  type Provisioner,
  WAREHOUSE,
} from './provisioner.ts';

export async function provisionCompany(to: Provisioner): Promise<Company> {
  const id = await ensureCompany(to);
  if (id === undefined) {
    // A dry run of a new tenant: what follows has nothing to look into yet.
    await to.change('load its chart of accounts', nothing);
    await to.change(
      `create warehouse ${WAREHOUSE} (${to.tenant.provision.deliverySteps})`,
      nothing,
    );
    await to.change(`create order numbers ${PREFIX}`, nothing);
    return {};
  }
  const inCompany = to.inCompany(id);
  await ensureChart(to, inCompany, id);
  const stockLocationId = await ensureWarehouse(to, inCompany, id);
  await ensureOrderNumbers(to, inCompany, id);
  return { id, ...(stockLocationId === undefined ? {} : { stockLocationId }) };
}

const PREFIX = 'ZZOW/';
const nothing = (): Promise<undefined> => Promise.resolve(undefined);

async function ensureCompany({ tenant, admin, change }: Provisioner): Promise<number | undefined> {
  const [found] = await admin.searchRead('res.company', [['name', '=', COMPANY_NAME]], {
    active: 'boolean',
    partner_id: 'many2one',
  });
  if (found !== undefined) {
    if (!found.active) throw archived('the company');
    const contact = found.partner_id === undefined ? [] : [found.partner_id.id];
    const [partner] = await admin.read('res.partner', contact, { active: 'boolean' });
    if (partner?.active === false) throw archived('the contact');
    return found.id;
  }
  const { country, currency } = tenant.provision;
  const countryId = await idOf(admin, 'res.country', 'code', country);
  const currencyId = await idOf(admin, 'res.currency', 'name', currency);
  return await change(`create company ${COMPANY_NAME} (${country}, ${currency})`, () =>
    // Without install_mode Odoo would install the country's localisation modules there and then.
    admin.create(
      'res.company',
      { name: COMPANY_NAME, country_id: countryId, currency_id: currencyId },
      { install_mode: true },
    ),
  );
}

async function ensureChart(to: Provisioner, inCompany: Access, id: number): Promise<void> {
  const chartOf = async (): Promise<string | undefined> => {
    const [company] = await inCompany.read('res.company', [id], { chart_template: 'text' });
    return company?.chart_template;
  };
  if ((await chartOf()) !== undefined) return;
  const chart = await chooseChart(to);
  await to.change(`load chart of accounts ${chart}`, async () => {
    // A record method: without the empty list of ids in front Odoo takes the code for ids and does nothing.
    await inCompany.write('account.chart.template', 'try_loading', [[], chart, id, false]);
    const loaded = await chartOf();
    if (loaded !== chart) throw new ProvisionError(`chart of accounts ${chart} did not load`);
  });
}

/** The installed chart of the company's country, or the generic one. */
async function chooseChart({ tenant, admin }: Provisioner): Promise<string> {
  const answer = await admin.ask('res.company', 'fields_get', [['chart_template']], {
    attributes: ['selection'],
  });
  const { chart_template: field } = (answer ?? {}) as {
    readonly chart_template?: { readonly selection?: readonly (readonly [string, string])[] };
  };
  const offered = (field?.selection ?? []).map(([code]) => code);
  const own = tenant.provision.country.toLowerCase();
  const chart = [own, 'generic_coa'].find((code) => offered.includes(code));
  if (chart !== undefined) return chart;
  throw new ProvisionError(
    `no chart of accounts for ${own}: install its localisation in Odoo first`,
  );
}

async function ensureWarehouse(
  to: Provisioner,
  inCompany: Access,
  companyId: number,
): Promise<number | undefined> {
  const { deliverySteps } = to.tenant.provision;
  const find = async () =>
    (
      await inCompany.searchRead(
        'stock.warehouse',
        [['company_id', '=', companyId]],
        { active: 'boolean', delivery_steps: 'text', lot_stock_id: 'many2one' },
        { order: 'id' },
      )
    )[0];
  const found = await find();
  if (found === undefined) {
    const values = { name: COMPANY_NAME, code: WAREHOUSE, company_id: companyId };
    await to.change(`create warehouse ${WAREHOUSE} (${deliverySteps})`, () =>
      inCompany.create('stock.warehouse', { ...values, delivery_steps: deliverySteps }),
    );
  } else if (!found.active) {
    throw archived('the warehouse');
  } else if (found.delivery_steps !== deliverySteps) {
    await to.change(`set delivery steps of the warehouse to ${deliverySteps}`, () =>
      inCompany.write('stock.warehouse', 'write', [[found.id], { delivery_steps: deliverySteps }]),
    );
  }
  return (await find())?.lot_stock_id?.id;
}

/** One series is shared by all companies unless a company has its own: ours must leave no gaps in theirs. */
async function ensureOrderNumbers(
  to: Provisioner,
  inCompany: Access,
  companyId: number,
): Promise<void> {
  const existing = await inCompany.count('ir.sequence', [
    ['code', '=', 'sale.order'],
    ['company_id', '=', companyId],
  ]);
  if (existing > 0) return;
  await to.change(`create order numbers ${PREFIX}`, () =>
    inCompany.create('ir.sequence', {
      name: `${COMPANY_NAME} orders`,
      code: 'sale.order',
      prefix: PREFIX,
      padding: 6,
      company_id: companyId,
    }),
  );
}
