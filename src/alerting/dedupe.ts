/** Stage four: which incident stands for a group. One that is open, one that was over a moment ago, or else a new one. */
import type { Decision, Incident, Scope, Trouble } from '../domain/incident.ts';
import { formatDuration } from '../lib/duration.ts';
import type { Group } from './correlate.ts';
import { decided, merging } from './decisions.ts';
import { gravestFirst, keyOf } from './parts.ts';
import { distinct, grown, nameOf, type Places, scopeOf } from './scope.ts';

/** What comes back within this is the same incident. */
export const BACK_MS = 900_000;

/** An incident as far as these stages know it. */
export interface Draft {
  /** As it is kept; absent of a new one. */
  readonly before?: Incident;
  readonly id: string;
  readonly scope: Scope;
  readonly beganMs: number;
  readonly foundMs: number;
  readonly resolvedMs?: number;
  readonly parts: readonly [Trouble, ...Trouble[]];
  /** Of its parts those that are in trouble, the gravest first; once none is, all of them. */
  readonly now: readonly [Trouble, ...Trouble[]];
  /** Whether nothing of it is in trouble. */
  readonly quiet: boolean;
  /** What was decided so far in this turn. */
  readonly made: readonly Made[];
}

type Made = Omit<Decision, 'atMs'>;

interface Turn {
  readonly nowMs: number;
  readonly places: Places;
  /** By key. */
  readonly alerts: ReadonlyMap<string, Trouble>;
  readonly newId: () => string;
  /** When it was over; undefined while it lasts. */
  readonly overMs: number | undefined;
}

/** The incident, and those that it stands for from now on. */
export function dedupe(
  group: Group,
  turn: Turn,
): { readonly draft: Draft; readonly merged: readonly Incident[] } {
  const [, ...others] = group.open;
  const before = group.open[0] ?? group.back.toSorted(latestFirst)[0];
  const known = before === undefined ? [] : [before];
  // What an open incident holds is in the group already.
  const parts = ordered([...known.flatMap((one) => one.parts), ...group.parts]);
  const alerting = parts.filter((one) => turn.alerts.has(keyOf(one)));
  const quiet = alerting.length === 0;
  const draft = {
    ...(before === undefined
      ? { id: turn.newId(), foundMs: turn.nowMs }
      : { before, id: before.id, foundMs: before.foundMs }),
    scope: grown(before?.scope, scopeOf(parts, turn.places)),
    beganMs: beginningOf(parts, [...known, ...others]),
    ...(turn.overMs === undefined ? {} : { resolvedMs: turn.overMs }),
    parts,
    now: quiet ? parts : ordered(alerting),
    quiet,
  };
  const because = group.because ?? 'they have a part in common';
  return {
    draft: { ...draft, made: decisionsOf(draft, group, turn) },
    merged: others.map((other) => mergedOf(other, { id: draft.id, atMs: turn.nowMs, because })),
  };
}

const beginningOf = (parts: readonly Trouble[], incidents: readonly Incident[]): number =>
  Math.min(...parts.map(({ sinceMs }) => sinceMs), ...incidents.map(({ beganMs }) => beganMs));

function mergedOf(
  other: Incident,
  into: { readonly id: string; readonly atMs: number; readonly because: string },
): Incident {
  const { id, atMs, because } = into;
  const decision = { atMs, stage: 'dedupe', decision: merging(id), because } as const;
  return {
    ...other,
    resolvedMs: atMs,
    text: `Part of incident ${id} now. Before: ${other.text}`,
    decisions: decided(other.decisions, decision),
  };
}

const latestFirst = (a: Incident, b: Incident): number =>
  (b.resolvedMs ?? 0) - (a.resolvedMs ?? 0) || (a.id < b.id ? 1 : -1);

/** Of several with one key the last. A group has a part at least. */
function ordered(parts: readonly Trouble[]): readonly [Trouble, ...Trouble[]] {
  const each = new Map(parts.map((one) => [keyOf(one), one]));
  return gravestFirst([...each.values()]) as unknown as readonly [Trouble, ...Trouble[]];
}

function decisionsOf(
  draft: Omit<Draft, 'made'>,
  { because = 'nothing else began with it', open }: Group,
  { nowMs }: Turn,
): readonly Made[] {
  const { before, scope, parts, resolvedMs } = draft;
  const [, ...others] = open;
  const reach: Made = { stage: 'correlate', decision: `one incident: ${nameOf(scope)}`, because };
  if (before === undefined) {
    const fresh = 'no incident that is open, or was 15 minutes ago, has a part of it';
    return [reach, { stage: 'dedupe', decision: 'a new incident', because: fresh }];
  }
  const joined = joinedTo(before, parts);
  return [
    ...others.map(({ id }): Made => ({ stage: 'dedupe', decision: `takes in ${id}`, because })),
    ...(nameOf(before.scope) === nameOf(scope) ? [] : [reach]),
    ...(joined === undefined
      ? []
      : [{ stage: 'correlate', decision: `takes in ${joined}`, because } as const]),
    ...endOf(before, resolvedMs, nowMs),
  ];
}

function endOf(before: Incident, resolvedMs: number | undefined, nowMs: number): readonly Made[] {
  if (before.resolvedMs === undefined) {
    if (resolvedMs === undefined) return [];
    const rest = `nothing of it was in trouble for ${formatDuration(nowMs - resolvedMs)}`;
    return [{ stage: 'dedupe', decision: 'over', because: rest }];
  }
  const because = `it had been over for ${formatDuration(nowMs - before.resolvedMs)} only`;
  return [{ stage: 'dedupe', decision: 'open again', because }];
}

/** For people; undefined of none. */
function joinedTo(before: Incident, parts: readonly Trouble[]): string | undefined {
  const keys = new Set(before.parts.map(keyOf));
  const names = distinct(
    parts
      .filter((one) => !keys.has(keyOf(one)))
      .map(({ tenant, scenario }) => `${scenario} at ${tenant}`),
  ).toSorted();
  if (names.length === 0) return undefined;
  return names.length > 3
    ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
    : names.join(', ');
}
