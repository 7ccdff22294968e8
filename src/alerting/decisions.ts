/** What was decided of an incident, in order, so that somebody can ask later why it came to this. */
import type { Decision, Incident } from '../domain/incident.ts';

/** The first ones tell how it began; of the rest the last ones are kept. */
const MOST = 50;
const FIRST_KEPT = 10;

/** Nothing is added when the same was decided by this stage last. */
export function decided(decisions: readonly Decision[], next: Decision): readonly Decision[] {
  const last = decisions.findLast(({ stage }) => stage === next.stage);
  if (last?.decision === next.decision && last.because === next.because) return decisions;
  const all = [...decisions, next];
  if (all.length <= MOST) return all;
  return [...all.slice(0, FIRST_KEPT), ...all.slice(FIRST_KEPT - MOST)];
}

const MERGED = 'merged into ';

/** What is decided of one that another incident stands for. */
export const merging = (into: string): string => `${MERGED}${into}`;

/** The incident that stands for this one; undefined when it stands for itself. */
export function mergedInto({ decisions }: Incident): string | undefined {
  const last = decisions.findLast(({ stage }) => stage === 'dedupe')?.decision;
  return last?.startsWith(MERGED) === true ? last.slice(MERGED.length) : undefined;
}
