/** Cron expressions of five fields, as local times on a clock that is never changed. */
import { CronExpressionParser } from 'cron-parser';

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
  const { hour, minute } = CronExpressionParser.parse(expression).fields;
  const times = hour.values.flatMap((h) => minute.values.map((m) => (h * 60 + m) * MINUTE_MS));
  const [, , ...dayFields] = fieldsOf(expression);
  // The library finds the days; the times within a day are the same on each of them, and soon added.
  const days = CronExpressionParser.parse(`0 0 ${dayFields.join(' ')}`, {
    currentDate: new Date(afterMs - (afterMs % DAY_MS) - 1),
    tz: 'UTC',
  });
  for (const day of days) {
    const dayMs = day.getTime();
    for (const time of times) if (dayMs + time > afterMs) yield dayMs + time;
  }
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
