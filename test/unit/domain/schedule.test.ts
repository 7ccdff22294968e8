import { describe, expect, it } from 'vitest';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import {
  everFires,
  nextSlot,
  phaseOf,
  type Schedule,
  scheduleSchema,
  slotsBetween,
  slotsPerDay,
  timingText,
} from '../../../src/domain/schedule.ts';
import { cronSchedule, DAY_MS, MINUTE_MS, scheduleOf } from '../../support/unit/schedules.ts';

/** The slots of one UTC day, or of a few hours, as times of day in UTC. */
function timesOf(schedule: Schedule, from: string, to: string): readonly string[] {
  const slots = [...slotsBetween(schedule, Date.parse(from), Date.parse(to))];
  return slots.map((slotMs) => new Date(slotMs).toISOString().slice(11, 16));
}

const every = (everyMs: number, phaseMs = 0): Schedule =>
  scheduleOf({ timing: { kind: 'every', everyMs, phaseMs } });

const office = {
  name: 'office',
  zone: 'Europe/Brussels',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '08:00',
  to: '18:00',
  closed: ['2026-12-25'],
} as const;

describe('an interval', () => {
  it('counts from the epoch, shifted by its phase', () => {
    const schedule = every(20 * MINUTE_MS, 3 * MINUTE_MS);
    expect(timesOf(schedule, '2026-07-06T10:00Z', '2026-07-06T11:03Z')).toEqual([
      '10:03',
      '10:23',
      '10:43',
    ]);
  });

  it('takes no notice of a change of the clock', () => {
    const day = (date: string): number =>
      timesOf(every(5 * MINUTE_MS), `${date}T00:00Z`, `${date}T23:59Z`).length;
    expect(day('2026-03-29')).toBe(288);
    expect(day('2026-10-25')).toBe(288);
  });

  it('has a slot at the beginning of its window and none at the end', () => {
    const at = Date.UTC(2026, 6, 6, 10);
    expect([...slotsBetween(every(60_000), at, at + 60_000)]).toEqual([at]);
    expect([...slotsBetween(every(60_000), at, at)]).toEqual([]);
  });

  it('keeps its phase for ever: another hash would move every tenant’s slots', () => {
    const key = {
      tenant: tenantId('north'),
      scenario: scenarioId('order-confirmation'),
      transport: 'rpc',
    } as const;
    expect(phaseOf(key, 300_000)).toBe(9_000);
    expect(phaseOf({ ...key, transport: 'browser' }, 300_000)).toBe(204_000);
    expect(phaseOf({ ...key, tenant: tenantId('south') }, 300_000)).toBe(112_000);
  });
});

describe('cron in Brussels, when summer time begins on 2026-03-29 at 02:00', () => {
  const night = (expression: string): readonly string[] =>
    timesOf(cronSchedule(expression, 'Europe/Brussels'), '2026-03-28T23:00Z', '2026-03-29T04:00Z');

  it.each([
    ['a time that does not exist comes at once after the gap', '30 2 * * *', ['01:00']],
    ['the first that does not exist too', '0 2 * * *', ['01:00']],
    ['several of them are one slot', '*/15 2 * * *', ['01:00']],
    ['and are one with the time after the gap', '0 2,3 * * *', ['01:00']],
    ['the time before is not touched', '59 1 * * *', ['00:59']],
    ['nor the time after', '30 3 * * *', ['01:30']],
    ['each hour has one slot', '0 * * * *', ['23:00', '00:00', '01:00', '02:00', '03:00']],
    ['half-hours', '*/30 1-3 * * *', ['00:00', '00:30', '01:00', '01:30']],
  ])('%s', (_, expression, times) => {
    expect(night(expression)).toEqual(times);
  });
});

describe('cron in Brussels, when summer time ends on 2026-10-25 at 03:00', () => {
  const night = (expression: string): readonly string[] =>
    timesOf(cronSchedule(expression, 'Europe/Brussels'), '2026-10-24T22:00Z', '2026-10-25T04:00Z');

  it.each([
    ['a time that exists twice is the first', '30 2 * * *', ['00:30']],
    ['the first that does too', '0 2 * * *', ['00:00']],
    ['the time after exists once', '0 3 * * *', ['02:00']],
    [
      'the hour that comes again has no slot',
      '0 * * * *',
      ['22:00', '23:00', '00:00', '02:00', '03:00'],
    ],
    ['nor its half', '*/30 2 * * *', ['00:00', '00:30']],
  ])('%s', (_, expression, times) => {
    expect(night(expression)).toEqual(times);
  });
});

describe('cron elsewhere', () => {
  it('in New York skips 2026-03-08 02:30 to 03:00 and plays 2026-11-01 01:30 once', () => {
    const at = (expression: string, from: string, to: string): readonly string[] =>
      timesOf(cronSchedule(expression, 'America/New_York'), from, to);
    expect(at('30 2 * * *', '2026-03-08T05:00Z', '2026-03-09T04:00Z')).toEqual(['07:00']);
    expect(at('30 1 * * *', '2026-11-01T04:00Z', '2026-11-02T05:00Z')).toEqual(['05:30']);
  });

  it('on Lord Howe, where the clock changes by half an hour', () => {
    const at = (expression: string, from: string, to: string): readonly string[] =>
      timesOf(cronSchedule(expression, 'Australia/Lord_Howe'), from, to);
    // 2026-10-04 02:00 becomes 02:30 at 15:30 UTC; 2026-04-05 02:00 becomes 01:30 at 15:00 UTC.
    expect(at('*/15 2 * * *', '2026-10-03T13:30Z', '2026-10-04T13:00Z')).toEqual([
      '15:30',
      '15:45',
    ]);
    expect(at('*/15 1 * * *', '2026-04-04T13:00Z', '2026-04-05T13:30Z')).toEqual([
      '14:00',
      '14:15',
      '14:30',
      '14:45',
    ]);
  });

  it('in Apia plays the day that there never was, 2011-12-30, once, as the next began', () => {
    const daily = cronSchedule('0 8,12 * * *', 'Pacific/Apia');
    const slots = [...slotsBetween(daily, Date.UTC(2011, 11, 29), Date.UTC(2012, 0, 1))];
    expect(slots.map((slotMs) => new Date(slotMs).toISOString().slice(0, 16))).toEqual([
      '2011-12-29T18:00',
      '2011-12-29T22:00',
      '2011-12-30T10:00',
      '2011-12-30T18:00',
      '2011-12-30T22:00',
      '2011-12-31T18:00',
      '2011-12-31T22:00',
    ]);
  });
});

describe('a calendar', () => {
  it('lets through from opening until just before closing, in its own zone', () => {
    const schedule: Schedule = { ...cronSchedule('0 * * * *', 'UTC'), calendar: office };
    const times = timesOf(schedule, '2026-07-06T00:00Z', '2026-07-07T00:00Z');
    expect([times[0], times.at(-1)]).toEqual(['06:00', '15:00']);
  });

  it('lets nothing through on other weekdays and on days that are closed', () => {
    const schedule: Schedule = { ...every(60_000), calendar: office };
    expect(timesOf(schedule, '2026-07-04T00:00Z', '2026-07-06T06:00Z')).toEqual([]);
    expect(timesOf(schedule, '2026-12-25T00:00Z', '2026-12-26T00:00Z')).toEqual([]);
  });

  it('follows the clock when it is changed', () => {
    const calendar = { ...office, days: ['sun'], from: '01:00', to: '04:00' } as const;
    const schedule: Schedule = { ...every(60 * MINUTE_MS), calendar };
    const spring = timesOf(schedule, '2026-03-28T22:00Z', '2026-03-29T22:00Z');
    expect(spring).toEqual(['00:00', '01:00']);
    const autumn = timesOf(schedule, '2026-10-24T22:00Z', '2026-10-25T22:00Z');
    expect(autumn).toEqual(['23:00', '00:00', '01:00', '02:00']);
  });

  it('may be open until midnight', () => {
    const calendar = { ...office, to: '24:00' };
    const schedule: Schedule = { ...every(60 * MINUTE_MS), calendar };
    expect(timesOf(schedule, '2026-07-06T20:00Z', '2026-07-07T05:00Z')).toEqual(['20:00', '21:00']);
  });
});

describe('slots per day', () => {
  it.each<[string, Schedule, number]>([
    ['an interval', every(5 * MINUTE_MS), 288],
    ['an interval that does not divide the day', every(7 * MINUTE_MS), 1_440 / 7],
    ['each hour', cronSchedule('0 * * * *', 'Europe/Brussels'), 24],
    ['weekdays', cronSchedule('0 8 * * 1-5', 'Europe/Brussels'), 5 / 7],
    ['once a month', cronSchedule('0 8 1 * *', 'Europe/Brussels'), 12 / 365],
    ['one month', cronSchedule('0 8 * 8 *', 'Europe/Brussels'), 31 / 365],
    ['within a calendar', { ...every(15 * MINUTE_MS), calendar: office }, (40 * 5) / 7],
    [
      'not counting days that are closed',
      { ...every(15 * MINUTE_MS), calendar: { ...office, closed: ['2026-07-06', '2026-07-07'] } },
      (40 * 5) / 7,
    ],
  ])('of %s', (_, schedule, count) => {
    expect(slotsPerDay(schedule)).toBeCloseTo(count, 10);
  });

  it('is the same in every zone: its week has no change of the clock', () => {
    const zones = [
      'Europe/Paris',
      'America/New_York',
      'America/Santiago',
      'Africa/Cairo',
      'Asia/Gaza',
    ];
    for (const zone of [...zones, 'Africa/Casablanca', 'Antarctica/Troll', 'Asia/Tehran', 'UTC']) {
      expect(slotsPerDay(cronSchedule('0 */6 * * *', zone)), zone).toBe(4);
    }
  });
});

describe('the next slot', () => {
  const now = Date.parse('2026-07-06T10:00:30Z');

  it('is the first that comes, be it years ahead', () => {
    expect(nextSlot(every(60_000), now)).toBe(now + 30_000);
    const leapDay = cronSchedule('0 0 29 2 *', 'UTC');
    expect(nextSlot(leapDay, now)).toBe(Date.UTC(2028, 1, 29));
    const onSundays: Schedule = {
      ...leapDay,
      calendar: { ...office, zone: 'UTC', days: ['sat'], from: '00:00' },
    };
    expect(nextSlot(onSundays, now)).toBe(Date.UTC(2048, 1, 29));
    expect(everFires(onSundays)).toBe(true);
  });

  it('is none when the calendar is never open then', () => {
    const evening: Schedule = {
      ...cronSchedule('0 20 * * *', 'Europe/Brussels'),
      calendar: office,
    };
    expect(everFires(evening)).toBe(false);
    // A day's interval always comes at the same time of day, and that is at night.
    const daily: Schedule = { ...every(DAY_MS, 60_000), calendar: office };
    expect(nextSlot(daily, now)).toBeUndefined();
  });
});

describe('a compiled schedule', () => {
  const full: Schedule = { ...cronSchedule('0 8 * * *', 'Europe/Brussels'), calendar: office };

  it('comes back from JSON', () => {
    for (const schedule of [full, every(60_000, 1_000)]) {
      expect(scheduleSchema.parse(JSON.parse(JSON.stringify(schedule)))).toEqual(schedule);
    }
  });

  it.each<[string, object]>([
    ['an interval of nothing', { timing: { kind: 'every', everyMs: 0, phaseMs: 0 } }],
    ['part of a second', { timing: { kind: 'every', everyMs: 60_500, phaseMs: 0 } }],
    ['a timing that nobody knows', { timing: { kind: 'moon' } }],
    ['a tenant that is none', { tenant: 'North' }],
    ['a calendar without days', { calendar: { ...office, days: [] } }],
    ['a key that nobody knows', { zone: 'UTC' }],
  ])('with %s is refused', (_, change) => {
    expect(scheduleSchema.safeParse({ ...full, ...change }).success).toBe(false);
  });

  it('says in few words when it fires', () => {
    expect(timingText(every(300_000))).toBe('every 5m');
    expect(timingText(full)).toBe('0 8 * * * Europe/Brussels, calendar office');
  });
});
