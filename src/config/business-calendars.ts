/** The shape of business calendars, and what they are compiled to: the public holidays come from a library. */
import Holidays from 'date-holidays';
import { z } from 'zod';
import type { BusinessCalendar } from '../domain/business-calendar.ts';
import { timeOfDay, weekdays } from '../domain/calendar.ts';
import { remember } from '../lib/remember.ts';
import { time } from './schedule-schema.ts';
import { day, id, noSuch, problem, strict, textWithout, wholeNumber, words } from './terms.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Holidays are known from the last year until the end of two years ahead of when a configuration is loaded. */
const YEARS = [-1, 0, 1, 2] as const;
const DEFAULTS = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' } as const;

const hours = { from: time.describe('HH:MM'), to: time.describe('HH:MM, later than from') };
const businessDay = wholeNumber('a business day of the month, such as 2, or -1 for its last one')
  .min(-15, problem('too far from the end', 'write -15 to -1, or 1 to 15'))
  .max(15, problem('too far from the beginning', 'write -15 to -1, or 1 to 15'))
  .refine((number) => number !== 0, problem('there is no day 0', 'write -15 to -1, or 1 to 15'));

/** Objectives name hours by these words too. */
const windowName = id.refine(
  (name) => name !== 'business' && name !== 'always',
  problem('means other hours in objectives', 'choose another name'),
);

/** The shape of one. */
export const businessCalendar = strict({
  country: textWithout(countryFault)
    .exactOptional()
    .describe(
      'ISO 3166 code, with a subdivision where it has holidays of its own, such as DE-BY: closed on its public holidays',
    ),
  days: z
    .array(z.enum(weekdays))
    .min(1, problem('no day', `name at least one: ${weekdays.join(', ')}`))
    .exactOptional()
    .describe('mon to fri when absent'),
  from: time.exactOptional().describe('HH:MM in the tenant’s time zone; 08:00 when absent'),
  to: time.exactOptional().describe('HH:MM, later than from; 18:00 when absent'),
  holidays: z.array(day).exactOptional().describe('further dates on which it is closed'),
  windows: z
    .array(
      strict({ name: windowName, ...hours }).check(({ value, issues }) => {
        complainOfHours(value, issues);
      }),
    )
    .exactOptional()
    .describe('busy hours of business days, such as a receiving peak or a shipping cut-off'),
  closing: strict({
    fromBusinessDay: businessDay.describe('first one; from the end of the month below zero'),
    toBusinessDay: businessDay.describe(
      'last one; of the next month where only the first is below zero',
    ),
    ...hours,
  })
    .check(({ value, issues }) => {
      complainOfHours(value, issues);
    })
    .exactOptional()
    .describe('the closing of a month'),
  announced: z
    .array(strict({ name: words, date: day }))
    .exactOptional()
    .describe('days that are known to be unlike others, such as a promotion'),
}).check(({ value, issues }) => {
  const { from = DEFAULTS.from, to = DEFAULTS.to, windows = [] } = value;
  complainOfHours({ from, to }, issues);
  const names = windows.map(({ name }) => name);
  const again = names.findIndex((name, index) => names.indexOf(name) < index);
  if (again < 0) return;
  const message = problem(`two windows are named ${names[again] ?? ''}`, 'rename one of them');
  issues.push({ code: 'custom', message, path: ['windows', again, 'name'], input: value });
});

export type RawBusinessCalendar = z.infer<typeof businessCalendar>;
type Issues = z.core.ParsePayload['issues'];

function complainOfHours(
  value: { readonly from: string; readonly to: string },
  issues: Issues,
): void {
  const { from, to } = value;
  // A time that is none was complained of already.
  if (issues.length > 0 || to > from) return;
  const message = problem(
    `to (${to}) is not after from (${from})`,
    'write a later time, at most 24:00',
  );
  issues.push({ code: 'custom', message, path: ['to'], input: value });
}

/** `nowMs` decides for which years holidays are known. */
export function compileBusinessCalendar(raw: RawBusinessCalendar, nowMs: number): BusinessCalendar {
  const { country, days, from, to, holidays = [], windows = [], closing, announced = [] } = raw;
  const year = new Date(nowMs).getUTCFullYear();
  const open =
    country === undefined
      ? []
      : YEARS.flatMap((more) => publicHolidays(`${country} ${year + more}`));
  return {
    days: days ?? DEFAULTS.days,
    ...inHours({ from: from ?? DEFAULTS.from, to: to ?? DEFAULTS.to }),
    holidays: [...new Set([...open, ...holidays])].sort(),
    ...(closing === undefined ? {} : { closing: { ...closing, ...inHours(closing) } }),
    windows: windows.map((window) => ({ ...window, ...inHours(window) })),
    announced,
  };
}

/** Of a tenant that names none: usual hours, and the holidays of its country as far as the library knows it. */
export function usualCalendar(country: string, nowMs: number): BusinessCalendar {
  return compileBusinessCalendar(countryFault(country) === undefined ? { country } : {}, nowMs);
}

/** Says that there is none of this name. */
export function calendarComplaint(
  name: string | undefined,
  known: Readonly<Record<string, RawBusinessCalendar>> = {},
): string | undefined {
  return name === undefined || Object.hasOwn(known, name)
    ? undefined
    : noSuch('business calendar', name, Object.keys(known));
}

const inHours = ({ from, to }: { readonly from: string; readonly to: string }) => ({
  from: timeOfDay(from) / HOUR_MS,
  to: timeOfDay(to) / HOUR_MS,
});

const library = new Holidays();

function countryFault(text: string): string | undefined {
  const [country, subdivision] = placeOf(text);
  if (!Object.hasOwn(library.getCountries(), country)) {
    return problem(
      `no country "${country}" with known holidays`,
      'write its ISO 3166 code, such as FR or DE-BY',
    );
  }
  // Of a country without parts there is no map at all, whatever its type says.
  const states = Object.keys({ ...library.getStates(country) });
  if (subdivision === undefined || states.includes(subdivision)) return undefined;
  return noSuch(
    'subdivision',
    text,
    states.map((state) => `${country}-${state}`),
  );
}

/** `DE-BY` is Bavaria in Germany. */
function placeOf(text: string): readonly [country: string, subdivision?: string] {
  const at = text.indexOf('-');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Dates of days that are closed from their beginning to their end. */
const publicHolidays = remember(1_000, (key: string): readonly string[] => {
  const [place = '', year] = key.split(' ');
  const [country, subdivision = ''] = placeOf(place);
  const found = new Holidays(country, subdivision, { types: ['public'] }).getHolidays(Number(year));
  return found.flatMap(({ date, start, end }) => {
    if (date.slice(11, 19) !== '00:00:00') return [];
    // A day on which the clock is changed has 23 or 25 hours.
    const days = Math.round((end.getTime() - start.getTime()) / DAY_MS);
    const firstMs = Date.parse(date.slice(0, 10));
    return Array.from({ length: days }, (_, index) =>
      new Date(firstMs + index * DAY_MS).toISOString().slice(0, 10),
    );
  });
});
