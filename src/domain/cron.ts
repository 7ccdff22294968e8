/** Cron expressions of five fields, as local times on a clock that is never changed. */
import { CronExpressionParser } from 'cron-parser';
import { remember } from '../lib/remember.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Any day will do: whether an expression ever fires does not depend on it. */
const SOME_DAY_MS = Date.UTC(2026, 0, 1);

/** Why an expression is of no use. */
export type CronFault =
  | { readonly kind: 'fields'; readonly count: number }
  | { readonly kind: 'syntax'; readonly reason: string }
  | { readonly kind: 'never' };

/** Undefined for an expression that fires. */
export function cronFault(expression: string): CronFault | undefined {
  const fields = fieldsOf(expression);
  if (fields.length !== 5) return { kind: 'fields', count: fields.length };
  // cron-parser puts a random number in the place of H; `every` spreads tenants without one.
  if (expression.replace(/[a-z]{3}/gi, '').includes('H')) {
    return { kind: 'syntax', reason: 'H is not a time' };
  }
  const reason = refusal(expression);
  if (reason === undefined) {
    return cronTimes(expression, SOME_DAY_MS).next().done === true ? { kind: 'never' } : undefined;
  }
  const [minute, hour, day, month, weekday] = fields;
  // A day that no month has is refused as a whole: each field alone is right.
  const alone = [
    `${minute} ${hour} ${day} * ${weekday}`,
    `${minute} ${hour} * ${month} ${weekday}`,
  ];
  const apart = alone.every((one) => refusal(one) === undefined);
  return apart ? { kind: 'never' } : { kind: 'syntax', reason };
}

/**
 * The local times of an expression that are later than a given one, ascending and without end unless it never
 * fires; all as epoch milliseconds of the same date and time in UTC. Throws for an expression with a fault.
 */
export function* cronTimes(expression: string, afterMs: number): Generator<number> {
  const { times, days } = parsed(expression);
  for (const dayMs of daysFrom(days, afterMs - (afterMs % DAY_MS))) {
    for (let n = countUntil(times, afterMs - dayMs); n < times.length; n += 1) {
      yield dayMs + (times[n] ?? 0);
    }
  }
}

/** The library finds the days; the times within a day are the same on each of them. */
const parsed = remember(1_000, (expression: string) => {
  const { hour, minute } = CronExpressionParser.parse(expression).fields;
  const times = hour.values.flatMap((h) => minute.values.map((m) => (h * 60 + m) * MINUTE_MS));
  const [, , ...dayFields] = fieldsOf(expression);
  return { times, days: dayFields.join(' ') };
});

/** Midnights of the days that match, from this one on. */
function* daysFrom(days: string, midnightMs: number): Generator<number> {
  if (days === '* * *') {
    for (let dayMs = midnightMs; ; dayMs += DAY_MS) yield dayMs;
  }
  const currentDate = new Date(midnightMs - 1);
  const found = CronExpressionParser.parse(`0 0 ${days}`, { currentDate, tz: 'UTC' });
  for (const day of found) yield day.getTime();
}

/** How many of the times, which ascend, are not later than this one. */
function countUntil(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether it depends on the day of the month or on the month. */
export function namesDates(expression: string): boolean {
  const [, , day = '', month = ''] = fieldsOf(expression);
  return !/^[*?]$/.test(day) || month !== '*';
}

const fieldsOf = (expression: string): readonly string[] => expression.trim().split(/\s+/);

function refusal(expression: string): string | undefined {
  try {
    CronExpressionParser.parse(expression);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
