import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Availability,
  type AvailabilityHour,
  availabilitySchema,
  foldSlot,
  hourSchema,
  type SlotResult,
} from '../../src/analysis/availability.ts';
import { type Stretch, stretchesOf } from '../../src/analysis/stretches.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START_MS = Date.UTC(2026, 10, 2, 6, 30);

interface Slot {
  readonly slotMs: number;
  readonly result: SlotResult;
}

const results: fc.Arbitrary<SlotResult> = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map((seconds) => ({ kind: 'good', seconds }) as const),
  fc
    .constantFrom('bad', 'suspended', 'inconclusive', 'skipped', 'missed')
    .map((kind) => ({ kind }) as const),
);
/** Mostly five minutes apart, now and then with a gap like that of a night. */
const distances = fc.oneof(
  { weight: 8, arbitrary: fc.constant(5) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 130 }) },
  { weight: 1, arbitrary: fc.integer({ min: 600, max: 4_000 }) },
);
const histories: fc.Arbitrary<readonly Slot[]> = fc
  .array(fc.tuple(distances, results), { minLength: 1, maxLength: 60 })
  .map((steps) => {
    let slotMs = START_MS;
    return steps.map(([minutes, result]) => {
      slotMs += minutes * MINUTE_MS;
      return { slotMs, result };
    });
  });

interface Kept {
  readonly series: Availability | undefined;
  readonly hours: ReadonlyMap<number, AvailabilityHour>;
}

/** Folds, and writes and reads what is kept as its keeper does: now and then, here before each of `restarts`. */
function fold(slots: readonly Slot[], restarts: ReadonlySet<number> = new Set()): Kept {
  const hours = new Map<number, AvailabilityHour>();
  let series: Availability | undefined;
  for (const [index, { slotMs, result }] of slots.entries()) {
    if (restarts.has(index))
      series &&= availabilitySchema.parse(JSON.parse(JSON.stringify(series)));
    const folded = foldSlot(series, slotMs, result);
    series = folded.series;
    for (const [hourMs, hour] of folded.hours) {
      hours.set(hourMs, hourSchema.parse(JSON.parse(JSON.stringify(hour))));
    }
  }
  return { series, hours };
}

const told = ({ series, hours }: Kept, fromMs: number, toMs: number): readonly Stretch[] =>
  stretchesOf(series, hours, { fromMs, toMs });

/** Law 5 word by word, at one instant; undefined before the first slot. */
function stateAt(slots: readonly Slot[], atMs: number): Stretch['state'] | undefined {
  if (atMs < (slots[0]?.slotMs ?? Infinity)) return undefined;
  const at = slots.findLastIndex(
    ({ slotMs, result }) => slotMs <= atMs && ['good', 'bad', 'suspended'].includes(result.kind),
  );
  const slot = slots[at];
  if (slot === undefined) return 'unknown';
  const before = slot.slotMs - (slots[at - 1]?.slotMs ?? slot.slotMs - 24 * HOUR_MS);
  const after = (slots[at + 1]?.slotMs ?? Infinity) - slot.slotMs;
  if (atMs >= slot.slotMs + 2 * Math.min(before, after)) return 'unknown';
  return slot.result.kind === 'good' ? 'good' : 'bad';
}

const stateIn = (stretches: readonly Stretch[], atMs: number): Stretch['state'] | undefined =>
  stretches.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)?.state;

const lastOf = (slots: readonly Slot[]): number => slots.at(-1)?.slotMs ?? 0;

describe('availability over time', () => {
  it('is what the last valid result says, for two intervals at most', () => {
    fc.assert(
      fc.property(
        histories,
        fc.array(fc.nat({ max: 5_000 }), { maxLength: 20 }),
        (slots, asked) => {
          const endMs = lastOf(slots) + 3 * HOUR_MS;
          const stretches = told(fold(slots), START_MS, endMs);
          const instants = [
            ...asked.map((minutes) => START_MS + minutes * MINUTE_MS),
            ...slots.map(({ slotMs }) => slotMs),
            ...slots.map(({ slotMs }) => slotMs - 1),
          ];
          for (const atMs of instants.filter((one) => one < endMs)) {
            expect(stateIn(stretches, atMs)).toBe(stateAt(slots, atMs));
          }
        },
      ),
    );
  });

  it('is the same after every restart and however slots came in batches', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.nat({ max: 59 })), (slots, restarts) => {
        const endMs = lastOf(slots) + HOUR_MS;
        const once = fold(slots);
        const often = fold(slots, new Set(restarts));
        expect(often).toEqual(once);
        // What comes again changes nothing.
        const again = foldSlot(once.series, lastOf(slots), { kind: 'bad' });
        expect(again.series).toEqual(once.series);
        expect(told(often, START_MS, endMs)).toEqual(told(once, START_MS, endMs));
      }),
    );
  });

  it('does not change any more once the slots before are counted, and reads alike in parts', () => {
    fc.assert(
      fc.property(histories, fc.nat({ max: 59 }), fc.nat({ max: 4_000 }), (slots, cut, more) => {
        const early = slots.slice(0, cut + 1);
        // Everything before the next slot is settled.
        const untilMs = Math.min(
          slots[cut + 1]?.slotMs ?? Infinity,
          lastOf(early) + more * MINUTE_MS,
        );
        const statesOf = (kept: Kept, fromMs: number, toMs: number) =>
          told(kept, fromMs, toMs).flatMap((one) => [one.fromMs, one.state, one.run]);
        const whole = told(fold(slots), START_MS, untilMs);
        for (const { fromMs, toMs } of whole) {
          const middleMs = (fromMs + toMs) / 2;
          expect(stateIn(told(fold(early), START_MS, untilMs), middleMs)).toBe(
            stateIn(whole, middleMs),
          );
        }
        const halfMs = Math.floor((START_MS + untilMs) / 2);
        const runs = (fromMs: number, toMs: number): number =>
          told(fold(slots), fromMs, toMs).filter(({ run }) => run === true).length;
        expect(runs(START_MS, halfMs) + runs(halfMs, untilMs)).toBe(runs(START_MS, untilMs));
        expect(statesOf(fold(slots), halfMs, halfMs)).toEqual([]);
      }),
    );
  });

  it('leaves no gap, and counts each run once', () => {
    fc.assert(
      fc.property(histories, (slots) => {
        const endMs = lastOf(slots) + HOUR_MS;
        const stretches = told(fold(slots), START_MS, endMs);
        let lastMs = slots[0]?.slotMs ?? 0;
        for (const { fromMs, toMs } of stretches) {
          expect(fromMs).toBe(lastMs);
          expect(toMs).toBeGreaterThan(fromMs);
          lastMs = toMs;
        }
        expect(lastMs).toBe(endMs);
        const runs = slots.filter(({ result }) => result.kind === 'good' || result.kind === 'bad');
        expect(stretches.filter(({ run }) => run === true)).toHaveLength(runs.length);
      }),
    );
  });
});
