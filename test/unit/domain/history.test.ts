import { describe, expect, it } from 'vitest';
import {
  type HistoryRecord,
  historyRecordSchema,
  plannedBetween,
} from '../../../src/domain/history.ts';
import { tenantId } from '../../../src/domain/ids.ts';
import type { Schedule } from '../../../src/domain/schedule.ts';
import { MINUTE_MS, scheduleOf } from '../../support/unit/schedules.ts';

const START_MS = Date.UTC(2026, 6, 6, 10);
const at = (minute: number): number => START_MS + minute * MINUTE_MS;

const eachMinute = scheduleOf({ timing: { kind: 'every', everyMs: MINUTE_MS, phaseMs: 0 } });
const inSouth: Schedule = { ...eachMinute, tenant: tenantId('south') };

const loaded = (minute: number, ...schedules: readonly Schedule[]): HistoryRecord => ({
  v: 1,
  atMs: at(minute),
  kind: 'loaded',
  schedules,
});
const stopped = (minute: number): HistoryRecord => ({ v: 1, atMs: at(minute), kind: 'stopped' });

/** For example `north 3`: a slot in the third minute. */
function planned(history: readonly HistoryRecord[], from: number, to: number): readonly string[] {
  return [...plannedBetween(history, at(from), at(to))].map(
    ({ tenant, slotMs }) => `${tenant} ${(slotMs - START_MS) / MINUTE_MS}`,
  );
}

describe('the history', () => {
  it('plans nothing before its first record, and from its very instant', () => {
    expect(planned([loaded(2, eachMinute)], 0, 4)).toEqual(['north 2', 'north 3']);
    expect(planned([], 0, 4)).toEqual([]);
  });

  it('knows what came and what went only while it ruled', () => {
    const history = [loaded(0, eachMinute), loaded(2, eachMinute, inSouth), loaded(3, inSouth)];
    expect(planned(history, 0, 5)).toEqual([
      'north 0',
      'north 1',
      'north 2',
      'south 2',
      'south 3',
      'south 4',
    ]);
  });

  it('plans nothing from a stop to the next start', () => {
    const history = [loaded(0, eachMinute), stopped(1), loaded(3, eachMinute)];
    expect(planned(history, 0, 5)).toEqual(['north 0', 'north 3', 'north 4']);
  });

  it('plans on where it was killed: nothing says that it should not', () => {
    expect(planned([loaded(0, eachMinute), loaded(3, eachMinute)], 0, 5)).toHaveLength(5);
  });

  it('takes the start for what came last when a stop is of the same instant', () => {
    const history = [loaded(0, eachMinute), loaded(2, eachMinute), stopped(2)];
    expect(planned(history, 2, 4)).toEqual(['north 2', 'north 3']);
  });

  it('is computed as it is asked for', () => {
    const forever = plannedBetween([loaded(0, eachMinute)], at(0), Number.MAX_SAFE_INTEGER);
    expect(forever.next().value).toMatchObject({ tenant: 'north', slotMs: at(0) });
  });
});

describe('a record of the history', () => {
  it('comes back from JSON, with all that its slots follow from', () => {
    for (const record of [loaded(0, eachMinute, inSouth), stopped(1)]) {
      const read = historyRecordSchema.parse(JSON.parse(JSON.stringify(record)));
      expect(read).toEqual(record);
      expect([...plannedBetween([read], at(0), at(9))]).toEqual([
        ...plannedBetween([record], at(0), at(9)),
      ]);
    }
  });

  it.each<[string, object]>([
    ['another version', { v: 2 }],
    ['a time of day', { atMs: '10:00' }],
    ['a kind that nobody knows', { kind: 'paused' }],
    ['schedules that are none', { schedules: [{}] }],
    ['a key that nobody knows', { by: 'me' }],
  ])('with %s is refused', (_, change) => {
    const record = { ...loaded(0, eachMinute), ...change };
    expect(historyRecordSchema.safeParse(record).success).toBe(false);
  });
});
