/** Web session cookies of the probe users, one per tenant, signed in anew when Odoo has forgotten them. */
import type { TenantId } from '../domain/ids.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { CallOptions } from '../engine/ports.ts';
import { Secret } from '../lib/secret.ts';

/** Signs in over the web; answers the value of the cookie `session_id`. Rejects with Failed. */
export type WebLogin = (tenant: Tenant, options: CallOptions) => Promise<string>;

export class SessionCookies {
  readonly #login: WebLogin;
  readonly #cookies = new Map<TenantId, Secret>();

  constructor(login: WebLogin) {
    this.#login = login;
  }

  /** The one that was kept, if there is one; whether Odoo still knows it shows when it is used. */
  kept(tenant: Tenant): Secret | undefined {
    return this.#cookies.get(tenant.id);
  }

  async renew(tenant: Tenant, options: CallOptions): Promise<Secret> {
    this.#cookies.delete(tenant.id);
    const cookie = new Secret(await this.#login(tenant, options));
    this.#cookies.set(tenant.id, cookie);
    return cookie;
  }

  /** Odoo gives a session a new cookie now and then and soon forgets the old one. */
  keep(tenant: Tenant, cookie: string): void {
    if (this.kept(tenant)?.reveal() !== cookie) this.#cookies.set(tenant.id, new Secret(cookie));
  }
}
