/** Whether a deployment made a step slower: what its residuals were before and are after it, held against how averages as long wander. */
import { median } from 'simple-statistics';
import { BEFORE, HALF_HOUR, RUNGS, type Series } from './series.ts';

/** Runs after a deployment, the first of which meets cold caches. */
export const GATE_RUNS = 24;
const LEAST_AFTER = 12;
const LEAST_BEFORE = 96;
const LEAST_SHIFT = Math.log(1.2);
/** Deviations of an average as long. */
const SURE = 3.6;
const UNIT = 1_000;
const MOST = 32_767;

/** One more residual of before. */
export function remember(series: Series, residual: number): void {
  const scaled = Math.round(residual * UNIT);
  series.before[series.beforeAt] = Math.max(-MOST, Math.min(MOST, scaled));
  series.beforeAt = (series.beforeAt + 1) % BEFORE;
  series.beforeSeen = Math.min(BEFORE, series.beforeSeen + 1);
}

/** One more residual since the deployment. */
export function gather(series: Series, residual: number): void {
  if (series.after.length < GATE_RUNS) series.after.push(residual);
}

/** Undefined as long as it cannot be told. */
export function isWorse(series: Series, group: number): boolean | undefined {
  const after = series.after.slice(1);
  if (after.length < LEAST_AFTER || series.beforeSeen < LEAST_BEFORE) return undefined;
  const before = Array.from(series.before.subarray(0, series.beforeSeen), (one) => one / UNIT);
  const shift = median(after) - median(before);
  return shift >= LEAST_SHIFT && shift >= SURE * wanderOf(series, group);
}

/** Averages over one and three hours wander by so much; two hours lie between. */
function wanderOf({ scales, blended }: Series, group: number): number {
  const rung = (index: number): number =>
    Math.max(scales[group * RUNGS + index] ?? 0, blended[index] ?? 0);
  return Math.max(0.03, (rung(HALF_HOUR) + rung(HALF_HOUR + 1)) / 2);
}
