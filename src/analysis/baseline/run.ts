/** The steps of one run together: what they deviate by on average says more than each does. */

import { clip } from './numbers.ts';

/** Times are epoch milliseconds, 0 for never; sums over the steps of the current run. */
export interface Run {
  steps: number;
  own: number;
  whole: number;
  /** Steps of the last run that passed. */
  usualSteps: number;
  endedAt: number;
  /** What the steps of the last run deviated by, and of the last quarter of an hour. */
  last: number;
  recent: number;
  /** What the tenant's other scenarios deviated by when it began. */
  others: number;
}

export const freshRun = (): Run => ({
  steps: 0,
  own: 0,
  whole: 0,
  usualSteps: 0,
  endedAt: 0,
  last: 0,
  recent: 0,
  others: 0,
});

const RECENT_MINUTES = 15;
const MOST = 1;

/** Before its first step; `failed` is of the run before. */
export function startRun(run: Run, others: number, failed: boolean): void {
  if (!failed && run.steps > 0) run.usualSteps = run.steps;
  run.steps = 0;
  run.own = 0;
  run.whole = 0;
  run.others = others;
}

/** One more step that passed; true when it was the last of the run. */
export function addStep(
  run: Run,
  t: number,
  {
    own,
    residual,
    minutes,
  }: { readonly own: number; readonly residual: number; readonly minutes: number },
): boolean {
  run.steps += 1;
  run.own += own;
  run.whole += residual;
  if (run.steps !== run.usualSteps) return false;
  run.last = run.whole / run.steps;
  const share = 1 - Math.exp(-minutes / RECENT_MINUTES);
  run.recent += share * (clip(run.last, MOST) - run.recent);
  run.endedAt = t;
  return true;
}
