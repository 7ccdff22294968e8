/**
 * The ladder: averages of the residual over ten minutes to a day, each held against how large it usually is itself, so
 * that nothing is assumed about how probes depend on each other.
 */
import { clip } from './learn.ts';
import { at, HALF_HOUR, RUNGS, type Series, TAUS } from './series.ts';

const CLIP = 6;
const WEIGHTS: readonly number[] = [1.1, 1.1, 1, 0.9, 1];
const SCALE_RATE = 0.001;
const LEAST_SCALE = 0.04;
const LEAST_SIGMA = 0.04;
/** Slower by less is nobody's trouble. */
const LEAST_SHIFT = Math.log(1.15);
const CALM_MS = 45 * 60_000;

/** The averages with one more residual, `minutes` after the one before; answers their largest deviation. */
export function climb(
  series: Series,
  residual: number,
  minutes: number,
  group: number,
): { readonly z: number; readonly shift: number } {
  const r = clip(middle(series, residual), CLIP * Math.max(series.sigma, LEAST_SIGMA));
  let best = 0;
  let shift = 0;
  for (let rung = 0; rung < RUNGS; rung += 1) {
    const share = 1 - Math.exp(-minutes / at(TAUS, rung));
    const average = at(series.averages, rung) + share * (r - at(series.averages, rung));
    series.averages[rung] = average;
    const own = Math.max(LEAST_SCALE, at(series.scales, group * RUNGS + rung));
    const blended = at(series.blended, rung) + share * (own - at(series.blended, rung));
    series.blended[rung] = blended;
    const z = (at(WEIGHTS, rung) * average) / Math.max(own, blended);
    if (average > LEAST_SHIFT && z > best) {
      best = z;
      shift = average;
    }
  }
  return { z: best, shift };
}

/** Of the last half hour, up or down: what the pools are told. */
export const deviationOf = (series: Series): number =>
  at(series.averages, HALF_HOUR) / Math.max(LEAST_SCALE, at(series.blended, HALF_HOUR));

/** Of three, so that one outlier raises no average. */
function middle(series: Series, residual: number): number {
  const [a, b] = [at(series.last, 0), at(series.last, 1)];
  series.last[0] = b;
  series.last[1] = residual;
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), residual));
}

/** The least of the last few, which a short episode does not raise. */
export function hold(series: Series, z: number): number {
  series.held[series.heldAt] = z;
  series.heldAt = (series.heldAt + 1) % series.held.length;
  return Math.min(...series.held);
}

/** Remembers how large the averages usually are. */
export function learnScales(series: Series, group: number): void {
  const seen = at(series.scalesSeen, group) + 1;
  series.scalesSeen[group] = seen;
  const rate = Math.max(SCALE_RATE, 1 / (seen + 1));
  for (let rung = 0; rung < RUNGS; rung += 1) {
    const index = group * RUNGS + rung;
    const size = 1.25 * Math.abs(at(series.averages, rung));
    series.scales[index] = at(series.scales, index) + rate * (size - at(series.scales, index));
  }
}

/** Once the fast average was calm for a while the slow ones follow it: what is over alerts no more. */
export function settle(series: Series, t: number): void {
  const fast = at(series.averages, HALF_HOUR);
  const calm = Math.abs(fast) < 1.5 * Math.max(LEAST_SCALE, at(series.blended, HALF_HOUR));
  if (!calm) {
    series.calmSince = 0;
    return;
  }
  if (series.calmSince === 0) series.calmSince = t;
  if (t - series.calmSince < CALM_MS) return;
  for (let rung = HALF_HOUR + 1; rung < RUNGS; rung += 1) {
    const scale = 2 * Math.max(LEAST_SCALE, at(series.blended, rung));
    if (Math.abs(at(series.averages, rung)) > scale) series.averages[rung] = fast;
  }
}
