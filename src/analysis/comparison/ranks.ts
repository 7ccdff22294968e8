/** What ranks tell about two samples, and tail probabilities: the textbook part of the comparison, which assumes independence. */
import {
  errorFunction,
  median,
  medianAbsoluteDeviation,
  probit,
  wilcoxonRankSum,
} from 'simple-statistics';

/** Of a normal distribution: its standard deviation to its median absolute deviation. */
const SCALE = 1.4826;

/**
 * How many standard errors the ranks of `after` lie above chance (Mann & Whitney 1947), by the normal approximation,
 * corrected for ties and continuity; 0 where all values are equal. Neither may be empty.
 */
export function rankScore(before: readonly number[], after: readonly number[]): number {
  const n = after.length;
  const total = n + before.length;
  const excess = wilcoxonRankSum([...after], [...before]) - (n * (total + 1)) / 2;
  const variance = ((n * before.length) / 12) * (total + 1 - tiesOf([...before, ...after]));
  if (variance <= 0) return 0;
  return (Math.sign(excess) * Math.max(0, Math.abs(excess) - 0.5)) / Math.sqrt(variance);
}

/** What ties take off the variance: the sum of t^3 - t over groups of t equal values, by N (N - 1). */
function tiesOf(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const tied = [...counts.values()].reduce((sum, count) => sum + count ** 3 - count, 0);
  return tied / (values.length * (values.length - 1));
}

/** Places in ascending order, from 0; equal values share the middle of theirs. */
export function ranksOf(values: readonly number[]): readonly number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  sorted.forEach((value, place) => {
    if (!first.has(value)) first.set(value, place);
    last.set(value, place);
  });
  return values.map((value) => ((first.get(value) ?? 0) + (last.get(value) ?? 0)) / 2);
}

/** The median of all differences, after less before (Hodges & Lehmann 1963). Neither may be empty. */
export function shiftOf(before: readonly number[], after: readonly number[]): number {
  const differences: number[] = [];
  for (const one of after) for (const other of before) differences.push(one - other);
  return median(differences);
}

/** A standard deviation that a few outliers do not move; 0 where more than half are equal, and of none. */
export function spreadOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : SCALE * medianAbsoluteDeviation([...values]);
}

/** How probable so much or more is of a standard normal distribution. */
export function upperTail(z: number): number {
  return Math.min(1, Math.max(0, (1 - errorFunction(z / Math.SQRT2)) / 2));
}

/** The normal score as probable as `t` of Student's distribution (Wallace 1959). */
export function normalOf(t: number, freedom: number): number {
  const z = Math.sqrt(freedom * Math.log1p(t ** 2 / freedom));
  return (Math.sign(t) * z * (8 * freedom + 1)) / (8 * freedom + 3);
}

/** What Student's distribution stays below with `probability`, from 0.5 on: Wallace's formula the other way round. */
export function studentQuantile(probability: number, freedom: number): number {
  const z = (probit(probability) * (8 * freedom + 3)) / (8 * freedom + 1);
  return Math.sqrt(freedom * Math.expm1(z ** 2 / freedom));
}
