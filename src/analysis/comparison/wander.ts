/** How far the level of a series wanders by itself: what the difference of two averages must be held against. */
import { mean, median } from 'simple-statistics';
import { type Point, withoutRounding } from './calendar.ts';
import { spreadOf } from './ranks.ts';

/** All of logarithms of durations. */
export interface Wander {
  /** Variance of the level averaged over one stretch. */
  readonly level: number;
  /** The share of it that is left in the average of the whole history, 0 to 1. */
  readonly left: number;
  /** Degrees of freedom with which `level` is known. */
  readonly freedom: number;
  /** After so long what the level does is forgotten. */
  readonly tauMs: number;
}

interface Fit extends Omit<Wander, 'level'> {
  /** As far as history alone tells. */
  readonly variance: number;
  readonly misfit: number;
}

interface Stretch {
  readonly atMs: number;
  readonly y: number;
  readonly count: number;
}

const MINUTE_MS = 60_000;
/** Shorter ones hold too few probes to tell level from noise. */
const LEAST_STRETCH_MS = 30 * MINUTE_MS;
/** How long levels are remembered, from the practice of probes of Odoo; what is shorter is noise to a stretch. */
const TAUS_MS = [30, 100, 330, 1250].map((minutes) => minutes * MINUTE_MS);
const USUAL_TAU_MS = 330 * MINUTE_MS;
/** Fewer stretches cannot tell how long they are remembered. */
const TELLING = 12;
/** What a level does before history has told: this deviation, believed like so many independent stretches. */
const USUAL_LEVEL = 0.1;
const BELIEF = 4;
/** No level holds stiller. */
const LEAST_LEVEL = 0.03;
/** Where history is hardly longer than its memory it has seen this share of the variance at least. */
const LEAST_SEEN = 0.1;
/** Standard deviations beyond which a value is drawn in. */
const FAR = 3;

/** Variance of the fast noise: from differences of neighbours in time (von Neumann 1941), taken robustly. */
export function noiseOf(points: readonly Point[]): number {
  const steps = points.slice(1).map(({ y }, index) => y - (points[index]?.y ?? y));
  const size = steps.length === 0 ? 0 : median(steps.map(Math.abs));
  return (1.4826 * size) ** 2 / 2;
}

/**
 * From averages of stretches of `before` that are as long as `after` (`spanMs`): their spread less what noise puts into
 * it, corrected for their autocorrelation, and drawn to what is usual the fewer independent ones there are (moderated
 * variances, Smyth 2004). `before` in order of time and not empty.
 */
export function wanderOf(before: readonly Point[], spanMs: number): Wander {
  const stretches = stretchesOf(before, Math.max(spanMs, LEAST_STRETCH_MS));
  const { y, raw } = deviationsOf(stretches, noiseOf(before));
  const fits = (stretches.length < TELLING ? [USUAL_TAU_MS] : TAUS_MS).map((tauMs) =>
    fitOf(stretches, y, { tauMs, raw }),
  );
  const best = fits.reduce((one, other) => (other.misfit < one.misfit ? other : one));
  const usual = BELIEF * USUAL_LEVEL ** 2;
  const level = (usual + best.freedom * best.variance) / (BELIEF + best.freedom);
  return {
    level: Math.max(level, LEAST_LEVEL ** 2),
    left: best.left,
    freedom: BELIEF + best.freedom,
    tauMs: best.tauMs,
  };
}

/** The share of its variance that a level with this memory keeps when it is averaged over a span. */
export function keptOver(spanMs: number, tauMs: number): number {
  const x = spanMs / tauMs;
  return x < 0.001 ? 1 : (2 / x) * (1 + Math.expm1(-x) / x);
}

function stretchesOf(points: readonly Point[], lengthMs: number): readonly Stretch[] {
  const drawn = drawnIn(points.map(({ y }) => y));
  const groups: { atMs: number; ys: number[] }[] = [];
  points.forEach(({ atMs }, index) => {
    const last = groups.at(-1);
    const y = drawn[index] ?? 0;
    if (last === undefined || atMs - last.atMs >= lengthMs) groups.push({ atMs, ys: [y] });
    else last.ys.push(y);
  });
  return groups.map(({ atMs, ys }) => ({ atMs, y: withoutRounding(mean(ys)), count: ys.length }));
}

function drawnIn(values: readonly number[]): readonly number[] {
  const reach = FAR * spreadOf(values);
  if (reach === 0) return values;
  const centre = median([...values]);
  return values.map((value) => Math.min(centre + reach, Math.max(centre - reach, value)));
}

/** From their mean, and their variance without what noise adds. */
function deviationsOf(
  stretches: readonly Stretch[],
  noise: number,
): { readonly y: readonly number[]; readonly raw: number } {
  const values = stretches.map(({ y }) => y);
  const averages = values.length < TELLING ? values : drawnIn(values);
  const centre = mean([...averages]);
  const y = averages.map((one) => withoutRounding(one - centre));
  const added = noise * mean(stretches.map(({ count }) => 1 / count)) * (1 - 1 / y.length);
  return { y, raw: Math.max(0, mean(y.map((one) => one ** 2)) - added) };
}

/**
 * How well a memory of `tauMs` explains what pairs of stretches have in common. That the mean is their own takes the
 * mean correlation off all of it, which is put back.
 */
function fitOf(
  stretches: readonly Stretch[],
  y: readonly number[],
  { tauMs, raw }: { readonly tauMs: number; readonly raw: number },
): Fit {
  const n = stretches.length;
  const sums = { rho: 0, squares: 0, weighted: 0, products: 0, explained: 0 };
  stretches.forEach((one, i) => {
    for (let j = 0; j < i; j += 1) {
      const other = stretches[j] ?? one;
      const rho = Math.exp((other.atMs - one.atMs) / tauMs);
      const product = (y[i] ?? 0) * (y[j] ?? 0);
      sums.rho += rho;
      sums.squares += rho ** 2;
      sums.weighted += rho * one.count * other.count;
      sums.products += product;
      sums.explained += rho * product;
    }
  });
  const common = (n + 2 * sums.rho) / n ** 2;
  const variance = raw / Math.max(1 - common, LEAST_SEEN);
  // The sum of (product - variance (rho - common))^2 over all pairs, without what is the same for every memory.
  const misfit =
    variance ** 2 * (sums.squares - 2 * common * sums.rho + common ** 2 * ((n * (n - 1)) / 2)) -
    2 * variance * (sums.explained - common * sums.products);
  const points = stretches.reduce((sum, { count }) => sum + count, 0);
  const own = stretches.reduce((sum, { count }) => sum + count ** 2, 0);
  return {
    variance,
    misfit,
    tauMs,
    left: (own + 2 * sums.weighted) / points ** 2,
    freedom: Math.max(0, n ** 2 / (n + 2 * sums.squares) - 1),
  };
}
