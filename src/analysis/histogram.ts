/** Durations counted in buckets, as Prometheus wants them: cumulative counts, a sum and a count. */
import { z } from 'zod';

/** Upper bounds, seconds; what is longer stands in the count alone. At most ten, for each is a series. */
export const BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 45, 120] as const;

export const histogramSchema = z
  .strictObject({
    /** How many were at most as long as the bound at this place. */
    buckets: z.array(z.int().nonnegative()).length(BOUNDS.length).readonly(),
    /** Seconds. */
    sum: z.number().nonnegative(),
    count: z.int().nonnegative(),
  })
  .readonly();

export type Histogram = z.infer<typeof histogramSchema>;

export const emptyHistogram: Histogram = { buckets: BOUNDS.map(() => 0), sum: 0, count: 0 };

export function sumOf(a: Histogram, b: Histogram): Histogram {
  return {
    buckets: a.buckets.map((held, index) => held + (b.buckets[index] ?? 0)),
    sum: a.sum + b.sum,
    count: a.count + b.count,
  };
}

export function observe({ buckets, sum, count }: Histogram, seconds: number): Histogram {
  return {
    buckets: buckets.map((held, index) => held + (seconds <= (BOUNDS[index] ?? 0) ? 1 : 0)),
    sum: sum + seconds,
    count: count + 1,
  };
}
