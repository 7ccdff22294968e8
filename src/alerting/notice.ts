/** Which incidents sinks must be told of: those that begin or stop to fire, or fire more widely or gravely than before. */
import type { Incident } from '../domain/incident.ts';
import { mergedInto } from './decisions.ts';

export interface Notice {
  readonly incident: Incident;
  /** Resolved also when a silence began or another incident stands for it now: its decisions say so. */
  readonly state: 'firing' | 'resolved';
}

/** Whether sinks hold it for something that goes on. */
export const isFiring = ({ resolvedMs, silenced }: Incident): boolean =>
  resolvedMs === undefined && !silenced;

/** Why sinks are to be told, and what; undefined when they know. `before` is absent of a new one. */
export function newsOf(
  before: Incident | undefined,
  after: Incident,
): { readonly state: Notice['state']; readonly because: string } | undefined {
  const fired = before !== undefined && isFiring(before);
  if (!isFiring(after)) return fired ? { state: 'resolved', because: endOf(after) } : undefined;
  if (!fired) return { state: 'firing', because: beginningOf(before) };
  const grown = growthOf(before, after);
  return grown === undefined ? undefined : { state: 'firing', because: grown };
}

/** The same for one piece of news whoever sends it and however often. */
export function keyOfNotice({ incident, state }: Notice): string {
  const told = incident.decisions.findLast(({ stage }) => stage === 'deliver');
  return `${incident.id}-${state}-${told?.atMs ?? incident.foundMs}`;
}

function endOf(after: Incident): string {
  if (after.resolvedMs === undefined) return 'a silence began';
  const into = mergedInto(after);
  return into === undefined ? 'it is over' : `${into} stands for it`;
}

function beginningOf(before: Incident | undefined): string {
  if (before === undefined) return 'it is new';
  return before.resolvedMs === undefined ? 'its silence is over' : 'it is back';
}

function growthOf(before: Incident, after: Incident): string | undefined {
  if (before.severity !== after.severity) return `it was a ${before.severity}`;
  if (placeOf(before) !== placeOf(after)) return 'it reaches further';
  return before.owner === after.owner ? undefined : `it was for ${before.owner}`;
}

const placeOf = ({ scope }: Incident): string => JSON.stringify(scope);
