/** Arbitrary zones, windows around changes of the clock, cron expressions with a matcher of their own, schedules. */
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { type Calendar, weekdays } from '../../../src/domain/calendar.ts';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import type { Schedule } from '../../../src/domain/schedule.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** What goes wrong first: zones that change by an hour, by half an hour, by a whole day, that are off by quarters, that never change. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  'Europe/Brussels': ['2026-03-29T01:00Z', '2026-10-25T01:00Z'],
  'America/New_York': ['2026-03-08T07:00Z', '2026-11-01T06:00Z'],
  'Australia/Lord_Howe': ['2026-04-04T15:00Z', '2026-10-03T15:30Z'],
  'America/St_Johns': ['2026-03-08T05:30Z', '2026-11-01T04:30Z'],
  'Pacific/Apia': ['2011-12-30T10:00Z', '2012-03-31T14:00Z'],
  'Africa/Casablanca': ['2026-02-15T02:00Z', '2026-03-22T02:00Z'],
  'Asia/Kathmandu': ['1985-12-31T18:30Z'],
  UTC: ['2026-03-29T01:00Z'],
};

interface Change {
  readonly zone: string;
  readonly changeMs: number;
}

const knownChanges = fc.constantFrom(
  ...Object.entries(KNOWN).flatMap(([zone, instants]) =>
    instants.map((text): Change => ({ zone, changeMs: Date.parse(text) })),
  ),
);

/** The next change after any instant from 1985 to 2030 in any zone there is; that instant where none is to come. */
const anyChanges = fc
  .record({
    zone: fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
    afterMs: fc.integer({ min: Date.UTC(1985), max: Date.UTC(2030) }),
  })
  .map(({ zone, afterMs }): Change => {
    const after = Temporal.Instant.fromEpochMilliseconds(afterMs).toZonedDateTimeISO(zone);
    const next = after.getTimeZoneTransition('next') ?? after;
    return { zone, changeMs: next.epochMilliseconds };
  });

export interface Window {
  readonly zone: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** At most three days, near a change of the clock where the zone has one. */
export const windows: fc.Arbitrary<Window> = fc
  .record({
    change: fc.oneof(knownChanges, anyChanges),
    // Edges on the change itself are what goes wrong first.
    beforeMs: fc.oneof(
      fc.constantFrom(0, 1, HOUR_MS),
      fc.integer({ min: -DAY_MS, max: 2 * DAY_MS }),
    ),
    lengthMs: fc.integer({ min: 0, max: 3 * DAY_MS }),
  })
  .map(({ change: { zone, changeMs }, beforeMs, lengthMs }) => ({
    zone,
    fromMs: changeMs - beforeMs,
    toMs: changeMs - beforeMs + lengthMs,
  }));

export interface Cron {
  readonly expression: string;
  /** Of local time, as epoch milliseconds of the same date and time in UTC. */
  readonly matches: (localMs: number) => boolean;
}

interface Field {
  readonly text: string;
  readonly fits: (value: number) => boolean;
}

function field(min: number, max: number): fc.Arbitrary<Field> {
  const value = fc.integer({ min, max });
  const any = fc.constant<Field>({ text: '*', fits: () => true });
  const list = fc
    .uniqueArray(value, { minLength: 1, maxLength: 4 })
    .map((values) => ({ text: values.join(','), fits: (n: number) => values.includes(n) }));
  const range = fc.tuple(value, value).map(([a, b]) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    return { text: `${low}-${high}`, fits: (n: number) => n >= low && n <= high };
  });
  const step = fc
    .integer({ min: 2, max: 30 })
    .map((n) => ({ text: `*/${n}`, fits: (v: number) => (v - min) % n === 0 }));
  return fc.oneof(any, list, range, step);
}

/** A day matches by date or weekday when both are given, as cron has it; no day is asked for that no month has. */
export const crons: fc.Arbitrary<Cron> = fc
  .record({
    minute: field(0, 59),
    hour: field(0, 23),
    day: field(1, 28).filter(({ text }) => !text.startsWith('*/')),
    month: fc.constant<Field>({ text: '*', fits: () => true }),
    weekday: field(0, 6).filter(({ text }) => !text.startsWith('*/')),
  })
  .map(({ minute, hour, day, month, weekday }) => ({
    expression: [minute, hour, day, month, weekday].map(({ text }) => text).join(' '),
    matches: (localMs) => {
      const at = new Date(localMs);
      const byDate = day.fits(at.getUTCDate());
      const byWeekday = weekday.fits(at.getUTCDay());
      const both = day.text !== '*' && weekday.text !== '*';
      const today = both ? byDate || byWeekday : byDate && byWeekday;
      return today && minute.fits(at.getUTCMinutes()) && hour.fits(at.getUTCHours());
    },
  }));

const clockTime = fc
  .integer({ min: 0, max: 24 * 60 })
  .map((minutes) =>
    [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, '0')).join(':'),
  );

export const calendarsIn = (zone: string): fc.Arbitrary<Calendar> =>
  fc
    .record({
      name: fc.constant('office'),
      zone: fc.constant(zone),
      days: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 }),
      from: clockTime,
      to: clockTime,
      closed: fc.constantFrom([], ['2026-03-29'], ['2026-10-24', '2026-10-25']),
    })
    .filter(({ from, to }) => from < to);

const keys = {
  tenant: fc.constantFrom('north', 'south').map(tenantId),
  scenario: fc.constantFrom('login', 'order-confirmation').map(scenarioId),
  transport: fc.constantFrom('rpc' as const, 'browser' as const),
};

const everyTimings = fc
  .record({ every: fc.integer({ min: 10, max: 86_400 }), phase: fc.nat() })
  .map(({ every, phase }) => ({
    kind: 'every' as const,
    everyMs: every * 1_000,
    phaseMs: (phase % every) * 1_000,
  }));

/** With a calendar or without, in a zone. */
export function schedulesIn(zone: string): fc.Arbitrary<Schedule> {
  const cron = crons.map(({ expression }) => ({ kind: 'cron' as const, expression, zone }));
  const timing = fc.oneof(everyTimings, cron);
  return fc.oneof(
    fc.record({ ...keys, timing }),
    fc.record({ ...keys, timing, calendar: calendarsIn(zone) }),
  );
}

/** A schedule and a window of its zone. */
export const scheduled: fc.Arbitrary<{ readonly schedule: Schedule; readonly window: Window }> =
  windows.chain((window) =>
    fc.record({ schedule: schedulesIn(window.zone), window: fc.constant(window) }),
  );

export function cronSchedule(expression: string, zone: string): Schedule {
  return scheduleOf({ timing: { kind: 'cron', expression, zone } });
}

export function scheduleOf(change: Partial<Schedule> & Pick<Schedule, 'timing'>): Schedule {
  return {
    tenant: tenantId('north'),
    scenario: scenarioId('order-confirmation'),
    transport: 'rpc',
    ...change,
  };
}
