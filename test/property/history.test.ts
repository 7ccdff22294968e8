import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type HistoryRecord,
  isPlanned,
  type PlannedSlot,
  plannedBetween,
} from '../../src/domain/history.ts';
import type { Schedule } from '../../src/domain/schedule.ts';
import { DAY_MS, schedulesIn, type Window, windows } from '../support/unit/schedules.ts';

/** A window and a history whose records lie in it or before it. */
const histories = windows.chain((window) => {
  const atMs = fc
    .integer({ min: -DAY_MS, max: 3 * DAY_MS })
    .map((ms) => Math.max(0, window.fromMs + ms));
  const schedules = fc.uniqueArray(schedulesIn(window.zone), {
    selector: keyOf,
    maxLength: 3,
  });
  const record = fc.oneof(
    fc.record({ v: fc.constant(1 as const), atMs, kind: fc.constant('stopped' as const) }),
    fc.record({
      v: fc.constant(1 as const),
      atMs,
      kind: fc.constant('loaded' as const),
      schedules,
    }),
    fc.record({
      v: fc.constant(1 as const),
      atMs,
      kind: fc.constant('loaded' as const),
      schedules,
    }),
  );
  return fc.record({
    window: fc.constant(window),
    history: fc.array<HistoryRecord>(record, { maxLength: 5 }),
  });
});

function keyOf({ tenant, scenario, transport }: Omit<Schedule, 'timing'>): string {
  return `${tenant} ${scenario} ${transport}`;
}

function planned(history: readonly HistoryRecord[], { fromMs, toMs }: Window): readonly string[] {
  return [...plannedBetween(history, fromMs, toMs)].map(nameOf).toSorted();
}

describe('what was planned', () => {
  it('is the same however the window is split', () => {
    fc.assert(
      fc.property(histories, fc.nat(), ({ history, window }, cut) => {
        const middleMs = window.fromMs + (cut % (window.toMs - window.fromMs + 1));
        const parts = [
          ...planned(history, { ...window, toMs: middleMs }),
          ...planned(history, { ...window, fromMs: middleMs }),
        ];
        expect(parts.toSorted()).toEqual(planned(history, window));
      }),
    );
  });

  it('is the same when the ruling configuration is loaded again', () => {
    fc.assert(
      fc.property(histories, fc.nat({ max: 3 * DAY_MS }), ({ history, window }, ms) => {
        const atMs = window.fromMs + ms;
        const ruling = history
          .filter((record) => record.atMs < atMs)
          .reduce<HistoryRecord | undefined>(
            (last, record) => (last === undefined || record.atMs > last.atMs ? record : last),
            undefined,
          );
        // Of several at one instant it is not ours to say which one rules.
        fc.pre(ruling !== undefined);
        fc.pre(history.filter((record) => record.atMs === ruling.atMs).length === 1);
        fc.pre(history.every((record) => record.atMs !== atMs));
        expect(planned([...history, { ...ruling, atMs }], window)).toEqual(
          planned(history, window),
        );
      }),
    );
  });

  it('does not depend on the order of the records, nor on how often each is there', () => {
    const shuffled = histories.chain(({ history, window }) =>
      fc.record({
        history: fc.constant(history),
        window: fc.constant(window),
        mixed: fc.shuffledSubarray([...history, ...history], {
          minLength: history.length * 2,
        }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ history, mixed, window }) => {
        expect(planned(mixed, window)).toEqual(planned(history, window));
      }),
    );
  });

  it('has each slot once, in its window, ascending for each tenant, scenario and transport', () => {
    fc.assert(
      fc.property(histories, ({ history, window: { fromMs, toMs } }) => {
        const last = new Map<string, number>();
        for (const slot of plannedBetween(history, fromMs, toMs)) {
          expect(slot.slotMs).toBeGreaterThan(last.get(keyOf(slot)) ?? fromMs - 1);
          expect(slot.slotMs).toBeLessThan(toMs);
          last.set(keyOf(slot), slot.slotMs);
        }
      }),
    );
  });

  it('holds each of its slots when asked for that one alone, and none beside', () => {
    fc.assert(
      fc.property(histories, ({ history, window: { fromMs, toMs } }) => {
        const slots = [...plannedBetween(history, fromMs, toMs)].slice(0, 20);
        const names = new Set([...plannedBetween(history, fromMs, toMs + 1_000)].map(nameOf));
        for (const slot of slots) {
          expect(isPlanned(history, slot)).toBe(true);
          const beside = { ...slot, slotMs: slot.slotMs + 1_000 };
          expect(isPlanned(history, beside)).toBe(names.has(nameOf(beside)));
        }
      }),
    );
  });
});

const nameOf = (slot: PlannedSlot): string => `${keyOf(slot)} ${slot.slotMs}`;
