import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BusinessCalendar } from '../../src/domain/business-calendar.ts';
import { businessSpans } from '../../src/domain/business-spans.ts';
import { weekdays } from '../../src/domain/calendar.ts';
import type { Objective } from '../../src/domain/objective.ts';
import type { Span } from '../../src/domain/span.ts';
import { localDate, wallClockAt } from '../../src/domain/zone.ts';

const HOUR_MS = 3_600_000;
const quarter = fc.integer({ min: 0, max: 95 }).map((n) => n / 4);
const hoursOfDay = fc
  .tuple(quarter, fc.integer({ min: 1, max: 96 }))
  .map(([from, length]) => ({ from, to: Math.min(24, from + length / 4) }));
const calendars: fc.Arbitrary<BusinessCalendar> = fc
  .record({
    days: fc.subarray([...weekdays], { minLength: 1 }),
    hours: hoursOfDay,
    window: hoursOfDay,
    holidays: fc.subarray(['2026-03-29', '2026-10-25', '2026-04-06', '2026-07-14']),
  })
  .map(({ days, hours, window, holidays }) => ({
    days,
    ...hours,
    holidays,
    windows: [{ name: 'peak', ...window }],
    announced: [],
  }));
const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC');
const anyHours: fc.Arbitrary<Objective['hours']> = fc.constantFrom(
  'always' as const,
  'business' as const,
  { window: 'peak' },
);
/** Over the changes of the clock in spring and autumn. */
const instants = fc.integer({
  min: Date.UTC(2026, 2, 1) / 60_000,
  max: Date.UTC(2026, 10, 15) / 60_000,
});
const ranges = fc
  .tuple(instants, fc.integer({ min: 0, max: 20 * 1_440 }), fc.integer({ min: 0, max: 20 * 1_440 }))
  .map(([from, first, second]) => [from, from + first, from + first + second])
  .map(([a = 0, b = 0, c = 0]) => [a * 60_000, b * 60_000, c * 60_000] as const);

const sumOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);

describe('the time that counts', () => {
  it('ascends, lies inside, and is the same however it is asked for', () => {
    fc.assert(
      fc.property(calendars, zones, anyHours, ranges, (calendar, zone, hours, [a, b, c]) => {
        const of = (fromMs: number, toMs: number) =>
          businessSpans(calendar, zone, { fromMs, toMs }, hours);
        const whole = of(a, c);
        let last = a - 1;
        for (const { fromMs, toMs } of whole) {
          expect(fromMs).toBeGreaterThan(last);
          expect(toMs).toBeGreaterThan(fromMs);
          last = toMs;
        }
        expect(last).toBeLessThanOrEqual(c);
        expect(sumOf(of(a, b)) + sumOf(of(b, c))).toBe(sumOf(whole));
      }),
    );
  });

  it('is open just where the wall clock says so, but in hours that the clock shows twice', () => {
    fc.assert(
      fc.property(calendars, zones, instants, (calendar, zone, minute) => {
        const atMs = minute * 60_000;
        const spans = businessSpans(
          calendar,
          zone,
          { fromMs: atMs - 48 * HOUR_MS, toMs: atMs + 48 * HOUR_MS },
          'business',
        );
        const open = spans.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
        const local = wallClockAt(zone, atMs);
        fc.pre(
          [-3, 3].every(
            (hours) => wallClockAt(zone, atMs + hours * HOUR_MS) === local + hours * HOUR_MS,
          ),
        );
        const hour = (local % (24 * HOUR_MS)) / HOUR_MS;
        const weekday = weekdays[(new Date(local).getUTCDay() + 6) % 7];
        const isDay =
          calendar.days.some((day) => day === weekday) &&
          !calendar.holidays.includes(localDate(zone, atMs));
        expect(open).toBe(isDay && hour >= calendar.from && hour < calendar.to);
      }),
    );
  });

  it('has 23 and 25 hours on the days on which the clock is changed', () => {
    const all: BusinessCalendar = {
      days: weekdays,
      from: 0,
      to: 24,
      holidays: [],
      windows: [{ name: 'night', from: 1, to: 4 }],
      announced: [],
    };
    const dayOf = (date: string, offset: string, next: string, nextOffset: string): Span => ({
      fromMs: Date.parse(`${date}T00:00:00${offset}`),
      toMs: Date.parse(`${next}T00:00:00${nextOffset}`),
    });
    const spring = dayOf('2026-03-29', '+01:00', '2026-03-30', '+02:00');
    const autumn = dayOf('2026-10-25', '+02:00', '2026-10-26', '+01:00');
    for (const [day, whole, night] of [
      [spring, 23, 2],
      [autumn, 25, 4],
    ] as const) {
      expect(businessSpans(all, 'Europe/Berlin', day, 'business')).toEqual([day]);
      expect(sumOf([day]) / HOUR_MS).toBe(whole);
      const windows = businessSpans(all, 'Europe/Berlin', day, { window: 'night' });
      expect(sumOf(windows) / HOUR_MS).toBe(night);
    }
  });
});
