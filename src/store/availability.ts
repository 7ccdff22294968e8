/** Hours of availability as observers keep them, read for a stretch of time. */
import type { z } from 'zod';
import { type AvailabilityHour, hourSchema } from '../analysis/availability.ts';
import type { Series } from '../domain/past-run.ts';
import type { Span } from '../domain/span.ts';
import { type Folds, hourOf } from './folds.ts';

const HOUR_MS = 3_600_000;
/** Asked for at once. */
const BATCH = 24;

/** The name of a series' availability, in the folded state and in each hour. */
export const availabilityName = ({ tenant, scenario, transport }: Series): string =>
  `available|${tenant}|${scenario}|${transport}`;

type Hours = ReadonlyMap<number, AvailabilityHour>;

/** By name, then by the instant at which the hour begins. Rejects with Failed `state.unusable`. */
export async function readHours(
  folds: Folds,
  partition: string,
  names: readonly string[],
  { fromMs, toMs }: Span,
): Promise<ReadonlyMap<string, Hours>> {
  const found = new Map<string, Map<number, AvailabilityHour>>(
    names.map((name) => [name, new Map()]),
  );
  for (let startMs = hourOf(fromMs); startMs < toMs; startMs += BATCH * HOUR_MS) {
    const endMs = Math.min(toMs, startMs + BATCH * HOUR_MS);
    const hours = Array.from(
      { length: Math.ceil((endMs - startMs) / HOUR_MS) },
      (_, index) => startMs + index * HOUR_MS,
    );
    const read = await Promise.all(hours.map((hourMs) => folds.rollups(partition, hourMs, names)));
    for (const [index, hourMs] of hours.entries()) {
      for (const [name, value] of read[index] ?? []) {
        const hour = parsed(value);
        if (hour !== undefined) found.get(name)?.set(hourMs, hour);
      }
    }
  }
  return found;
}

/** Malformed is as good as nothing. */
const parsed = (value: unknown): z.infer<typeof hourSchema> | undefined =>
  hourSchema.safeParse(value).data;
