/** The shape of schedules and calendars, and every fault that one of them has by itself. */
import { z } from 'zod';
import { TIME_PATTERN, weekdays } from '../domain/calendar.ts';
import { cronFault } from '../domain/cron.ts';
import { transports } from '../domain/transport.ts';
import { parseDuration } from '../lib/duration.ts';
import { day, id, problem, strict, textWithout, timeZone } from './terms.ts';

const SHORTEST_MS = 10_000;
const LONGEST_MS = 86_400_000;

export const time = z
  .string()
  .regex(TIME_PATTERN, problem('not a time of day', 'write it as HH:MM, such as 08:00'));

export const calendar = strict({
  days: z
    .array(z.enum(weekdays))
    .min(1, problem('no day', `name at least one: ${weekdays.join(', ')}`)),
  from: time.describe('HH:MM in the tenant’s time zone'),
  to: time.describe('HH:MM, later than from; 24:00 is the end of the day'),
  closed: z.array(day).exactOptional().describe('dates on which nothing is planned'),
}).check(({ value, issues }) => {
  // A time that is none was complained of already.
  if (issues.length > 0 || value.to > value.from) return;
  const message = problem(
    `to (${value.to}) is not after from (${value.from})`,
    'write a later time, at most 24:00',
  );
  issues.push({ code: 'custom', message, path: ['to'], input: value.to });
});

const planned = {
  scenarios: z.array(id).min(1, problem('no scenario', 'name at least one')),
  transports: z
    .array(z.enum(transports))
    .min(1, problem('no transport', 'name at least one, or leave transports out'))
    .exactOptional()
    .describe('all that scenario and tenant have in common when absent'),
  every: textWithout(everyFault).exactOptional().describe('10s to 1d, such as 5m'),
  cron: textWithout(cronProblem).exactOptional().describe('minute hour day month weekday'),
  zone: timeZone.exactOptional().describe('IANA name, for cron; the tenant’s when absent'),
  calendar: id.exactOptional().describe('name of one of fleet.calendars'),
};

/** Of one tenant. */
export const tenantSchedule = strict(planned).check(checkTiming);

/** Of the fleet. */
export const fleetSchedule = strict({
  ...planned,
  tenants: z
    .array(id)
    .min(1, problem('no tenant', 'name at least one, or leave tenants out'))
    .exactOptional()
    .describe('all without schedules of their own when absent'),
}).check(checkTiming);

export type RawSchedule = z.infer<typeof fleetSchedule>;

function everyFault(text: string): string | undefined {
  const ms = parseDuration(text);
  if (ms === undefined) {
    return problem('not a duration', 'write a number and a unit: 30s, 5m, 1h');
  }
  if (ms < SHORTEST_MS || ms > LONGEST_MS) {
    return problem(`${text} is not between 10s and 1d`, 'write 10s to 1d, or use cron');
  }
  return ms % 1_000 === 0 ? undefined : problem('not in whole seconds', 'write whole seconds');
}

/** Undefined for an expression that fires. */
export function cronProblem(text: string): string | undefined {
  const fault = cronFault(text);
  switch (fault?.kind) {
    case undefined:
      return undefined;
    case 'fields':
      return problem(
        `not 5 fields but ${fault.count}`,
        'write minute hour day month weekday; for seconds use every',
      );
    case 'never':
      return problem('never fires: there is no such day', 'choose a day that comes');
    case 'syntax':
      return problem(
        `does not parse: ${fault.reason}`,
        'write minute hour day month weekday, such as "*/15 8-17 * * 1-5"',
      );
  }
}

function checkTiming({
  value,
  issues,
}: z.core.ParsePayload<Pick<RawSchedule, 'every' | 'cron' | 'zone'>>): void {
  const complain = (path: readonly string[], message: string): void => {
    issues.push({ code: 'custom', message, path: [...path], input: value });
  };
  const { every, cron, zone } = value;
  const example = 'every: 5m, or cron: "0 8 * * *"';
  if (every === undefined && cron === undefined) {
    complain([], problem('has neither every nor cron', `write one: ${example}`));
  }
  if (every !== undefined && cron !== undefined) {
    complain(['cron'], problem('has both every and cron', 'keep one of them'));
  }
  if (cron === undefined && zone !== undefined) {
    complain(['zone'], problem('is of no use without cron', 'remove it, or write cron'));
  }
}
