/** What somebody without an account sees of a tenant: name, connection, certificate and Odoo's public pages. */
import type { Observation } from '../domain/evidence.ts';
import type { Tenant } from '../domain/tenant.ts';
import { lookAtCertificate } from './certificate.ts';
import { lookAtConnection } from './connect.ts';
import { lookUp } from './dns.ts';
import { type LookOptions, timeOf } from './looking.ts';
import { knownAddresses, targetOf } from './target.ts';
import { lookAtWeb } from './web.ts';

/**
 * `dns` first and then the others at once, all within the time given: `connect`, `tls` where the URL is https,
 * `health`, `database-health`, `page`, in this order. Nothing follows a name that has no address; looks that an
 * abort kept from finishing are left out. Never throws.
 */
export async function lookFromOutside(
  tenant: Pick<Tenant, 'url'>,
  options: LookOptions,
): Promise<readonly Observation[]> {
  const named = targetOf(tenant.url);
  if (named === undefined) return [];
  const time = timeOf(options);
  // A slow resolver must not make the others look silent: half of the time is theirs.
  const name = await lookUp(named.host, { ...time, endsMs: time.endsMs - options.timeoutMs / 2 });
  if (name === undefined) return [];
  if (name.addresses.length === 0) return [name.observation];
  const target = { ...named, lookup: knownAddresses(name.addresses) };
  const others = await Promise.all([
    lookAtConnection(target, time),
    target.secure ? lookAtCertificate(target, time) : undefined,
    lookAtWeb('health', target, time),
    lookAtWeb('database-health', target, time),
    lookAtWeb('page', target, time),
  ]);
  return [name.observation, ...others.filter((one) => one !== undefined)];
}
