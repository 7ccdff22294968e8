/** What part of a tenant's business calendar an instant falls into: what was normal is asked of the same part. */
import { wallClockOf, weekdayOf } from '../../domain/zone.ts';

export interface BusinessCalendar {
  /** Local dates, `2026-05-01`. */
  readonly holidays: readonly string[];
  /** Business days of a month count from 1, from its end from -1; hours of the local day. */
  readonly closing?:
    | {
        readonly fromBusinessDay: number;
        readonly toBusinessDay: number;
        readonly from: number;
        readonly to: number;
      }
    | undefined;
  readonly windows: readonly BusinessWindow[];
  readonly announced: readonly { readonly name: string; readonly date: string }[];
}

interface BusinessWindow {
  readonly name: string;
  readonly days: string;
  /** Hours of the local day, with fractions. */
  readonly from: number;
  readonly to: number;
}

export interface Context {
  /** Half hour of a business day (0 to 47) or hour of another one (48 to 71). */
  readonly cell: number;
  /** Which scale: off-hours, business hours, other days, or a named window (from 3). */
  readonly group: number;
  /** Two-hour slot of a closing day, -1 outside of closing. */
  readonly closing: number;
  readonly announced: boolean;
  /** The named window that it lies in. */
  readonly window: string | undefined;
  /** For example `a business day at 16:30`. */
  readonly words: string;
}

export const CELLS = 72;
/** The first cell of those. */
export const OTHER_DAYS = 48;
export const CLOSING_SLOTS = 12;
/** Those of every tenant, and its first four windows; further ones share the scale of the hours they lie in. */
export const GROUPS = 7;
const OWN_GROUPS = 3;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;
/** Of an hour, by which a window reaches further on both sides. */
const WIDER = 0.25;
const OPENS = 8;
const CLOSES = 18;

interface Day {
  readonly business: boolean;
  readonly name: string;
  readonly closing: boolean;
  readonly announced: boolean;
}

/** A function from an instant to its context; cheap where instants ascend. */
export function contextOf(zone: string, calendar: BusinessCalendar): (epochMs: number) => Context {
  const local = wallClockOf(zone);
  const dayOf = daysOf(calendar);
  let quarter = Number.NaN;
  let last: Context | undefined;
  return (epochMs) => {
    // Clocks change at quarters of an hour.
    const asked = Math.floor(epochMs / QUARTER_MS);
    if (last !== undefined && asked === quarter) return last;
    quarter = asked;
    last = contextAt(local(asked * QUARTER_MS), dayOf, calendar);
    return last;
  };
}

function contextAt(
  localMs: number,
  dayOf: (day: number) => Day,
  calendar: BusinessCalendar,
): Context {
  const number = Math.floor(localMs / DAY_MS);
  const hour = (localMs - number * DAY_MS) / HOUR_MS;
  const day = dayOf(number);
  const window = calendar.windows.findIndex((one) => isIn(one, hour, day));
  const { closing } = calendar;
  const closes = closing !== undefined && day.closing && hour >= closing.from && hour < closing.to;
  return {
    cell: day.business ? Math.floor(hour * 2) : OTHER_DAYS + Math.floor(hour),
    group: groupOf(window, hour, day.business),
    closing: closes ? Math.floor(hour / 2) : -1,
    announced: day.announced,
    window: calendar.windows[window]?.name,
    words: wordsOf(hour, closes ? 'a closing day' : day.name, closes ? -1 : window, calendar),
  };
}

function isIn({ days, from, to }: BusinessWindow, hour: number, { business }: Day): boolean {
  if (days === 'business' ? !business : days === 'weekend' && business) return false;
  return hour >= from - WIDER && hour < to + WIDER;
}

function groupOf(window: number, hour: number, business: boolean): number {
  if (window >= 0 && window < GROUPS - OWN_GROUPS) return OWN_GROUPS + window;
  if (!business) return 2;
  return hour >= OPENS && hour < CLOSES ? 1 : 0;
}

function wordsOf(hour: number, day: string, window: number, { windows }: BusinessCalendar): string {
  const name = windows[window]?.name;
  if (name !== undefined) return `the ${name}`;
  const half = hour % 1 < 0.5 ? '00' : '30';
  return `${day} at ${String(Math.floor(hour)).padStart(2, '0')}:${half}`;
}

/** As in "usual for a business day". */
function nameOf(weekday: number, business: boolean): string {
  if (business) return 'a business day';
  if (weekday === 0) return 'a Sunday';
  return weekday === 6 ? 'a Saturday' : 'a holiday';
}

/** Remembers the day that was asked last. */
function daysOf(calendar: BusinessCalendar): (day: number) => Day {
  const holidays = new Set(calendar.holidays);
  const announced = new Set(calendar.announced.map(({ date }) => date));
  const isBusiness = (day: number): boolean => {
    const weekday = weekdayOf(day);
    return weekday !== 0 && weekday !== 6 && !holidays.has(dateOf(day));
  };
  let asked = Number.NaN;
  let last: Day | undefined;
  return (day) => {
    if (last !== undefined && day === asked) return last;
    asked = day;
    const business = isBusiness(day);
    last = {
      business,
      name: nameOf(weekdayOf(day), business),
      closing: calendar.closing !== undefined && isClosing(day, isBusiness, calendar.closing),
      announced: announced.has(dateOf(day)),
    };
    return last;
  };
}

const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** From one business day to another one of the next month, or of the same when both count from the same end. */
function isClosing(
  day: number,
  isBusiness: (day: number) => boolean,
  { fromBusinessDay: from, toBusinessDay: to }: NonNullable<BusinessCalendar['closing']>,
): boolean {
  if (!isBusiness(day)) return false;
  const date = new Date(day * DAY_MS);
  const first = day - date.getUTCDate() + 1;
  const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY_MS;
  const count = (start: number, end: number): number =>
    Array.from({ length: end - start }, (_, index) => start + index).filter(isBusiness).length;
  const fromStart = count(first, day) + 1;
  const fromEnd = -count(day, next);
  const reached = (bound: number): boolean => (bound < 0 ? fromEnd >= bound : fromStart >= bound);
  const within = (bound: number): boolean => (bound < 0 ? fromEnd <= bound : fromStart <= bound);
  return from < 0 && to > 0 ? reached(from) || within(to) : reached(from) && within(to);
}
