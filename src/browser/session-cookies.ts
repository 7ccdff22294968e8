/** Web session cookies of the probe users, one per tenant, signed in anew when Odoo has forgotten them. */

import type { Tenant } from '../domain/tenant.ts';
import type { CallOptions } from '../engine/ports.ts';
import type { Secret } from '../lib/secret.ts';

/** Signs in over the web; answers the value of the cookie `session_id`. */
type WebLogin = (
  tenant: Tenant,
  account: { readonly login: string; readonly secret: Secret },
  options: CallOptions,
) => Promise<string>;

export class SessionCookies {
  readonly #login: WebLogin;
  readonly #cookies = new Map<string, string>();

  constructor(login: WebLogin) {
    this.#login = login;
  }

  async get(tenant: Tenant, options: CallOptions): Promise<string> {
    const known = this.#cookies.get(tenant.id);
    if (known !== undefined) return known;
    const { login, password } = tenant.credentials;
    const cookie = await this.#login(tenant, { login, secret: await password.read() }, options);
    this.#cookies.set(tenant.id, cookie);
    return cookie;
  }

  /** After Odoo showed the login page: the session expired, or a database outage ended it. */
  forget(tenant: Tenant): void {
    this.#cookies.delete(tenant.id);
  }
}
