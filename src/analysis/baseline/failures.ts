/** Failures of one scenario as two sums of evidence (Page 1954): for an outage, and for a share of failing runs. */

import { at } from './numbers.ts';
import { freshSpell, noteRun, type Spell } from './spell.ts';

/** Times are epoch milliseconds. */
export interface Failures {
  runAt: number;
  failed: number;
  /** Before the current run was counted as passed. */
  readonly sums: number[];
  readonly before: number[];
  usual: number;
  runs: number;
  lastFailure: number;
  readonly spell: Spell;
}

export const freshFailures = (): Failures => ({
  runAt: 0,
  failed: 0,
  sums: [0, 0],
  before: [0, 0],
  usual: 0.003,
  runs: 0,
  lastFailure: 0,
  spell: freshSpell(),
});

/** Shares of failing runs that are looked for. */
const SHARES: readonly number[] = [0.4, 0.08];
const LEAST = 0.004;
const RATE = 0.0005;
const WEIGHT = 0.1;
const MOST = 22;
const CLEARED_RUNS: readonly number[] = [9, 30];
/** Of a share that is still looked for when an outage is over. */
const LEFT = 4;
/** One failed run keeps a spell for so many. */
const FAILED = 9;
/** Twice this and it is no failure of one run any more. */
const LEARNS_BELOW = 0.6;

/** A run has begun; it counts as passed until a step of it fails. */
export function beginRun(failures: Failures, t: number): void {
  if (failures.runs > 0 && failures.failed === 0) {
    noteRun(failures.spell, failures.runAt, { bad: false, weight: FAILED });
  }
  failures.runAt = t;
  failures.failed = 0;
  failures.runs += 1;
  const usual = usualOf(failures);
  SHARES.forEach((share, index) => {
    const sum = failures.sums[index] ?? 0;
    failures.before[index] = sum;
    failures.sums[index] = Math.max(0, sum + Math.log((1 - share) / (1 - usual)));
  });
  if (failureScore(failures) < LEARNS_BELOW) failures.usual -= RATE * failures.usual;
}

/** A step of the current run has failed. */
export function failRun(failures: Failures, t: number): void {
  if (failures.failed === 1) return;
  failures.failed = 1;
  const usual = usualOf(failures);
  const clear = failureScore(failures) < LEARNS_BELOW;
  failures.lastFailure = t;
  noteRun(failures.spell, t, { bad: true, weight: FAILED });
  SHARES.forEach((share, index) => {
    const sum = (failures.before[index] ?? 0) + Math.log(share / usual);
    failures.sums[index] = Math.max(0, Math.min(MOST, sum));
  });
  if (clear) failures.usual += RATE;
}

/** Over once so many runs passed in a row. */
export function clearFailures(failures: Failures, t: number, intervalMs: number): void {
  const passed = t - failures.lastFailure;
  if (passed <= at(CLEARED_RUNS, 0) * intervalMs) return;
  if (at(failures.sums, 0) * WEIGHT >= 1) failures.sums[1] = Math.min(LEFT, at(failures.sums, 1));
  failures.sums[0] = 0;
  if (passed > at(CLEARED_RUNS, 1) * intervalMs) failures.sums[1] = 0;
}

/** 1 is an alert. */
export const failureScore = ({ sums }: Failures): number =>
  WEIGHT * Math.max(sums[0] ?? 0, sums[1] ?? 0);

const usualOf = ({ usual }: Failures): number => Math.max(LEAST, Math.min(0.05, usual));
