import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/lib/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1.5s', 1_500],
    ['0.25h', 900_000],
    [' 90s ', 90_000],
  ])('reads %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '5',
    's',
    '5 s',
    '-5s',
    '+5s',
    '5S',
    '1e3s',
    '.5s',
    '5.s',
    '5s5s',
    '1h30m',
    '٣s',
    'Infinitys',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('never answers a number that is not finite', () => {
    expect(parseDuration(`${'9'.repeat(400)}d`)).not.toBe(Infinity);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [340, '340 ms'],
    [1_000, '1.00 s'],
    [2_400, '2.40 s'],
    [12_340, '12.3 s'],
    [60_000, '1 m'],
    [200_000, '3 m 20 s'],
    [3_599_999, '59 m 59 s'],
    [3_600_000, '1 h'],
    [14_700_000, '4 h 5 m'],
    [90_000_000, '25 h'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    [999.6, '1.00 s'],
    [9_999, '10.0 s'],
    [59_960, '1 m'],
    [59_999, '1 m'],
  ])('carries over when %d ms rounds up to the next unit', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
