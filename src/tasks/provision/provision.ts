/**
 * Makes what the probes need in one tenant: synthetic company, warehouse, number series, customer, product,
 * stock and probe user. Searches before it creates, installs nothing, and lists every change.
 */
import type { Access } from '../../engine/access.ts';
import { provisionCompany } from './company.ts';
import { provisionGoods } from './goods.ts';
import { ProvisionError, type Provisioner } from './provisioner.ts';
import { provisionUser } from './user.ts';

/** Throws ProvisionError, or Failed when Odoo refuses. Running it again changes nothing more. */
export async function provision(to: Provisioner): Promise<void> {
  await requireOffered(to);
  const company = await provisionCompany(to);
  await provisionGoods(to, company);
  await provisionUser(to, company);
}

/** Language, currency and modules are the customer's own choices: they are asked for, never switched on. */
async function requireOffered({ tenant, admin }: Provisioner): Promise<void> {
  const { currency, language } = tenant.provision;
  await requireOne(admin, 'ir.module.module', 'sale_stock', [
    ['name', '=', 'sale_stock'],
    ['state', '=', 'installed'],
  ]);
  await requireOne(admin, 'res.lang', language, [
    ['code', '=', language],
    ['active', '=', true],
  ]);
  await requireOne(admin, 'res.currency', currency, [
    ['name', '=', currency],
    ['active', '=', true],
  ]);
}

async function requireOne(
  admin: Access,
  model: string,
  name: string,
  domain: Parameters<Access['count']>[1],
): Promise<void> {
  if ((await admin.count(model, domain)) > 0) return;
  const what = { 'ir.module.module': 'module', 'res.lang': 'language' }[model] ?? 'currency';
  const remedy = what === 'module' ? 'install' : 'activate';
  throw new ProvisionError(`${what} ${name} is not active in Odoo: ${remedy} it there first`);
}
