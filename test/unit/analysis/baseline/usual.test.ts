import { describe, expect, it } from 'vitest';
import { Detector } from '../../../../src/analysis/baseline/detector.ts';
import { usualOf, windowsOf } from '../../../../src/analysis/baseline/usual.ts';
import {
  alertsOf,
  DAY,
  HOUR,
  lasting,
  MONDAY,
  play,
  type Show,
  tenantLine,
} from '../../../support/unit/probes.ts';

const STEP = { tenant: 't01', scenario: 'order', step: 'confirm' };
/** Twice as long from 8 to 10 o'clock of Berlin, which is an hour ahead. */
const morning = (t: number): boolean => t % DAY >= 7 * HOUR && t % DAY < 9 * HOUR;
const busy: Show = (t, noise) => lasting(noise, morning(t) ? 2 : 1);

describe('what is usual', () => {
  const detector = new Detector();
  play(detector, { days: 20, show: () => busy });

  it('is a range around the middle, of that part of the week, in words', () => {
    const atMs = MONDAY + 21 * DAY + 7.6 * HOUR;
    const usual = usualOf(detector, { ...STEP, atMs })!;
    expect(usual).toMatchObject({ words: 'a business day at 08:30', learning: false });
    expect(usual.usualMs).toBeGreaterThan(900);
    expect(usual.usualMs).toBeLessThan(1_100);
    expect(usual.highMs / usual.usualMs).toBeCloseTo(usual.usualMs / usual.lowMs);
    expect(usual.highMs / usual.usualMs).toBeGreaterThan(1.1);
    expect(usual.highMs / usual.usualMs).toBeLessThan(1.35);
    const noon = usualOf(detector, { ...STEP, atMs: atMs + 4 * HOUR })!;
    expect(noon.usualMs).toBeLessThan(560);
  });

  it('is not known of what was never seen, and is being learned at first', () => {
    expect(usualOf(detector, { ...STEP, step: 'other', atMs: MONDAY })).toBeUndefined();
    expect(usualOf(detector, { ...STEP, tenant: 'x', atMs: MONDAY })).toBeUndefined();
    expect(usualOf(detector, { ...STEP, atMs: MONDAY + DAY })?.learning).toBe(true);
  });

  it('is shown by parts of business days and of others', () => {
    const windows = windowsOf(detector, { ...STEP, fromMs: MONDAY });
    expect(windows).toHaveLength(12 + 6);
    const peak = windows.find(({ label }) => label === 'business day 08:00 to 10:00')!;
    expect(peak.usualMs).toBeGreaterThan(900);
    expect(peak.seen).toBeGreaterThan(300);
    expect(windows.at(-1)!.label).toBe('other day 20:00 to 24:00');
    expect(windowsOf(detector, { ...STEP, step: 'other', fromMs: MONDAY })).toEqual([]);
  });

  it('is shown of named windows and of closings too', () => {
    const about = tenantLine('t01');
    detector.tenant({
      ...about,
      calendar: {
        ...about.calendar,
        closing: { fromBusinessDay: -1, toBusinessDay: 2, from: 9, to: 18 },
        windows: [{ name: 'receiving peak', days: 'business', from: 8, to: 10 }],
      },
    });
    const windows = windowsOf(detector, { ...STEP, fromMs: MONDAY });
    expect(windows.slice(-2).map(({ label }) => label)).toEqual(['receiving peak', 'closing day']);
    expect(windows.at(-1)!.seen).toBe(0);
    expect(windows.at(-2)!.usualMs).toBeGreaterThan(800);
  });
});

describe('a level that is accepted by hand', () => {
  const from = MONDAY + 18 * DAY + 10 * HOUR;
  const slow: Show = (t, noise) => lasting(noise, t >= from ? 1.8 : 1);

  it('is usual at once and alerts no more', () => {
    const detector = new Detector();
    const before = play(detector, { days: 19, show: () => slow });
    const last = alertsOf(before).at(-1)!;
    expect(last).toMatchObject({ kind: 'latency', runs: { of: 12 } });
    expect('runs' in last && last.runs.bad).toBeGreaterThan(9);
    expect(Math.abs(last.since - from)).toBeLessThanOrEqual(0.5 * HOUR);
    expect(detector.accept('t01', 'order', 'confirm')).toBe(true);
    const usual = usualOf(detector, { ...STEP, atMs: MONDAY + 19 * DAY })!;
    expect(usual.usualMs).toBeGreaterThan(800);
    expect(alertsOf(play(detector, { fromDay: 19, days: 20, show: () => slow }))).toEqual([]);
  });

  it('is none of a step that was never seen', () => {
    const detector = new Detector();
    play(detector, { days: 1, show: () => slow });
    expect(detector.accept('t01', 'order', 'other')).toBe(false);
    expect(detector.accept('t01', 'other')).toBe(false);
    expect(detector.accept('x', 'order')).toBe(false);
  });
});
