import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareAll,
  durationsOf,
  type Pair,
  type Timed,
} from '../../src/analysis/comparison/compare.ts';
import type { Latency } from '../../src/domain/gate.ts';

const TERMS = { worseBy: 1.15 };
const NUMBER = { noNaN: true, noDefaultInfinity: true } as const;
const DAYS_MS = 86_400_000;
const BEGIN = Date.UTC(2026, 2, 20);
const DEPLOYED = BEGIN + 10 * DAYS_MS;

/** Of one step: anything, few values over and over, or one alone. */
const durations: fc.Arbitrary<fc.Arbitrary<number>> = fc.constantFrom(
  fc.double({ min: 0, max: 1e9, ...NUMBER }),
  fc.integer({ min: 200, max: 400 }),
  fc.constantFrom(0, 1, 500, 501),
  fc.constant(500),
);

const timedIn = (fromMs: number, lengthMs: number, maxLength: number) =>
  durations.chain((ms) =>
    fc.tuple(fc.integer({ min: 1, max: lengthMs }), fc.nat(9)).chain(([spanMs, few]) =>
      fc.array(fc.record({ atMs: fc.integer({ min: fromMs, max: fromMs + spanMs }), ms }), {
        minLength: few > 0 ? 13 : 0,
        maxLength,
      }),
    ),
  );

const pairs: fc.Arbitrary<Pair> = fc.record({
  before: timedIn(BEGIN, 10 * DAYS_MS, 60),
  after: timedIn(DEPLOYED, DAYS_MS / 4, 30),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kolkata'),
});

/** Durations so long that neither 50 ms nor a single one is anything, in whole milliseconds as clocks tell them. */
const longPairs = pairs.map(({ before, after, timeZone }) => {
  const long = (timed: readonly Timed[]): readonly Timed[] =>
    timed.map(({ atMs, ms }) => ({ atMs, ms: 1e5 + Math.round(ms) }));
  return { before: long(before), after: long(after), timeZone };
});

const one = (pair: Pair): Latency => {
  const [latency] = compareAll([pair], TERMS);
  if (latency === undefined) throw new Error('none');
  return latency;
};

const reordered = (pair: Pair, seed: number): Pair => {
  const by = (timed: readonly Timed[]): readonly Timed[] =>
    [...timed].sort(
      (a, b) => ((a.ms * 7 + a.atMs * seed) % 13) - ((b.ms * 7 + b.atMs * seed) % 13),
    );
  return { ...pair, before: by(pair.before), after: by(pair.after) };
};

const times = (factor: number, timed: readonly Timed[]): readonly Timed[] =>
  timed.map(({ atMs, ms }) => ({ atMs, ms: ms * factor }));

describe('a comparison of any two histories', () => {
  it('is told in finite numbers, its ratio within its bounds', () => {
    fc.assert(
      fc.property(pairs, (pair) => {
        const latency = one(pair);
        if (latency.kind === 'not-enough-data') {
          expect(latency.moreRuns).toBeGreaterThanOrEqual(1);
          expect(latency.moreRuns).toBeLessThanOrEqual(100);
          return;
        }
        const { ratio, low, high } = latency;
        expect([ratio, low, high].every((bound) => Number.isFinite(bound) && bound > 0)).toBe(true);
        expect(low).toBeLessThanOrEqual(ratio);
        expect(ratio).toBeLessThanOrEqual(high);
        if (latency.kind === 'worse') {
          expect(ratio).toBeGreaterThanOrEqual(TERMS.worseBy);
          expect(latency.confidence).toBeGreaterThan(0.99);
          expect(latency.confidence).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order in which runs are told', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 1_000 }), (pair, seed) => {
        expect(one(reordered(pair, seed))).toEqual(one(pair));
      }),
    );
  });

  it('does not depend on how fast the machine is', () => {
    fc.assert(
      fc.property(longPairs, fc.constantFrom(2, 16, 1_024), (pair, factor) => {
        const { before, after, timeZone } = pair;
        const [was, is] = [
          one(pair),
          one({ before: times(factor, before), after: times(factor, after), timeZone }),
        ];
        expect(is.kind).toBe(was.kind);
        if (is.kind === 'not-enough-data' || was.kind === 'not-enough-data') return;
        expect(is.ratio / was.ratio).toBeCloseTo(1, 6);
        expect(is.high / was.high).toBeCloseTo(1, 6);
      }),
    );
  });

  it('never becomes worse because more is compared, and stays not worse', () => {
    fc.assert(
      fc.property(pairs, fc.array(pairs, { maxLength: 4 }), (pair, others) => {
        const alone = one(pair);
        const [together] = compareAll([pair, ...others], TERMS);
        if (alone.kind === 'not-worse') expect(together).toEqual(alone);
        if (alone.kind === 'not-enough-data') expect(together?.kind).toBe('not-enough-data');
      }),
    );
  });

  it('never goes from worse to not worse when all that came after is slower still', () => {
    fc.assert(
      fc.property(pairs, (pair) => {
        const slower = one({ ...pair, after: times(1.5, pair.after) });
        if (one(pair).kind === 'worse') expect(slower.kind).not.toBe('not-worse');
      }),
    );
  });

  it('calls no history worse than itself', () => {
    fc.assert(
      fc.property(timedIn(BEGIN, 10 * DAYS_MS, 40), (timed) => {
        expect(one({ before: timed, after: timed, timeZone: 'UTC' }).kind).not.toBe('worse');
      }),
    );
  });
});

it('answers nothing where nothing is asked', () => {
  expect(compareAll([], TERMS)).toEqual([]);
});

it('durations are in order, and within what was measured', () => {
  fc.assert(
    fc.property(timedIn(BEGIN, DAYS_MS, 40), (timed) => {
      const { runs, lowMs, medianMs, highMs } = durationsOf(timed);
      expect(runs).toBe(timed.length);
      if (timed.length === 0) return;
      const all = timed.map(({ ms }) => ms);
      const told = [Math.min(...all), lowMs!, medianMs!, highMs!, Math.max(...all)];
      expect(told).toEqual([...told].sort((a, b) => a - b));
    }),
  );
});
