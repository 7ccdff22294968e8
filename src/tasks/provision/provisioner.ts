/** What `provision` and `unprovision` share: the administrator's two views, the list of changes, the refusals. */
import { COMPANY_NAME } from '../../domain/fixtures.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { Access } from '../../engine/access.ts';
import type { Secret } from '../../lib/secret.ts';
import type { OdooValues } from '../../scenario/index.ts';

/** What a tenant's owner must settle first; the message says how. */
export class ProvisionError extends Error {
  override readonly name = 'ProvisionError';
}

export interface Administrator {
  readonly tenant: Tenant;
  /** The administrator, with archived records in sight. */
  readonly admin: Access;
  /** The administrator inside the synthetic company; `context` is added to each call. */
  readonly inCompany: (companyId: number, context?: OdooValues) => Access;
  /** Notes a change and makes it, unless this is a dry run; then the answer is undefined. */
  readonly change: <T>(what: string, make: () => Promise<T>) => Promise<T | undefined>;
}

export interface Provisioner extends Administrator {
  readonly password: Secret;
  /** Whether the probe user can sign in with that password. */
  readonly canSignIn: () => Promise<boolean>;
}

/** Code of the synthetic company's warehouse. */
export const WAREHOUSE = 'ZZOW';

export interface Company {
  /** Absent in a dry run before the company exists. */
  readonly id?: number;
  readonly stockLocationId?: number;
}

export const archived = (what: string): ProvisionError =>
  new ProvisionError(
    `${what} of ${COMPANY_NAME} is archived: somebody withdrew it; unarchive it in Odoo to go on`,
  );

/** Throws ProvisionError when there is no such record. */
export async function idOf(
  access: Access,
  model: string,
  field: string,
  value: string,
): Promise<number> {
  const [found] = await access.searchRead(model, [[field, '=', value]], { [field]: 'text' });
  if (found === undefined) throw new ProvisionError(`${model} has no ${value}`);
  return found.id;
}
