/**
 * The latency proof: gates over simulated tenants whose durations wander, follow the hour and have outliers. How often an
 * innocent release is called slower, how often a slow one is found, and what the textbook's test would have said.
 */
import { compareAll, type Pair, type Timed } from '../../src/analysis/comparison/compare.ts';
import { rankScore } from '../../src/analysis/comparison/ranks.ts';
import type { Latency } from '../../src/domain/gate.ts';
import { generator, type Random } from '../support/random.ts';
import { type Kind, kinds, simulatePairs, slowedBy } from './slow-tenants.ts';

/** Shares of gates, 0 to 1. */
interface KindFigures {
  readonly gates: number;
  /** Innocent gates in which a step was called worse, and in which the textbook's test calls one so at p < 1 %. */
  readonly falselyWorse: number;
  readonly falselyWorseByTextbook: number;
  /** Of the steps of innocent gates. */
  readonly notWorse: number;
  readonly notEnoughData: number;
  /** Gates in which the one step that was slowed by this factor was called worse. */
  readonly found: Readonly<Record<string, number>>;
}

export type LatencyFigures = Readonly<Record<Kind, KindFigures>>;

export interface LatencyOptions {
  readonly seed: number;
  /** The share of the gates to play, 0 to 1. */
  readonly share: number;
  readonly say: (line: string) => void;
}

const GATES: Readonly<Record<Kind, number>> = {
  'probes, then a burst': 1_000,
  'probes, then probes': 1_000,
  'bursts, then a burst': 1_000,
  'thirty steps': 200,
};
const FACTORS = [1.35, 1.5, 1.75, 2];
const TERMS = { worseBy: 1.15 };
/** Of a normal distribution: what one in a hundred is beyond. */
const ONE_IN_A_HUNDRED = 2.326;

export function proveLatency({ seed, share, say }: LatencyOptions): LatencyFigures {
  const figures = kinds.map((kind, index) => {
    const random = generator(seed * 10 + index);
    const its = figuresOf(kind, random, Math.ceil(GATES[kind] * share));
    say(`${kind}: ${JSON.stringify(its)}`);
    return [kind, its] as const;
  });
  return Object.fromEntries(figures) as Record<Kind, KindFigures>;
}

/**
 * At least as many found, by factor. Set four deviations below what seed 11 gave, on which nothing was tuned: by kind 52,
 * 59, 41 and 14 % at +35 %, and 97, 99, 97 and 76 % at twice as long.
 */
const FOUND: Readonly<Record<Kind, Readonly<Record<string, number>>>> = {
  'probes, then a burst': { 1.35: 0.45, 1.5: 0.69, 1.75: 0.86, 2: 0.95 },
  'probes, then probes': { 1.35: 0.52, 1.5: 0.74, 1.75: 0.92, 2: 0.97 },
  'bursts, then a burst': { 1.35: 0.34, 1.5: 0.62, 1.75: 0.85, 2: 0.94 },
  'thirty steps': { 1.35: 0.04, 1.5: 0.2, 1.75: 0.49, 2: 0.63 },
};
/** Of innocent gates, by kind; what is aimed at is half of it. */
const FALSE_MOST = 0.02;

export function latencyHolds(figures: LatencyFigures): boolean {
  return kinds.every((kind) => {
    const { gates, falselyWorse, found } = figures[kind];
    const enough = Object.entries(FOUND[kind]).every(
      ([factor, least]) => (found[factor] ?? 0) >= least,
    );
    return gates > 0 && falselyWorse <= FALSE_MOST && enough;
  });
}

function figuresOf(kind: Kind, random: Random, gates: number): KindFigures {
  const found = new Map(FACTORS.map((factor) => [String(factor), 0]));
  const count = { worse: 0, textbook: 0, notWorse: 0, notEnough: 0, steps: 0 };
  for (let gate = 0; gate < gates; gate += 1) {
    const pairs = simulatePairs(kind, random);
    const innocent = compareAll(pairs, TERMS);
    count.worse += innocent.some(isWorse) ? 1 : 0;
    count.textbook += pairs.some(isWorseByTextbook) ? 1 : 0;
    count.notWorse += innocent.filter((one) => one.kind === 'not-worse').length;
    count.notEnough += innocent.filter((one) => one.kind === 'not-enough-data').length;
    count.steps += pairs.length;
    for (const factor of FACTORS) {
      const [slowed] = compareAll(slowedBy(pairs, factor), TERMS);
      const key = String(factor);
      if (isWorse(slowed)) found.set(key, (found.get(key) ?? 0) + 1);
    }
  }
  return {
    gates,
    falselyWorse: shareOf(count.worse, gates),
    falselyWorseByTextbook: shareOf(count.textbook, gates),
    notWorse: shareOf(count.notWorse, count.steps),
    notEnoughData: shareOf(count.notEnough, count.steps),
    found: Object.fromEntries([...found].map(([key, times]) => [key, shareOf(times, gates)])),
  };
}

const isWorse = (latency: Latency | undefined): boolean => latency?.kind === 'worse';

/** Durations as they are, each run a draw of its own, each step asked alone. */
function isWorseByTextbook({ before, after }: Pair): boolean {
  const durations = (timed: readonly Timed[]): readonly number[] => timed.map(({ ms }) => ms);
  return rankScore(durations(before), durations(after.slice(1))) > ONE_IN_A_HUNDRED;
}

const shareOf = (times: number, all: number): number => Math.round((times / all) * 1_000) / 1_000;
