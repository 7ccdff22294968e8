/** The parts of incidents: what tells one trouble from another, and which of several is the gravest. */
import type { Trouble } from '../domain/incident.ts';

/** One tenant's scenario over one transport is in one trouble at a time, at whichever step. */
export const keyOf = ({ tenant, scenario, transport }: Trouble): string =>
  [tenant, scenario, transport].join('|');

const GRAVITY = { failures: 0, latency: 1, tail: 2 } as const;

export function gravestFirst(parts: readonly Trouble[]): readonly Trouble[] {
  return parts.toSorted(
    (a, b) =>
      GRAVITY[a.kind] - GRAVITY[b.kind] ||
      b.score - a.score ||
      a.sinceMs - b.sinceMs ||
      (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1),
  );
}

/** By key those that are alerts, of several with one key the gravest. */
export function alertsOf(troubles: readonly Trouble[]): ReadonlyMap<string, Trouble> {
  const gravestLast = gravestFirst(troubles.filter(({ score }) => score >= 1)).toReversed();
  return new Map(gravestLast.map((one) => [keyOf(one), one]));
}
