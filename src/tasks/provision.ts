/**
 * Makes what the probes need in one tenant: synthetic company, warehouse, number series, customer, product,
 * stock and probe user. Searches before it creates, installs nothing, and lists every change.
 */
import { COMPANY_NAME } from '../domain/fixtures.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Access } from '../engine/access.ts';
import type { Secret } from '../lib/secret.ts';
import { provisionCompany } from './provision-company.ts';
import { provisionGoods } from './provision-goods.ts';
import { provisionUser } from './provision-user.ts';

/** What a tenant's owner must settle first; the message says how. */
export class ProvisionError extends Error {
  override readonly name = 'ProvisionError';
}

export interface Provisioner {
  readonly tenant: Tenant;
  /** The administrator, with archived records in sight. */
  readonly admin: Access;
  /** The administrator inside the synthetic company. */
  inCompany(companyId: number): Access;
  /** Notes a change and makes it, unless this is a dry run; then the answer is undefined. */
  change<T>(what: string, make: () => Promise<T>): Promise<T | undefined>;
  readonly password: Secret;
  /** Whether the probe user can sign in with that password. */
  canSignIn(): Promise<boolean>;
}

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

export const archived = (what: string): ProvisionError =>
  new ProvisionError(
    `${what} of ${COMPANY_NAME} is archived: somebody withdrew it; unarchive it in Odoo to go on`,
  );
