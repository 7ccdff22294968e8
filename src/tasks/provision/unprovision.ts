/**
 * Archives what `provision` made in one tenant and says what stays: Odoo lets nothing go that has a history. The
 * company is the last, for with it Odoo takes all that belongs to it out of everybody's sight.
 */
import { Failed } from '../../domain/failure.ts';
import { COMPANY_NAME, CUSTOMER_REF, PARTNER_REF, PRODUCT_CODE } from '../../domain/fixtures.ts';
import type { Access } from '../../engine/access.ts';
import { findOpenDocuments } from '../../engine/open-documents.ts';
import type { Domain, OdooValue } from '../../scenario/index.ts';
import { type Administrator, ProvisionError, WAREHOUSE } from './provisioner.ts';
import { historyOf } from './stays.ts';

interface Work extends Administrator {
  readonly companyId: number;
  readonly access: Access;
  /** What Odoo would not let go, and why. */
  readonly refused: string[];
}

/**
 * Answers what stays, a line each; what Odoo refuses to archive is among it. Throws ProvisionError while
 * documents are open, or Failed. Running it again changes nothing more.
 */
export async function unprovision(to: Administrator): Promise<readonly string[]> {
  const [company] = await to.admin.searchRead('res.company', [['name', '=', COMPANY_NAME]], {
    active: 'boolean',
    partner_id: 'many2one',
  });
  if (company === undefined) return [];
  if (!company.active) {
    return [`what company ${COMPANY_NAME} holds; it is archived, so Odoo shows none of it`];
  }
  const access = to.inCompany(company.id);
  const work: Work = { ...to, companyId: company.id, access, refused: [] };
  await requireNothingOpen(work);
  await archiveUser(work);
  // A run that was under way meanwhile cannot undo any more what it made.
  await requireNothingOpen(work);
  await archiveGoods(work);
  await archive(work, `contact of ${COMPANY_NAME}`, 'res.partner', company.partner_id?.id);
  const history = await historyOf(work.access, company.id);
  await archive(work, `company ${COMPANY_NAME}`, 'res.company', company.id);
  return [...work.refused, ...history];
}

/** Only the synthetic company's: who has that login elsewhere is not ours. */
async function findProbe({ tenant, admin, companyId }: Work) {
  const [found] = await admin.searchRead(
    'res.users',
    [
      ['login', '=', tenant.credentials.login],
      ['company_id', '=', companyId],
    ],
    { active: 'boolean', partner_id: 'many2one' },
  );
  return found;
}

async function requireNothingOpen(work: Work): Promise<void> {
  const probe = await findProbe(work);
  // Activities that are done are archived, and not open: archived records stay out of sight here.
  const access = work.inCompany(work.companyId, { active_test: true });
  const open = await findOpenDocuments(access, work.companyId, probe?.id ?? NOBODY);
  if (open.length === 0) return;
  const remedy = 'run: orderwatch sweep';
  const able =
    probe?.active === false ? `unarchive its probe user in Odoo, then ${remedy}` : remedy;
  throw new ProvisionError(`synthetic documents still open: ${open.length} (${able})`);
}

/** An id that no user has: what carries a mark is found all the same. */
const NOBODY = -1;

async function archiveUser(work: Work): Promise<void> {
  const probe = await findProbe(work);
  const who = `probe user ${work.tenant.credentials.login}`;
  await archive(work, who, 'res.users', probe?.id);
  // Every company of the tenant sees the contact; Odoo brings it back together with the user.
  await archive(work, `contact of ${who}`, 'res.partner', probe?.partner_id?.id);
}

async function archiveGoods(work: Work): Promise<void> {
  await emptyShelves(work);
  const product = await firstOf(work, 'product.product', [['default_code', '=', PRODUCT_CODE]]);
  await archive(work, `product ${PRODUCT_CODE}`, 'product.product', product);
  const customer = await firstOf(work, 'res.partner', [['ref', '=', CUSTOMER_REF]]);
  await archive(work, `customer ${CUSTOMER_REF}`, 'res.partner', customer);
  const partner = await firstOf(work, 'res.partner', [['ref', '=', PARTNER_REF]]);
  await archive(work, `trading partner ${PARTNER_REF}`, 'res.partner', partner);
  const warehouse = await firstOf(work, 'stock.warehouse');
  await archive(work, `warehouse ${WAREHOUSE}`, 'stock.warehouse', warehouse);
}

/** Odoo archives no warehouse with goods in it. */
async function emptyShelves(work: Work): Promise<void> {
  const quants = await work.access.searchRead(
    'stock.quant',
    [
      ['company_id', '=', work.companyId],
      ['product_id.default_code', '=', PRODUCT_CODE],
      ['location_id.usage', '=', 'internal'],
      '|',
      ['quantity', '!=', 0],
      ['reserved_quantity', '!=', 0],
    ],
    { reserved_quantity: 'number' },
  );
  if (quants.length === 0) return;
  const ids = quants.map(({ id }) => id);
  const call = (method: string, ...args: readonly OdooValue[]): Promise<unknown> =>
    work.access.write('stock.quant', method, args, { inventory_mode: true });
  const stock = `stock of ${PRODUCT_CODE}`;
  await unlessRefused(work, stock, `set ${stock} to 0`, async () => {
    // With nothing open no move holds these any more; Odoo clears them when somebody opens its inventory.
    if (quants.some((quant) => quant.reserved_quantity !== 0)) await call('action_view_inventory');
    await call('write', ids, { inventory_quantity: 0 });
    await call('action_apply_inventory', ids);
  });
}

async function firstOf(
  { access, companyId }: Work,
  model: string,
  more: Domain = [],
): Promise<number | undefined> {
  const domain: Domain = [['company_id', '=', companyId], ...more];
  const [found] = await access.searchRead(model, domain, {}, { order: 'id', limit: 1 });
  return found?.id;
}

async function archive(
  work: Work,
  what: string,
  model: string,
  id: number | undefined,
): Promise<void> {
  const [found] = await work.access.read(model, id === undefined ? [] : [id], {
    active: 'boolean',
  });
  if (found?.active !== true) return;
  await unlessRefused(work, what, `archive ${what}`, () =>
    // With archived users in sight Odoo would take a contact for still in use.
    work.access.write(model, 'action_archive', [[found.id]], { active_test: true }),
  );
}

async function unlessRefused(
  { change, refused }: Work,
  what: string,
  toDo: string,
  make: () => Promise<unknown>,
): Promise<void> {
  try {
    await change(toDo, make);
  } catch (thrown) {
    const said =
      thrown instanceof Failed && ['odoo.refused', 'odoo.access'].includes(thrown.failure.code);
    if (!said) throw thrown;
    refused.push(`${what}: ${thrown.failure.message}`);
  }
}
