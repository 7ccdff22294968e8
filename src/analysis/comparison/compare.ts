/**
 * Whether steps take longer since a deployment. A textbook test takes each run for a draw of its own and blames innocent
 * releases, because the level of a tenant wanders: here the whole difference is held against that.
 */
import { median, quantile } from 'simple-statistics';
import type { Durations, Latency } from '../../domain/gate.ts';
import {
  chanceOf,
  type Difference,
  differenceOf,
  type Knowledge,
  lackOf,
  type Pair,
  type Timed,
} from './difference.ts';
import { holm } from './holm.ts';
import { studentQuantile } from './ranks.ts';

export type { Pair, Timed } from './difference.ts';

/** A gate calls an innocent release slower at most once in a hundred. */
const ALPHA = 0.01;
/** Of each bound: the truth lies in between nine times of ten. */
const BOUND = 0.95;
/** Nobody notices less. */
const LEAST_MS = 50;
const MOST_RUNS = 100;
/** No duration is so many times another; it keeps every ratio finite. */
const FARTHEST = 50;

/**
 * One latency per pair, in order; all comparisons of one gate at once. What the calendar explains is taken off; then the
 * ranks are compared (Mann & Whitney 1947) with effective sample sizes, and the shift (Hodges & Lehmann 1963) is held
 * against the wander of the level. The less telling of the two counts, adjusted after Holm (1979). `worseBy` is the
 * least ratio that matters, above 1.
 */
export function compareAll(
  pairs: readonly Pair[],
  { worseBy }: { readonly worseBy: number },
): readonly Latency[] {
  const differences = pairs.map((pair) => lackOf(pair) ?? differenceOf(pair));
  const chances = holm(differences.map((one) => ('of' in one ? undefined : one.chance)));
  return differences.map((one, index) =>
    'of' in one
      ? { kind: 'not-enough-data', ...one }
      : judge(one, chances[index] ?? 1, Math.log(worseBy)),
  );
}

function judge(difference: Difference, chance: number, worseBy: number): Latency {
  const { shift } = difference;
  const reach = reachOf(difference.knowledge(0));
  const interval = {
    ratio: ratioOf(shift),
    low: ratioOf(shift - reach),
    high: ratioOf(shift + reach),
  };
  if (chance < ALPHA && matters(difference, shift, worseBy)) {
    return { kind: 'worse', ...interval, confidence: 1 - chance };
  }
  if (!matters(difference, shift + reach, worseBy)) return { kind: 'not-worse', ...interval };
  const moreRuns = moreRunsFor(difference, chance, worseBy);
  return { kind: 'not-enough-data', moreRuns, of: 'after' };
}

/** By ratio and by milliseconds, of what the step would take without the shift. */
const matters = ({ usualMs }: Difference, shift: number, worseBy: number): boolean =>
  shift >= worseBy && usualMs * (ratioOf(shift) - 1) >= LEAST_MS;

const reachOf = ({ error, freedom }: Knowledge): number => error * studentQuantile(BOUND, freedom);

const ratioOf = (shift: number): number => Math.exp(Math.min(FARTHEST, Math.max(-FARTHEST, shift)));

/** After how many it would be decided if they were like those that were made. */
function moreRunsFor(difference: Difference, chance: number, worseBy: number): number {
  const { shift } = difference;
  const comparisons = Math.max(1, chance / difference.chance);
  const slower = matters(difference, shift, worseBy);
  for (let moreRuns = 1; moreRuns < MOST_RUNS; moreRuns += 1) {
    const known = difference.knowledge(moreRuns);
    if (slower && comparisons * chanceOf(shift, known) < ALPHA) return moreRuns;
    if (!matters(difference, shift + reachOf(known), worseBy)) return moreRuns;
  }
  return MOST_RUNS;
}

/** Of the runs that passed: their number, the middle, and where nine of ten lie. */
export function durationsOf(timed: readonly Timed[]): Durations {
  if (timed.length === 0) return { runs: 0 };
  const all = timed.map(({ ms }) => ms);
  return {
    runs: all.length,
    medianMs: median(all),
    lowMs: quantile(all, 1 - BOUND),
    highMs: quantile(all, BOUND),
  };
}
