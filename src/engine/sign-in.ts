/** Signs the probe user in, and stops trying before a refused credential locks the tenant's account. */
import { Failed } from '../domain/failure.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Secret } from '../lib/secret.ts';
import type { CallOptions, SignIn, TenantSession } from './ports.ts';

export interface Refusals {
  /** Whether this very secret was refused twice in a row. */
  isStopped(tenant: TenantId, secret: Secret): Promise<boolean>;
  add(tenant: TenantId, secret: Secret): Promise<void>;
  clear(tenant: TenantId): Promise<void>;
}

export type OpenSession = (
  tenant: Tenant,
  account: { readonly login: string; readonly secret: Secret },
  options: CallOptions,
) => Promise<TenantSession>;

/**
 * The reference is read anew for every sign-in, so a rotated secret is used at once. With `insist` a
 * stopped credential is tried all the same: that is how a person lifts the stop.
 */
export function signInWith(
  open: OpenSession,
  refusals: Refusals,
  options: { readonly insist: boolean } = { insist: false },
): SignIn {
  return async (tenant, call, follow = (_call, _signal, work) => work()) => {
    const { login, password } = tenant.credentials;
    const secret = await password.read();
    const stopped = await refusals.isStopped(tenant.id, secret);
    if (stopped && !options.insist) throw new Failed(stoppedCredential(tenant));
    try {
      const session = await follow('sign in', call.signal, () =>
        open(tenant, { login, secret }, call),
      );
      await refusals.clear(tenant.id);
      return session;
    } catch (error) {
      const refused = error instanceof Failed && error.failure.code === 'credential.refused';
      if (refused && !stopped) await refusals.add(tenant.id, secret);
      throw error;
    }
  };
}

const stoppedCredential = ({ id, credentials }: Tenant) =>
  ({
    code: 'credential.stopped',
    blame: 'fleet',
    message:
      `${credentials.password.name} was refused twice and is not tried again, so that the account ` +
      `does not lock; replace it, or try it once with: orderwatch doctor --tenant ${id}`,
  }) as const;
