/** Whether a deployment made a step slower: what its residuals were before and are after it, held against how averages as long wander. */
import { median } from 'simple-statistics';
import { BEFORE, type Series } from './series.ts';

/** Runs after a deployment, the first of which meets cold caches. */
export const GATE_RUNS = 24;
const LEAST_AFTER = 12;
const LEAST_BEFORE = 96;
const LEAST_SHIFT = Math.log(1.2);
/** Deviations of an average as long. */
const SURE = 3.7;
const LEAST_WANDER = 0.03;
/** Of the shift, in each part of the runs after it. */
const THROUGHOUT = 0.5;
const UNIT = 1_000;
const MOST = 32_767;

/** One more residual of before. */
export function remember(series: Series, residual: number): void {
  const scaled = Math.round(residual * UNIT);
  series.before[series.beforeAt] = Math.max(-MOST, Math.min(MOST, scaled));
  series.beforeAt = (series.beforeAt + 1) % BEFORE;
  series.beforeSeen = Math.min(BEFORE, series.beforeSeen + 1);
}

/** The next runs are of a new release. */
export function release(series: Series): void {
  series.after = [];
  series.slowAlready = series.ladder.frozenSince === 0 ? 0 : Math.max(0, series.halfHour);
}

/** One more residual since the deployment. */
export function gather(series: Series, residual: number): void {
  if (series.after.length < GATE_RUNS) series.after.push(Math.round(residual * UNIT) / UNIT);
}

/** Undefined as long as it cannot be told. */
export function isWorse(series: Series, group: number): boolean | undefined {
  const after = series.after.slice(1);
  if (after.length < LEAST_AFTER || series.beforeSeen < LEAST_BEFORE) return undefined;
  const before = Array.from(series.before.subarray(0, series.beforeSeen), (one) => one / UNIT);
  const from = Math.max(median(before), series.slowAlready);
  const shift = median(after) - from;
  if (shift < Math.max(LEAST_SHIFT, SURE * wanderOf(series, group))) return false;
  // What began later, or went by, is not of the release.
  const third = Math.floor(after.length / 3);
  const parts = [after.slice(0, third), after.slice(third, -third), after.slice(-third)];
  return parts.every((part) => median(part) - from >= THROUGHOUT * shift);
}

/** By how much two hours usually leave the day around them. */
const wanderOf = ({ wander }: Series, group: number): number =>
  Math.max(LEAST_WANDER, wander[group] ?? 0);
