import { describe, expect, it } from 'vitest';
import { contextOf, type UsualCalendar } from '../../../../src/analysis/baseline/context.ts';

const calendar: UsualCalendar = {
  holidays: ['2026-05-01', '2026-04-30'],
  closing: { fromBusinessDay: -1, toBusinessDay: 2, from: 9, to: 18 },
  windows: [{ name: 'receiving peak', days: 'business', from: 7.5, to: 10 }],
  announced: [{ name: 'promotion', date: '2026-02-19' }],
};
const berlin = contextOf('Europe/Berlin', calendar);
const at = (text: string) => berlin(Date.parse(text));

describe('the context of an instant', () => {
  it('is the local half hour of a business day, also after the clocks went forward', () => {
    expect(at('2026-03-27T13:10:00Z').cell).toBe(28);
    expect(at('2026-03-30T12:10:00Z').cell).toBe(28);
    expect(at('2026-10-26T13:10:00Z').cell).toBe(28);
  });

  it('is an hour of its own kind of day at weekends and on holidays', () => {
    expect(at('2026-03-28T13:10:00Z')).toMatchObject({ cell: 62, group: 2 });
    expect(at('2026-05-01T12:10:00Z')).toMatchObject({ cell: 62, group: 2 });
  });

  it('knows zones that are off by three quarters of an hour', () => {
    const kathmandu = contextOf('Asia/Kathmandu', calendar);
    expect(kathmandu(Date.parse('2026-03-27T00:14:00Z')).cell).toBe(11);
    expect(kathmandu(Date.parse('2026-03-27T00:15:00Z')).cell).toBe(12);
  });

  it('closes from the last business day of a month to the second of the next, holidays not counted', () => {
    const days = ['04-28', '04-29', '04-30', '05-01', '05-02', '05-04', '05-05', '05-06'];
    const closing = days.filter((day) => at(`2026-${day}T10:00:00Z`).closing >= 0);
    expect(closing).toEqual(['04-29', '05-04', '05-05']);
  });

  it('closes only in its hours', () => {
    expect(at('2026-03-31T06:59:00Z').closing).toBe(-1);
    expect(at('2026-03-31T07:00:00Z').closing).toBe(4);
    expect(at('2026-03-31T15:59:00Z').closing).toBe(8);
    expect(at('2026-03-31T16:00:00Z').closing).toBe(-1);
  });

  it('has a scale of its own in a window, a quarter of an hour wider on both sides', () => {
    expect(at('2026-03-27T06:14:00Z').group).toBe(0);
    expect(at('2026-03-27T06:15:00Z')).toMatchObject({
      group: 3,
      window: 'receiving peak',
      words: 'the receiving peak',
    });
    expect(at('2026-03-27T09:15:00Z').group).toBe(1);
    expect(at('2026-03-28T07:15:00Z').group).toBe(2);
  });

  it('has words that follow "usual for"', () => {
    const words = [
      '2026-03-27T12:40:00Z',
      '2026-03-28T12:40:00Z',
      '2026-03-29T12:40:00Z',
      '2026-05-01T12:40:00Z',
      '2026-03-31T12:40:00Z',
    ].map((text) => at(text).words);
    expect(words).toEqual([
      'a business day at 13:30',
      'a Saturday at 13:30',
      'a Sunday at 14:30',
      'a holiday at 14:30',
      'a closing day at 14:30',
    ]);
  });

  it('knows an announced day by its local date', () => {
    expect(at('2026-02-18T23:30:00Z').announced).toBe(true);
    expect(at('2026-02-19T23:30:00Z').announced).toBe(false);
  });

  it('has the working days and hours of the tenant', () => {
    const sundays = contextOf('Europe/Berlin', {
      ...{ holidays: [], announced: [], windows: [{ name: 'cut-off', from: 14, to: 15 }] },
      ...{ days: ['sun', 'mon'], from: 6, to: 12 },
    });
    const seen = [
      '2026-03-29T04:40:00Z',
      '2026-03-29T10:40:00Z',
      '2026-03-30T12:40:00Z',
      '2026-03-31T04:40:00Z',
    ].map((text) => sundays(Date.parse(text)));
    expect(seen.map(({ group }) => group)).toEqual([1, 0, 3, 2]);
    expect(seen.map(({ words }) => words)).toEqual([
      'a business day at 06:30',
      'a business day at 12:30',
      'the cut-off',
      'a day off at 06:30',
    ]);
  });
});
