import { describe, expect, it } from 'vitest';
import {
  compareAll,
  durationsOf,
  type Pair,
  type Timed,
} from '../../../../src/analysis/comparison/compare.ts';
import { generator } from '../../../support/random.ts';

const MINUTE_MS = 60_000;
const DEPLOYED = Date.UTC(2026, 0, 8, 10);
const terms = { worseBy: 1.15 };

interface Played {
  readonly count: number;
  readonly apartMs: number;
  readonly fromMs: number;
  readonly usualMs: number;
  readonly seed: number;
}

/** Ten percent of noise around what is usual. */
function played({ count, apartMs, fromMs, usualMs, seed }: Played): readonly Timed[] {
  const { normal } = generator(seed);
  return Array.from({ length: count }, (_, index) => ({
    atMs: fromMs + index * apartMs,
    ms: usualMs * Math.exp(0.1 * normal()),
  }));
}

const history = (usualMs: number, count = 576): readonly Timed[] => {
  const apartMs = 5 * MINUTE_MS;
  return played({ count, apartMs, fromMs: DEPLOYED - count * apartMs, usualMs, seed: 1 });
};

const burst = (usualMs: number, count = 25): readonly Timed[] =>
  played({ count, apartMs: 4_000, fromMs: DEPLOYED + MINUTE_MS, usualMs, seed: 2 });

const pairOf = (before: readonly Timed[], after: readonly Timed[]): Pair => ({
  before,
  after,
  timeZone: 'Europe/Berlin',
});

describe('a comparison', () => {
  it('calls twice as long worse, by how much and how sure', () => {
    const [latency] = compareAll([pairOf(history(500), burst(1_000))], terms);
    if (latency?.kind !== 'worse') throw new Error(JSON.stringify(latency));
    expect(latency.ratio).toBeGreaterThan(1.8);
    expect(latency.ratio).toBeLessThan(2.2);
    expect(latency.low).toBeLessThan(2);
    expect(latency.high).toBeGreaterThan(2);
    expect(latency.confidence).toBeGreaterThan(0.99);
  });

  it('calls what is as it was, or faster, not worse', () => {
    const latencies = compareAll(
      [pairOf(history(500), burst(500)), pairOf(history(500), burst(250))],
      terms,
    );
    expect(latencies.map(({ kind }) => kind)).toEqual(['not-worse', 'not-worse']);
  });

  it('cannot tell from a burst what a level may do by itself', () => {
    const [latency] = compareAll([pairOf(history(500).slice(-13), burst(600))], terms);
    expect(latency).toEqual({ kind: 'not-enough-data', moreRuns: 100, of: 'after' });
  });

  it('says how many more runs would do where they are far enough apart', () => {
    const { normal } = generator(7);
    const apartMs = 5 * MINUTE_MS;
    const noisy = (count: number, fromMs: number): readonly Timed[] =>
      Array.from({ length: count }, (_, index) => ({
        atMs: fromMs + index * apartMs,
        ms: 500 * Math.exp(0.35 * normal()),
      }));
    const pair = pairOf(noisy(576, DEPLOYED - 576 * apartMs), noisy(14, DEPLOYED));
    const [latency] = compareAll([pair], terms);
    if (latency?.kind !== 'not-enough-data') throw new Error(JSON.stringify(latency));
    expect(latency.of).toBe('after');
    expect(latency.moreRuns).toBeLessThan(100);
  });

  it('leaves out the first run after, whose caches are cold', () => {
    const [cold, ...warm] = burst(500, 13);
    const slow = [{ ...cold!, ms: 60_000 }, ...warm];
    expect(compareAll([pairOf(history(500), slow)], terms)).toEqual(
      compareAll([pairOf(history(500), [cold!, ...warm])], terms),
    );
  });

  it('is not bothered by less than 50 ms, however sure', () => {
    const small = compareAll([pairOf(history(20), burst(40))], terms);
    const large = compareAll([pairOf(history(200), burst(400))], terms);
    expect([small[0]?.kind, large[0]?.kind]).toEqual(['not-worse', 'worse']);
  });

  it('must be surer the more is compared', () => {
    const slow = pairOf(history(500), burst(700));
    const same = pairOf(history(500), burst(500));
    const sure = (others: number): number => {
      const [latency] = compareAll([slow, ...Array.from({ length: others }, () => same)], terms);
      return latency?.kind === 'worse' ? latency.confidence : 0;
    };
    expect(sure(0)).toBeGreaterThan(0.99);
    expect(sure(20)).toBeLessThan(sure(0));
  });

  it.each([
    { before: 576, after: 0, lack: { moreRuns: 13, of: 'after' } },
    { before: 576, after: 12, lack: { moreRuns: 1, of: 'after' } },
    { before: 11, after: 13, lack: { moreRuns: 1, of: 'before' } },
    { before: 0, after: 10, lack: { moreRuns: 12, of: 'before' } },
    { before: 10, after: 3, lack: { moreRuns: 10, of: 'after' } },
    { before: 10, after: 11, lack: { moreRuns: 2, of: 'after' } },
  ])('of $before runs with $after lacks $lack.moreRuns $lack.of', ({ before, after, lack }) => {
    const pair = pairOf(history(500, before), burst(5_000, after));
    expect(compareAll([pair], terms)).toEqual([{ kind: 'not-enough-data', ...lack }]);
  });

  it('of many answers each in its place, also those without data', () => {
    const latencies = compareAll(
      [pairOf([], []), pairOf(history(500), burst(1_500)), pairOf([], burst(9))],
      terms,
    );
    expect(latencies.map(({ kind }) => kind)).toEqual([
      'not-enough-data',
      'worse',
      'not-enough-data',
    ]);
  });
});

describe('durations', () => {
  it('are told by their middle and where nine of ten lie', () => {
    const timed = Array.from({ length: 101 }, (_, index) => ({ atMs: index, ms: 200 - index }));
    expect(durationsOf(timed)).toEqual({ runs: 101, medianMs: 150, lowMs: 105, highMs: 195 });
  });

  it('of none are none', () => {
    expect(durationsOf([])).toEqual({ runs: 0 });
  });
});
