/** Calendars: the hours of the week in which a schedule may plan, and the days on which it may not. */
import { z } from 'zod';
import { instantsOf, wallClockAt } from './zone.ts';

const DAY_MS = 86_400_000;

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** `08:00`; a day may also end at `24:00`. */
export const TIME_PATTERN = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

const time = z.string().regex(TIME_PATTERN);

/** Open on each of `days` but the `closed` ones, from `from` until just before `to`, in local time of `zone`. */
export const calendarSchema = z
  .strictObject({
    name: z.string(),
    zone: z.string(),
    days: z.array(z.enum(weekdays)).min(1).readonly(),
    from: time,
    to: time,
    /** Dates, YYYY-MM-DD. */
    closed: z.array(z.iso.date()).readonly(),
  })
  .readonly();

export type Calendar = z.infer<typeof calendarSchema>;

interface Opening {
  readonly opensMs: number;
  readonly closesMs: number;
}

/**
 * The stretches `[opensMs, closesMs)` that end after an instant, ascending and without end, in epoch milliseconds.
 * Where the clock is changed, opening and closing follow the rule of `instantsOf`.
 */
export function* openingsFrom(calendar: Calendar, fromMs: number): Generator<Opening, never> {
  const { zone, from, to } = calendar;
  const localMs = wallClockAt(zone, fromMs);
  const todayMs = localMs - (localMs % DAY_MS);
  const instantOf = instantsOf(zone, todayMs);
  for (let dayMs = todayMs; ; dayMs += DAY_MS) {
    if (!isOpenOn(calendar, dayMs)) continue;
    const opensMs = instantOf(dayMs + timeOfDay(from));
    const closesMs = instantOf(dayMs + timeOfDay(to));
    if (closesMs > fromMs) yield { opensMs, closesMs };
  }
}

function isOpenOn({ days, closed }: Calendar, dayMs: number): boolean {
  const day = new Date(dayMs);
  const weekday = weekdays[(day.getUTCDay() + 6) % 7];
  return weekday !== undefined && days.includes(weekday) && !closed.includes(dateOf(day));
}

const dateOf = (day: Date): string => day.toISOString().slice(0, 10);

/** `08:00` in milliseconds. */
export function timeOfDay(text: string): number {
  const [hours, minutes] = text.split(':').map(Number);
  return ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000;
}
