/** User ids that Odoo told us lately: telling one again costs it a password hash, 0.3 s of its processor. */
import { Failed } from '../domain/failure.ts';
import type { CallOptions, TenantSession } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import type { Secret } from '../lib/secret.ts';
import { type Account, type Endpoint, openXmlRpc, resumeXmlRpc } from './session.ts';

/** Now and then the whole sign-in is asked for again, so that its own trouble shows. */
const LONGEST_MS = 900_000;

interface Known {
  readonly uid: number;
  readonly secret: Secret;
  readonly sinceMs: number;
}

export class KnownUsers {
  readonly #known = new Map<string, Known>();

  /** Signs in, or goes on as the user whom Odoo let in with this very secret. Rejects as `openXmlRpc` does. */
  async open(
    endpoint: Endpoint,
    account: Account,
    options: { readonly clock: Clock } & CallOptions,
  ): Promise<TenantSession> {
    const key = JSON.stringify([endpoint.url, endpoint.database, account.login]);
    const uid = this.#uidOf(key, account.secret, options.clock);
    if (uid !== undefined) {
      const resumed = await resume(endpoint, { ...account, uid }, options);
      if (resumed !== undefined) return resumed;
      this.#known.delete(key);
    }
    const session = await openXmlRpc(endpoint, account, options);
    const sinceMs = options.clock.monotonic();
    this.#known.set(key, { uid: session.uid, secret: account.secret, sinceMs });
    return session;
  }

  #uidOf(key: string, secret: Secret, clock: Clock): number | undefined {
    const known = this.#known.get(key);
    if (known?.secret.reveal() !== secret.reveal()) return undefined;
    return clock.monotonic() - known.sinceMs < LONGEST_MS ? known.uid : undefined;
  }
}

/** Undefined when Odoo says no: a changed password, a user who is gone. Only the whole sign-in tells which. */
async function resume(
  endpoint: Endpoint,
  account: Account & { readonly uid: number },
  options: { readonly clock: Clock } & CallOptions,
): Promise<TenantSession | undefined> {
  try {
    return await resumeXmlRpc(endpoint, account, options);
  } catch (error) {
    if (error instanceof Failed && error.fate === 'refused') return undefined;
    throw error;
  }
}
