/** Medians and quartiles, and what they say of us beside a reference. */

export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

export interface Comparison {
  readonly name: string;
  readonly oursMs: Spread;
  readonly referenceMs: Spread;
  /** Our median over the reference's. */
  readonly ratio: number;
  /** Of the ratios inside each round. */
  readonly roundRatio: Spread;
  readonly goal: number;
  readonly met: boolean;
}

export interface Pair {
  readonly ours: number;
  readonly reference: number;
}

export function compare(name: string, goal: number, pairs: readonly Pair[]): Comparison {
  const oursMs = spreadOf(pairs.map(({ ours }) => ours));
  const referenceMs = spreadOf(pairs.map(({ reference }) => reference));
  const roundRatio = spreadOf(pairs.map(({ ours, reference }) => ours / reference));
  const ratio = oursMs.median / referenceMs.median;
  return { name, oursMs, referenceMs, ratio, roundRatio, goal, met: ratio <= goal };
}

/** Median and quartiles. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: at(sorted, 0.5), lower: at(sorted, 0.25), upper: at(sorted, 0.75) };
}

/** Between two values the straight line between them. */
export function at(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}
