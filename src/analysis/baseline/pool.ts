/** What the tenants of a host deviate by together, held against how large that usually is: a shared cause shows here first. */

/** Of a host. Times are epoch milliseconds. */
export interface Pool {
  scale: number;
  samples: number;
  readonly held: number[];
  score: number;
}

export const freshPool = (): Pool => ({ scale: 0, samples: 0, held: [0, 0], score: 0 });

const RATE = 0.001;
const LEAST_SCALE = 0.25;
/** So many times as far as usual is an alert. */
const ALERT = 6;
/** What the tenants deviate by at least. */
const LEAST_MEAN = 1;
const LEARNS_BELOW = 0.5;
/** Looks before the first alert: a day of those at probes of five minutes. */
const FIRST = 288;

/** The middle of the tenants, the lower of two: one that deviates alone is no shared cause. */
export function lowerMiddleOf(deviations: readonly number[]): number {
  const means = [...deviations].sort((a, b) => a - b);
  return means[Math.floor((means.length - 1) / 2)] ?? 0;
}

/** One look, once an interval; 1 is an alert. */
export function samplePool(pool: Pool, middle: number): void {
  const score = middle < LEAST_MEAN ? 0 : middle / Math.max(LEAST_SCALE, pool.scale) / ALERT;
  if (score < LEARNS_BELOW) {
    pool.samples += 1;
    const rate = Math.max(RATE, 1 / (pool.samples + 1));
    pool.scale += rate * (1.25 * Math.abs(middle) - pool.scale);
  }
  pool.held.push(score);
  pool.held.shift();
  pool.score = pool.samples < FIRST ? 0 : Math.min(...pool.held);
}
