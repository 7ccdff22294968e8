/** Which troubles began so close to each other, and at so many tenants, that one cause is likelier than several. */
import type { Trouble } from '../domain/incident.ts';
import { groupBy } from '../lib/group.ts';
import { distinct, type Place, type Places } from './scope.ts';

/** Troubles that began within this began together. */
const TOGETHER_MS = 900_000;

/** Troubles of one cause, and why they are. */
export interface Link {
  readonly parts: readonly Trouble[];
  readonly because: string;
}

/** How many tenants are in trouble within one window. */
type Enough = (tenants: ReadonlyMap<string, number>) => boolean;

/** Two scenarios of a tenant; half of the tenants of a host or a cluster; half of all of them, over two clusters. */
export function togetherLinks(parts: readonly Trouble[], places: Places): readonly Link[] {
  const ofTenants = [...groupBy(parts, ({ tenant }) => tenant).values()].flatMap((own) =>
    stretches(own, () => true).map((close) => link(close, 'began within 15 minutes')),
  );
  return [
    ...ofTenants,
    ...ofPlatform(parts, places, 'databaseHost'),
    ...ofPlatform(parts, places, 'cluster'),
    ...ofFleet(parts, places),
  ];
}

function ofPlatform(
  parts: readonly Trouble[],
  places: Places,
  level: 'databaseHost' | 'cluster',
): readonly Link[] {
  const nameOf = (tenant: string): string => places.get(tenant)?.platform[level] ?? '';
  const sizes = groupBy(places.values(), (one) => one.platform[level]);
  return [...groupBy(parts, ({ tenant }) => nameOf(tenant))].flatMap(([name, own]) => {
    const all = sizes.get(name)?.length ?? 0;
    // Of a tenant that is configured no more nobody knows where it lies.
    if (all === 0) return [];
    const where = level === 'cluster' ? `in cluster ${name}` : `on ${name}`;
    return stretches(own, (tenants) => isHalf(tenants.size, all)).map((close) =>
      link(close, `${tenantsIn(close)} of ${all} tenants ${where} began within 15 minutes`),
    );
  });
}

function ofFleet(parts: readonly Trouble[], places: Places): readonly Link[] {
  const enough: Enough = (tenants) =>
    isHalf(tenants.size, places.size) && clustersOf([...tenants.keys()], places) > 1;
  return stretches(parts, enough).map((close) =>
    link(
      close,
      `${tenantsIn(close)} of ${places.size} tenants in several clusters began within 15 minutes`,
    ),
  );
}

const link = (parts: readonly Trouble[], because: string): Link => ({ parts, because });
const isHalf = (some: number, all: number): boolean => some >= 2 && 2 * some >= all;
const tenantsIn = (parts: readonly Trouble[]): number =>
  distinct(parts.map(({ tenant }) => tenant)).length;

function clustersOf(tenants: readonly string[], places: Places): number {
  const known = tenants.flatMap((id): readonly Place[] => [places.get(id) ?? []].flat());
  return distinct(known.map(({ platform }) => platform.cluster)).length;
}

/** Windows that hold enough, as they are in time; those that overlap are one. None of a single trouble. */
function stretches(parts: readonly Trouble[], enough: Enough): readonly (readonly Trouble[])[] {
  const inTime = parts.toSorted((a, b) => a.sinceMs - b.sinceMs);
  const found: { from: number; to: number }[] = [];
  const tenants = new Map<string, number>();
  let to = 0;
  for (const [from, first] of inTime.entries()) {
    for (; (inTime[to]?.sinceMs ?? Infinity) <= first.sinceMs + TOGETHER_MS; to += 1) {
      count(tenants, inTime[to], 1);
    }
    if (to - from > 1 && enough(tenants)) {
      const last = found.at(-1);
      if (last !== undefined && from < last.to) last.to = to;
      else found.push({ from, to });
    }
    count(tenants, first, -1);
  }
  return found.map((one) => inTime.slice(one.from, one.to));
}

function count(tenants: Map<string, number>, one: Trouble | undefined, by: 1 | -1): void {
  if (one === undefined) return;
  const now = (tenants.get(one.tenant) ?? 0) + by;
  if (now === 0) tenants.delete(one.tenant);
  else tenants.set(one.tenant, now);
}
