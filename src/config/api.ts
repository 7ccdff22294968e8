/** The shape of `fleet.api`: which tokens may record deployments over HTTP, and of which tenants. */
import { z } from 'zod';
import type { ApiToken } from '../domain/api-token.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Fault } from './policies.ts';
import { secretReference } from './secrets.ts';
import { id, noSuch, problem, secretReference as reference, strict, words } from './terms.ts';

const someTenants = z.array(id).min(1, problem('no tenant', 'name at least one'));

const token = strict({
  name: id.describe('recorded as the source where none is said'),
  token: reference.describe('env:NAME or file:PATH of what callers send as Authorization: Bearer'),
  tenants: someTenants.exactOptional().describe('for which it may record'),
  clusters: z
    .array(words)
    .min(1, problem('no cluster', 'name at least one, or leave clusters out'))
    .exactOptional()
    .describe('for whose tenants it may record'),
  environments: z
    .record(words, someTenants)
    .exactOptional()
    .describe(
      'tenants of each environment of GitHub or application of Argo CD; others are ignored then',
    ),
}).check(({ value, issues }) => {
  if (value.tenants !== undefined || value.clusters !== undefined) return;
  const message = problem('is for no tenant', 'say for which it may record: tenants, or clusters');
  issues.push({ code: 'custom', message, input: value });
});

/** The shape of `fleet.api`. */
export const api = strict({
  tokens: z.array(token).describe('who may record deployments: POST /api/v1/deployments'),
});

type RawToken = z.infer<typeof token>;
type RawApi = z.infer<typeof api> | undefined;
type Known = readonly Pick<Tenant, 'id' | 'platform'>[];

/** What is of tenants that there are not is complained of elsewhere. */
export function compileApi(
  raw: RawApi,
  tenants: Known,
  from: Parameters<typeof secretReference>[1],
): readonly ApiToken[] {
  return (raw?.tokens ?? []).map(({ environments, ...one }) => ({
    name: one.name,
    token: secretReference(one.token, from),
    tenants: scopeOf(one, tenants),
    ...(environments === undefined ? {} : { environments: new Map(Object.entries(environments)) }),
  }));
}

/** In the configuration's order. */
const scopeOf = ({ tenants, clusters }: RawToken, known: Known): readonly string[] =>
  known
    .filter(
      ({ id: tenant, platform }) =>
        tenants?.includes(tenant) === true || clusters?.includes(platform.cluster) === true,
    )
    .map((one) => one.id);

/** Names that lead nowhere, that are taken, or that are out of the token's own scope; at paths below `fleet.api`. */
export function apiComplaints(raw: RawApi, known: Known): readonly Fault[] {
  const tokens = raw?.tokens ?? [];
  const names = tokens.map(({ name }) => name);
  return tokens.flatMap((one, index) => {
    const at = (path: readonly PropertyKey[], message: string): Fault => ({
      path: ['tokens', index, ...path],
      message,
    });
    const ids = known.map((tenant): string => tenant.id);
    const clusters = [...new Set(known.map(({ platform }) => platform.cluster))];
    const scope = scopeOf(one, known);
    const twice = problem(`name ${one.name} is taken already`, 'rename one of them');
    return [
      ...(names.indexOf(one.name) < index ? [at(['name'], twice)] : []),
      ...missing(one.tenants, ids).map(([n, name]) =>
        at(['tenants', n], noSuch('tenant', name, ids)),
      ),
      ...missing(one.clusters, clusters).map(([n, name]) =>
        at(['clusters', n], noSuch('cluster', name, clusters)),
      ),
      ...Object.entries(one.environments ?? {}).flatMap(([environment, tenants]) =>
        missing(tenants, scope).map(([n, name]) =>
          at(['environments', environment, n], outside(name, ids)),
        ),
      ),
    ];
  });
}

const outside = (name: string, ids: readonly string[]): string =>
  ids.includes(name)
    ? problem(`the token is not for tenant ${name}`, 'remove it here, or add it to its tenants')
    : noSuch('tenant', name, ids);

const missing = (
  names: readonly string[] = [],
  known: readonly string[],
): readonly (readonly [number, string])[] =>
  [...names.entries()].filter(([, name]) => !known.includes(name));
