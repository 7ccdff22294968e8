import { describe, expect, it } from 'vitest';
import { type Point, residualsOf } from '../../../../src/analysis/comparison/calendar.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A Monday, on whose evening before Berlin put its clocks forward. */
const MONDAY = Date.UTC(2026, 2, 30);

/** Slower by `effect` from 10:00 to 16:00 on the clocks of a zone that is `ahead` of UTC. */
const daily = (from: number, days: number, options: { ahead?: number; effect?: number } = {}) =>
  Array.from({ length: days * 288 }, (_, index): Point => {
    const atMs = from + index * 5 * MINUTE_MS;
    const hour = ((atMs + (options.ahead ?? 0) * HOUR_MS) % DAY_MS) / HOUR_MS;
    return { atMs, y: 6 + (hour >= 10 && hour < 16 ? (options.effect ?? 0.3) : 0) };
  });

const at = (atMs: number, y = 6.3): readonly Point[] => [{ atMs, y }];
const noonUtc = (day: number): number => MONDAY + day * DAY_MS + 12 * HOUR_MS;

describe('residuals', () => {
  it('are without what the hour of the day explains, the more the more days have shown it', () => {
    const left = (days: number): number =>
      residualsOf(daily(MONDAY, days), at(noonUtc(days)), 'UTC').after[0]!.y - 6;
    expect(left(2)).toBeCloseTo(0.3 * (1 - 2 / 2.5), 5);
    expect(left(4)).toBeCloseTo(0.3 * (1 - 4 / 4.5), 5);
  });

  it('are the durations themselves where history is short, or one burst', () => {
    const day = daily(MONDAY, 1);
    expect(residualsOf(day, at(noonUtc(1)), 'UTC')).toEqual({ before: day, after: at(noonUtc(1)) });
    const burst = daily(noonUtc(0), 1).slice(0, 20);
    expect(residualsOf(burst, at(noonUtc(3)), 'UTC').before).toEqual(burst);
  });

  it('learn nothing from what they are compared with', () => {
    const before = daily(MONDAY, 3);
    const one = residualsOf(before, at(noonUtc(3), 6), 'UTC');
    const other = residualsOf(before, at(noonUtc(3), 60), 'UTC');
    expect(other.before).toEqual(one.before);
    expect(other.after[0]!.y - one.after[0]!.y).toBeCloseTo(54, 9);
  });

  it('of a day are not taught by that day', () => {
    const before = daily(MONDAY, 3);
    const odd = before.map((one) =>
      one.atMs >= MONDAY + DAY_MS + 11 * HOUR_MS && one.atMs < MONDAY + DAY_MS + 15 * HOUR_MS
        ? { ...one, y: one.y + 1 }
        : one,
    );
    const at13 = (points: readonly Point[]): number =>
      residualsOf(points, [], 'UTC').before[288 + 13 * 12]!.y;
    expect(at13(odd) - at13(before)).toBeCloseTo(1, 9);
  });

  it('follow the clocks of the zone when they change', () => {
    // Thursday and Friday in winter, and the Monday after: ten o'clock is at nine in UTC, and then at eight.
    const winter = daily(MONDAY - 4 * DAY_MS, 2, { ahead: 1 });
    const monday = at(MONDAY + 8.5 * HOUR_MS);
    const left = (zone: string): number => residualsOf(winter, monday, zone).after[0]!.y - 6;
    expect(left('Europe/Berlin')).toBeCloseTo(0.3 * (1 - 0.8 * 0.8), 5);
    expect(left('UTC')).toBeGreaterThan(left('Europe/Berlin') + 0.05);
  });

  it('of a weekend are not taught by business days', () => {
    const left = residualsOf(daily(MONDAY, 5), at(noonUtc(5)), 'UTC').after[0]!.y;
    expect(left).toBe(6.3);
  });
});
