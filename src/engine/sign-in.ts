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

interface Account {
  readonly login: string;
  readonly secret: Secret;
}

/** Uses one tenant's credential once. Rejects with what the use rejects with, or `credential.stopped` (fleet). */
export type Credential = <T>(use: (account: Account) => Promise<T>) => Promise<T>;

export type OpenSession = (
  tenant: Tenant,
  account: Account,
  options: CallOptions,
) => Promise<TenantSession>;

/**
 * The reference is read anew for every use, so a rotated secret is used at once. With `insist` a stopped
 * credential is tried all the same: that is how a person lifts the stop.
 */
export function credentialOf(
  tenant: Tenant,
  refusals: Refusals,
  options: { readonly insist: boolean } = { insist: false },
): Credential {
  return async (use) => {
    const { login, password } = tenant.credentials;
    const secret = await password.read();
    const stopped = await refusals.isStopped(tenant.id, secret);
    if (stopped && !options.insist) throw new Failed(stoppedCredential(tenant));
    try {
      const result = await use({ login, secret });
      await refusals.clear(tenant.id);
      return result;
    } catch (error) {
      const refused = error instanceof Failed && error.failure.code === 'credential.refused';
      if (refused && !stopped) await refusals.add(tenant.id, secret);
      throw error;
    }
  };
}

export function signInWith(
  open: OpenSession,
  refusals: Refusals,
  options: { readonly insist: boolean } = { insist: false },
): SignIn {
  return (tenant, call, follow = (_call, _signal, work) => work()) =>
    credentialOf(
      tenant,
      refusals,
      options,
    )((account) => follow('sign in', call.signal, () => open(tenant, account, call)));
}

const stoppedCredential = ({ id, credentials }: Tenant) =>
  ({
    code: 'credential.stopped',
    blame: 'fleet',
    message:
      `${credentials.password.name} was refused twice and is not tried again, so that the account ` +
      `does not lock; replace it, or try it once with: orderwatch doctor --tenant ${id}`,
  }) as const;
