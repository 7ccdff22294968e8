/** Connects `provision` and `unprovision` to one tenant: the administrator's session, a dry run's brake, the probe's sign-in. */
import type { AdminAccount } from '../config/environment.ts';
import { Failed, type Failure } from '../domain/failure.ts';
import type { Tenant } from '../domain/tenant.ts';
import { Access, CallLog } from '../engine/access.ts';
import { failureOutsideRun, sayable } from '../engine/boundary.ts';
import type { TenantSession } from '../engine/ports.ts';
import { systemClock } from '../lib/clock.ts';
import { openXmlRpc } from '../odoo/session.ts';
import type { OdooValues } from '../scenario/index.ts';
import { provision } from '../tasks/provision/provision.ts';
import { type Administrator, ProvisionError } from '../tasks/provision/provisioner.ts';
import { unprovision } from '../tasks/provision/unprovision.ts';
import type { Orderwatch } from './compose.ts';

/** Provisioning calls load charts of accounts and reload registries: they get more time than a probe's. */
const CALL_MS = 120_000;

export interface ProvisionOptions {
  readonly admin: AdminAccount;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Called before each change is made, or would be. */
  readonly onChange: (what: string) => void;
}

export type ProvisionResult =
  | {
      readonly kind: 'done';
      readonly changes: readonly string[];
      /** What `unprovision` leaves in the tenant, a line each. */
      readonly stays: readonly string[];
    }
  | { readonly kind: 'unsuitable'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** `provisionTenant` or `unprovisionTenant`. */
export type ProvisionTask = typeof provisionTenant;

/** Never throws. */
export async function provisionTenant(
  tenant: Tenant,
  orderwatch: Orderwatch,
  options: ProvisionOptions,
): Promise<ProvisionResult> {
  return await asAdministrator(tenant, orderwatch, options, async (administrator) => {
    const password = await tenant.credentials.password.read();
    const account = { login: tenant.credentials.login, secret: password };
    const canSignIn = async (): Promise<boolean> => {
      try {
        (await openXmlRpc(tenant, account, callOf(options))).close();
        return true;
      } catch (error) {
        if (error instanceof Failed && error.failure.code === 'credential.refused') return false;
        throw error;
      }
    };
    await provision({ ...administrator, password, canSignIn });
    return [];
  });
}

/** Never throws. */
export async function unprovisionTenant(
  tenant: Tenant,
  orderwatch: Orderwatch,
  options: ProvisionOptions,
): Promise<ProvisionResult> {
  return await asAdministrator(tenant, orderwatch, options, unprovision);
}

async function asAdministrator(
  tenant: Tenant,
  { config }: Orderwatch,
  options: ProvisionOptions,
  work: (administrator: Administrator) => Promise<readonly string[]>,
): Promise<ProvisionResult> {
  const changes: string[] = [];
  const secrets = [...config.secrets, options.admin.secret];
  try {
    const session = await openXmlRpc(tenant, options.admin, callOf(options));
    try {
      const stays = await work(administratorOf(tenant, session, options, changes));
      return { kind: 'done', changes, stays: stays.map((line) => sayable(line, secrets)) };
    } finally {
      session.close();
    }
  } catch (thrown) {
    if (thrown instanceof ProvisionError) return { kind: 'unsuitable', reason: thrown.message };
    return { kind: 'failed', failure: failureOutsideRun(thrown, secrets) };
  }
}

function administratorOf(
  tenant: Tenant,
  session: TenantSession,
  { dryRun, signal, onChange }: ProvisionOptions,
  changes: string[],
): Administrator {
  const fence = dryRun ? refuseWrites : (): Promise<void> => Promise.resolve();
  const log = new CallLog(systemClock);
  const accessWith = (more: OdooValues): Access =>
    new Access(
      session,
      { callMs: CALL_MS, signal, fence, context: { active_test: false, ...more } },
      log,
    );
  return {
    tenant,
    admin: accessWith({}),
    inCompany: (companyId, context) => accessWith({ allowed_company_ids: [companyId], ...context }),
    change: async (what, make) => {
      onChange(what);
      const made = dryRun ? undefined : await make();
      changes.push(what);
      return made;
    },
  };
}

const callOf = ({ signal }: ProvisionOptions) => ({
  clock: systemClock,
  timeoutMs: CALL_MS,
  signal,
});

function refuseWrites(): Promise<void> {
  return Promise.reject(new Error('a dry run writes nothing'));
}
