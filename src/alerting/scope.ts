/** How far an incident reaches: the narrowest of step, tenant, platform and fleet that covers all of its parts. */
import type { Scope, Trouble } from '../domain/incident.ts';
import type { Tenant } from '../domain/tenant.ts';

/** What is asked of a tenant here. */
export type Place = Pick<Tenant, 'id' | 'timeZone' | 'platform'>;
export type Places = ReadonlyMap<string, Place>;

export const placesOf = (tenants: readonly Place[]): Places =>
  new Map(tenants.map((one) => [one.id, one]));

/** The gravest part first: it names the step. A tenant that is configured no more lies nowhere. */
export function scopeOf(parts: readonly [Trouble, ...Trouble[]], places: Places): Scope {
  const [{ tenant, scenario, step }] = parts;
  const tenants = distinct(parts.map((one) => one.tenant));
  if (tenants.length === 1) {
    const scenarios = distinct(parts.map((one) => one.scenario));
    return scenarios.length === 1
      ? { kind: 'step', tenant, scenario, step }
      : { kind: 'tenant', tenant };
  }
  for (const part of ['databaseHost', 'cluster'] as const) {
    const [name, ...others] = distinct(tenants.map((id) => places.get(id)?.platform[part]));
    if (name !== undefined && others.length === 0) return { kind: 'platform', part, name };
  }
  return { kind: 'fleet' };
}

const RANK = { step: 0, tenant: 1, databaseHost: 2, cluster: 3, fleet: 4 } as const;

/** While it is open its scope only grows; one of the same width keeps its name. */
export function grown(before: Scope | undefined, after: Scope): Scope {
  return before === undefined || rankOf(after) > rankOf(before) ? after : before;
}

const rankOf = (scope: Scope): number => RANK[scope.kind === 'platform' ? scope.part : scope.kind];

/** Whether the one reaches as far as the other. */
export const isAsWide = (one: Scope, other: Scope): boolean => rankOf(one) >= rankOf(other);

/** Whether a trouble lies where the incident reaches; of a step only the same scenario does. */
export function reaches(scope: Scope, { tenant, scenario }: Trouble, places: Places): boolean {
  switch (scope.kind) {
    case 'step':
      return scope.tenant === tenant && scope.scenario === scenario;
    case 'tenant':
      return scope.tenant === tenant;
    case 'platform':
      return places.get(tenant)?.platform[scope.part] === scope.name;
    case 'fleet':
      return true;
  }
}

/** For people: `north`, `database host pg-3`. */
export function nameOf(scope: Scope): string {
  switch (scope.kind) {
    case 'step':
      return `${scope.scenario} at ${scope.tenant}`;
    case 'tenant':
      return scope.tenant;
    case 'platform':
      return `${scope.part === 'cluster' ? 'cluster' : 'database host'} ${scope.name}`;
    case 'fleet':
      return 'the fleet';
  }
}

export const distinct = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];
