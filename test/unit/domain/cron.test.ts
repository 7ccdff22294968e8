import { describe, expect, it } from 'vitest';
import { cronFault, cronTimes, namesDates } from '../../../src/domain/cron.ts';

const START_MS = Date.UTC(2026, 6, 6);

function firstTimes(expression: string, count: number, afterMs = START_MS - 1): readonly string[] {
  const times = cronTimes(expression, afterMs);
  return Array.from({ length: count }, () =>
    new Date(times.next().value as number).toISOString().slice(0, 16),
  );
}

describe('a cron expression', () => {
  it.each([
    '* * * * *',
    '*/5 8-18 * * mon-fri',
    '0 0 1,15 * *',
    '0 0 L * *',
    '0 0 29 2 *',
    '0 9 * * 1#1',
    '0 9 * jan,jul thu',
    ' 0  9 * * * ',
    // A day that does not come, or a weekday that does.
    '0 0 30 2 1',
  ])('%s is good', (expression) => {
    expect(cronFault(expression)).toBeUndefined();
  });

  it.each([
    ['', 1],
    ['@daily', 1],
    ['* * * *', 4],
    ['0 * * * * *', 6],
  ])('"%s" has %i fields instead of 5', (expression, count) => {
    expect(cronFault(expression)).toEqual({ kind: 'fields', count });
  });

  it.each(['0 0 30 2 *', '0 0 31 4,6,9,11 *', '0 0 30,31 feb *'])(
    '%s never fires',
    (expression) => {
      expect(cronFault(expression)).toEqual({ kind: 'never' });
    },
  );

  it.each([
    '61 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    'a b c d e',
    '*/0 * * * *',
  ])('%s does not parse', (expression) => {
    expect(cronFault(expression)).toMatchObject({ kind: 'syntax' });
  });

  it('has nothing to do with chance', () => {
    expect(cronFault('H * * * *')).toMatchObject({ kind: 'syntax', reason: 'H is not a time' });
    expect(cronFault('0 H(8-17) * * *')).toMatchObject({ kind: 'syntax' });
    expect(cronFault('0 8 * MARCH THU')).toMatchObject({ kind: 'syntax' });
    expect(cronFault('0 8 * MAR THU')).toBeUndefined();
  });
});

describe('the times of a cron expression', () => {
  it('ascend over hours and days', () => {
    expect(firstTimes('30,0 9,8 * * 1-2', 6)).toEqual([
      '2026-07-06T08:00',
      '2026-07-06T08:30',
      '2026-07-06T09:00',
      '2026-07-06T09:30',
      '2026-07-07T08:00',
      '2026-07-07T08:30',
    ]);
  });

  it('are later than the one they are asked for', () => {
    const eight = Date.UTC(2026, 6, 6, 8);
    expect(firstTimes('0 8 * * *', 1, eight)).toEqual(['2026-07-07T08:00']);
    expect(firstTimes('0 8 * * *', 1, eight - 1)).toEqual(['2026-07-06T08:00']);
    expect(firstTimes('0 0 * * *', 1, START_MS - 1)).toEqual(['2026-07-06T00:00']);
    expect(firstTimes('0 0 * * *', 1, START_MS)).toEqual(['2026-07-07T00:00']);
  });

  it('fall on last days and counted weekdays too', () => {
    expect(firstTimes('0 0 L * *', 2)).toEqual(['2026-07-31T00:00', '2026-08-31T00:00']);
    expect(firstTimes('0 0 * * 1#1', 2)).toEqual(['2026-07-06T00:00', '2026-08-03T00:00']);
    expect(firstTimes('0 0 * * 5L', 2)).toEqual(['2026-07-31T00:00', '2026-08-28T00:00']);
  });
});

it.each([
  ['* * * * *', false],
  ['0 8 ? * 1-5', false],
  ['0 8 1 * *', true],
  ['0 8 * 7 *', true],
  ['0 8 */2 * *', true],
])('"%s" names dates: %s', (expression, expected) => {
  expect(namesDates(expression)).toBe(expected);
});
