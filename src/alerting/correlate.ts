/**
 * Puts troubles that have one probable cause into one group: what an open incident holds stays together, what began
 * together at enough tenants joins, and so does what a wider incident reaches while it lasts.
 */
import type { Incident, Trouble } from '../domain/incident.ts';
import { groupBy } from '../lib/group.ts';
import { keyOf } from './parts.ts';
import { isAsWide, type Places, reaches, scopeOf } from './scope.ts';
import { type Link, togetherLinks } from './together.ts';

export interface Group {
  /** As they are now, or as they were last seen in an open incident. */
  readonly parts: readonly Trouble[];
  readonly open: readonly Incident[];
  /** Resolved not long ago, with a part in common that no open incident has. */
  readonly back: readonly Incident[];
  /** Why they are one; undefined of a single trouble. */
  readonly because?: string;
}

interface Seen {
  /** By key. */
  readonly alerts: ReadonlyMap<string, Trouble>;
  readonly open: readonly Incident[];
  readonly back: readonly Incident[];
  readonly places: Places;
}

/** Each alert is in one group, and each open incident too, whatever the order of what was seen. */
export function correlate({ alerts, places, ...seen }: Seen): readonly Group[] {
  const open = inOrder(seen.open);
  const held = new Map(open.flatMap(({ parts }) => parts.map((one) => [keyOf(one), one] as const)));
  const parts = [...new Map([...held, ...alerts])]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, part]) => part);
  const free = parts.filter((one) => !held.has(keyOf(one)));
  const back = inOrder(seen.back).filter((incident) => isBack(incident, free, places));
  const links: readonly Link[] = [
    ...open.map((incident) => ({ parts: shared(incident, parts), because: '' })),
    ...back.map((incident) => ({ parts: shared(incident, free), because: '' })),
    ...[...groupBy(parts, ({ tenant, scenario }) => `${tenant}|${scenario}`).values()].map(
      (own) => ({ parts: own, because: 'they are one scenario of one tenant' }),
    ),
    ...togetherLinks(parts, places),
    ...sharedHostLinks(parts),
    ...open.flatMap((incident) => reachedBy(incident, { alerts, free, places })),
  ];
  const root = rootsOf(parts, links);
  const told = new Map(
    links.flatMap(({ parts: [first], because }) =>
      first === undefined || because === '' ? [] : [[root(first), because] as const],
    ),
  );
  const opened = groupBy(open, ({ parts: [part] }) => nameOf(root, part));
  const backs = groupBy(back, (incident) => nameOf(root, shared(incident, free)[0]));
  return [...groupBy(parts, root)].map(([name, own]) => {
    const because = own.length > 1 ? told.get(name) : undefined;
    return {
      parts: own,
      open: opened.get(name) ?? [],
      back: backs.get(name) ?? [],
      ...(because === undefined ? {} : { because }),
    };
  });
}

const inOrder = (incidents: readonly Incident[]): readonly Incident[] =>
  incidents.toSorted((a, b) => a.foundMs - b.foundMs || (a.id < b.id ? -1 : 1));

/** No group has this name when there is no part. */
const nameOf = (root: (part: Trouble) => string, part: Trouble | undefined): string =>
  part === undefined ? '' : root(part);

/** The detector saw all tenants of a host in the same trouble. */
function sharedHostLinks(parts: readonly Trouble[]): readonly Link[] {
  const named = parts.filter(({ sharedHost }) => sharedHost !== undefined);
  return [...groupBy(named, ({ sharedHost = '' }) => sharedHost)].map(([host, own]) => ({
    parts: own,
    because: `all tenants on ${host} deviate alike`,
  }));
}

/** Troubles that began later where a wider incident lasts, unless the evidence points elsewhere. */
function reachedBy(
  incident: Incident,
  { alerts, free, places }: Pick<Seen, 'alerts' | 'places'> & { readonly free: readonly Trouble[] },
): readonly Link[] {
  const lasting = incident.parts.find((one) => alerts.has(keyOf(one)));
  if (lasting === undefined || incident.scope.kind === 'step') return [];
  const joining = free.filter(
    (one) => reaches(incident.scope, one, places) && isAlike(incident.layers, one.layers),
  );
  return joining.map((one) => ({
    parts: [lasting, one],
    because: `it is where ${incident.id} reaches, and nothing points elsewhere`,
  }));
}

const isAlike = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === 0 || b.length === 0 || a.some((layer) => b.includes(layer));

/** Part of what it was is something else: one tenant alone after all of its host. */
function isBack(incident: Incident, free: readonly Trouble[], places: Places): boolean {
  const [first, ...others] = shared(incident, free);
  return first !== undefined && isAsWide(scopeOf([first, ...others], places), incident.scope);
}

function shared(incident: Incident, parts: readonly Trouble[]): readonly Trouble[] {
  const keys = new Set(incident.parts.map(keyOf));
  return parts.filter((one) => keys.has(keyOf(one)));
}

/** Tells of a part the name of its group: that of the first of its keys, so no order matters. */
function rootsOf(parts: readonly Trouble[], links: readonly Link[]): (part: Trouble) => string {
  const parents = new Map(parts.map((one) => [keyOf(one), keyOf(one)]));
  const rootOf = (key: string): string => {
    let root = key;
    for (let up = parents.get(root); up !== undefined && up !== root; up = parents.get(root)) {
      root = up;
    }
    parents.set(key, root);
    return root;
  };
  for (const { parts: own } of links) {
    const [first, ...others] = own.map((part) => keyOf(part));
    for (const other of first === undefined ? [] : others) {
      const [a = '', b = ''] = [rootOf(first ?? ''), rootOf(other)].sort();
      parents.set(b, a);
    }
  }
  return (part) => rootOf(keyOf(part));
}
