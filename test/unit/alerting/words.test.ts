import { describe, expect, it } from 'vitest';
import {
  clockfaceOf,
  listText,
  rangeText,
  timesText,
  timeText,
  tookText,
} from '../../../src/alerting/words.ts';

describe('a number on a card', () => {
  it('has as many digits as a person reads', () => {
    expect([340.4, 999.4, 999.6, 2_310, 9_940, 9_960, 48_200].map(tookText)).toEqual([
      ...['340 ms', '999 ms', '1.0 s', '2.3 s', '9.9 s', '10 s', '48 s'],
    ]);
    expect([1.8, 2, 2.04, 9.96, 12.4].map(timesText)).toEqual([
      ...['1.8 times', '2 times', '2 times', '10 times', '12 times'],
    ]);
  });

  it('is a range in one unit, and one number where both ends are the same', () => {
    expect(rangeText(1_100, 1_480)).toBe('1.1 to 1.5 s');
    expect(rangeText(640, 990)).toBe('640 to 990 ms');
    expect(rangeText(640, 1_200)).toBe('0.6 to 1.2 s');
    expect(rangeText(1_110, 1_140)).toBe('1.1 s');
  });
});

describe('a time on a card', () => {
  const night = Date.UTC(2026, 2, 28, 23, 30);

  it('is local where all are in one zone, with its day where that is another one', () => {
    const berlin = clockfaceOf(['Europe/Berlin', 'Europe/Berlin']);
    expect(timeText(berlin, night, night + 3_600_000)).toBe('00:30');
    // The clock goes from 02:00 to 03:00 that night.
    expect(timeText(berlin, night + 2 * 3_600_000, night)).toBe('03:30');
    expect(timeText(berlin, night - 3_600_000, night)).toBe('23:30 on 28 March');
  });

  it('is UTC, and says so, where they are not', () => {
    const both = clockfaceOf(['Europe/Berlin', 'America/New_York']);
    expect(timeText(both, night, night)).toBe('23:30 UTC');
    expect(timeText(clockfaceOf([]), night, night)).toBe('23:30 UTC');
  });
});

describe('names on a card', () => {
  it('are counted when they are many', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    expect([1, 2, 3, 5].map((count) => listText(names.slice(0, count), 3))).toEqual([
      ...['a', 'a and b', 'a, b and c', 'a, b and 3 others'],
    ]);
  });
});
