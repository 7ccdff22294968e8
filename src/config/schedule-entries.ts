/** Each item of a list of schedules with the tenants it is for, and the names in it that lead nowhere. */
import type { Tenant } from '../domain/tenant.ts';
import type { Scenario } from '../scenario/contract.ts';
import type { Complaint, PlacedTenant } from './compile.ts';
import type { RawSchedule } from './schedule-schema.ts';
import type { RawFleet } from './schema.ts';
import type { Source } from './source.ts';
import { noSuch, problem } from './terms.ts';

/** What schedules and policies have to know of the scenarios there are. */
export type Catalogue = readonly Pick<
  Scenario,
  'id' | 'rows' | 'transports' | 'consent' | 'steps'
>[];

export interface CompiledTenant extends PlacedTenant {
  readonly tenant: Tenant;
}

/** All that schedules are compiled from. */
export interface Plan {
  readonly main: Source;
  readonly fleet: RawFleet;
  /** At least one, and each id once. */
  readonly tenants: readonly CompiledTenant[];
  readonly scenarios: Catalogue;
}

export interface Entry {
  readonly source: Source;
  readonly path: readonly PropertyKey[];
  readonly raw: RawSchedule;
  readonly tenants: readonly CompiledTenant[];
}

/** A tenant's own schedules stand in place of all of the fleet's. */
export function entriesOf({ main, fleet, tenants }: Plan): readonly Entry[] {
  const without = tenants.filter(({ raw }) => raw.schedules === undefined);
  const shared = (fleet.schedules ?? []).map((raw, index) => ({
    source: main,
    path: ['fleet', 'schedules', index],
    raw,
    tenants: without.filter(({ tenant }) => raw.tenants?.includes(tenant.id) ?? true),
  }));
  const own = tenants.flatMap((placed) =>
    (placed.raw.schedules ?? []).map((raw, index) => ({
      source: placed.source,
      path: ['tenants', placed.index, 'schedules', index],
      raw,
      tenants: [placed],
    })),
  );
  return [...shared, ...own];
}

/** Names of scenarios, tenants and calendars that there are not, and of tenants that it does not reach. */
export function wrongNames(entry: Entry, plan: Plan): readonly Complaint[] {
  const { source, path, raw } = entry;
  const complain = (more: readonly PropertyKey[], message: string): Complaint => ({
    source,
    path: [...path, ...more],
    message,
  });
  const scenarios = plan.scenarios.map(({ id }) => id);
  const calendars = Object.keys(plan.fleet.calendars ?? {});
  return [
    ...raw.scenarios.flatMap((id, index) =>
      scenarios.includes(id)
        ? []
        : [complain(['scenarios', index], noSuch('scenario', id, scenarios))],
    ),
    ...(raw.tenants ?? []).flatMap((id, index) => {
      const message = unreached(id, plan.tenants);
      return message === undefined ? [] : [complain(['tenants', index], message)];
    }),
    ...(raw.calendar === undefined || calendars.includes(raw.calendar)
      ? []
      : [complain(['calendar'], noSuch('calendar', raw.calendar, calendars))]),
  ];
}

function unreached(id: string, tenants: readonly CompiledTenant[]): string | undefined {
  const found = tenants.find(({ tenant }) => tenant.id === id);
  if (found === undefined) {
    return noSuch(
      'tenant',
      id,
      tenants.map(({ tenant }) => tenant.id),
    );
  }
  if (found.raw.schedules === undefined) return undefined;
  return problem(
    `${id} has schedules of its own, which replace the fleet’s`,
    'remove it here, or add this schedule to its own',
  );
}
