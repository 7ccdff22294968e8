/** Connects `provision` to one tenant: the administrator's session, a dry run's brake, the probe's sign-in. */
import type { AdminAccount } from '../config/environment.ts';
import { Failed, type Failure } from '../domain/failure.ts';
import type { Tenant } from '../domain/tenant.ts';
import { Access, CallLog } from '../engine/access.ts';
import { failureOutsideRun } from '../engine/boundary.ts';
import { systemClock } from '../lib/clock.ts';
import { openXmlRpc } from '../odoo/session.ts';
import { provision } from '../tasks/provision/provision.ts';
import { ProvisionError, type Provisioner } from '../tasks/provision/provisioner.ts';
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
  | { readonly kind: 'done'; readonly changes: readonly string[] }
  | { readonly kind: 'unsuitable'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Never throws. */
export async function provisionTenant(
  tenant: Tenant,
  { config }: Orderwatch,
  options: ProvisionOptions,
): Promise<ProvisionResult> {
  const clock = systemClock;
  const call = { clock, timeoutMs: CALL_MS, signal: options.signal };
  const changes: string[] = [];
  try {
    const session = await openXmlRpc(tenant, options.admin, call);
    try {
      const accessWith = (context: Readonly<Record<string, readonly number[]>>): Access =>
        new Access(
          session,
          {
            callMs: CALL_MS,
            signal: options.signal,
            fence: options.dryRun ? refuseWrites : () => Promise.resolve(),
            context: { active_test: false, ...context },
          },
          new CallLog(clock),
        );
      const password = await tenant.credentials.password.read();
      const provisioner: Provisioner = {
        tenant,
        admin: accessWith({}),
        inCompany: (companyId) => accessWith({ allowed_company_ids: [companyId] }),
        change: async (what, make) => {
          options.onChange(what);
          changes.push(what);
          return options.dryRun ? undefined : await make();
        },
        password,
        canSignIn: async () => {
          const account = { login: tenant.credentials.login, secret: password };
          try {
            (await openXmlRpc(tenant, account, call)).close();
            return true;
          } catch (error) {
            if (error instanceof Failed && error.failure.code === 'credential.refused')
              return false;
            throw error;
          }
        },
      };
      await provision(provisioner);
      return { kind: 'done', changes };
    } finally {
      session.close();
    }
  } catch (thrown) {
    if (thrown instanceof ProvisionError) return { kind: 'unsuitable', reason: thrown.message };
    const secrets = [...config.secrets, options.admin.secret];
    return { kind: 'failed', failure: failureOutsideRun(thrown, secrets) };
  }
}

function refuseWrites(): Promise<void> {
  return Promise.reject(new Error('a dry run writes nothing'));
}
