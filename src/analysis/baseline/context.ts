/** What part of a tenant's business calendar an instant falls into: what was normal is asked of the same part. */
import type { BusinessCalendar } from '../../domain/business-calendar.ts';
import { type Weekday, weekdays } from '../../domain/calendar.ts';
import { wallClockOf, weekdayOf } from '../../domain/zone.ts';

/** A business calendar as far as it is asked here; a history that is replayed says less than a configuration. */
export interface UsualCalendar extends Pick<BusinessCalendar, 'holidays' | 'announced'> {
  /** Monday to Friday when absent. */
  readonly days?: BusinessCalendar['days'];
  /** 8 to 18 when absent. */
  readonly from?: number;
  readonly to?: number;
  readonly closing?: BusinessCalendar['closing'] | undefined;
  readonly windows: readonly BusyWindow[];
}

/** On business days when absent, else on `weekend` days or, whatever else is written, on all. */
type BusyWindow = BusinessCalendar['windows'][number] & { readonly days?: string | undefined };

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
export function contextOf(zone: string, calendar: UsualCalendar): (epochMs: number) => Context {
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

function contextAt(localMs: number, dayOf: (day: number) => Day, calendar: UsualCalendar): Context {
  const number = Math.floor(localMs / DAY_MS);
  const hour = (localMs - number * DAY_MS) / HOUR_MS;
  const day = dayOf(number);
  const window = calendar.windows.findIndex((one) => isIn(one, hour, day));
  const { closing } = calendar;
  const closes = closing !== undefined && day.closing && hour >= closing.from && hour < closing.to;
  return {
    cell: day.business ? Math.floor(hour * 2) : OTHER_DAYS + Math.floor(hour),
    group: groupOf(window, day, isOpen(calendar, hour)),
    closing: closes ? Math.floor(hour / 2) : -1,
    announced: day.announced,
    window: calendar.windows[window]?.name,
    words: wordsOf(hour, closes ? 'a closing day' : day.name, closes ? -1 : window, calendar),
  };
}

function isIn(
  { days = 'business', from, to }: BusyWindow,
  hour: number,
  { business }: Day,
): boolean {
  if (days === 'business' ? !business : days === 'weekend' && business) return false;
  return hour >= from - WIDER && hour < to + WIDER;
}

function groupOf(window: number, { business }: Day, open: boolean): number {
  if (window >= 0 && window < GROUPS - OWN_GROUPS) return OWN_GROUPS + window;
  if (!business) return 2;
  return open ? 1 : 0;
}

const isOpen = ({ from = OPENS, to = CLOSES }: UsualCalendar, hour: number): boolean =>
  hour >= from && hour < to;

function wordsOf(hour: number, day: string, window: number, { windows }: UsualCalendar): string {
  const name = windows[window]?.name;
  if (name !== undefined) return `the ${name}`;
  const half = hour % 1 < 0.5 ? '00' : '30';
  return `${day} at ${String(Math.floor(hour)).padStart(2, '0')}:${half}`;
}

/** As in "usual for a business day". */
function nameOf(weekday: number, business: boolean, holiday: boolean): string {
  if (business) return 'a business day';
  if (weekday === 0) return 'a Sunday';
  if (weekday === 6) return 'a Saturday';
  return holiday ? 'a holiday' : 'a day off';
}

/** Remembers the day that was asked last. */
function daysOf(calendar: UsualCalendar): (day: number) => Day {
  const holidays = new Set(calendar.holidays);
  const working = new Set((calendar.days ?? weekdays.slice(0, 5)).map(weekdayNumber));
  const announced = new Set(calendar.announced.map(({ date }) => date));
  const isBusiness = (day: number): boolean =>
    working.has(weekdayOf(day)) && !holidays.has(dateOf(day));
  let asked = Number.NaN;
  let last: Day | undefined;
  return (day) => {
    if (last !== undefined && day === asked) return last;
    asked = day;
    const business = isBusiness(day);
    last = {
      business,
      name: nameOf(weekdayOf(day), business, holidays.has(dateOf(day))),
      closing: calendar.closing !== undefined && isClosing(day, isBusiness, calendar.closing),
      announced: announced.has(dateOf(day)),
    };
    return last;
  };
}

/** As `weekdayOf` counts them. */
const weekdayNumber = (weekday: Weekday): number => (weekdays.indexOf(weekday) + 1) % 7;

const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** From one business day to another one of the next month, or of the same when both count from the same end. */
function isClosing(
  day: number,
  isBusiness: (day: number) => boolean,
  { fromBusinessDay: from, toBusinessDay: to }: NonNullable<UsualCalendar['closing']>,
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
