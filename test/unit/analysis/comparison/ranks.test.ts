import { describe, expect, it } from 'vitest';
import { effectiveSize } from '../../../../src/analysis/comparison/autocorrelation.ts';
import { holm } from '../../../../src/analysis/comparison/holm.ts';
import {
  normalOf,
  rankScore,
  ranksOf,
  shiftOf,
  studentQuantile,
  upperTail,
} from '../../../../src/analysis/comparison/ranks.ts';
import { generator } from '../../../support/random.ts';

describe('the rank score', () => {
  // U = 25 of 25, its deviation sqrt(25 * 11 / 12); by hand: (12.5 - 0.5) / 4.787.
  it('is that of Mann and Whitney with the correction for continuity', () => {
    expect(rankScore([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(2.507, 3);
    expect(rankScore([6, 7, 8, 9, 10], [1, 2, 3, 4, 5])).toBeCloseTo(-2.507, 3);
  });

  // Groups of 2 and 4 equal values: variance 9 / 12 * (7 - 66 / 30) = 3.6; U = 7.5, so (3 - 0.5) / 1.897.
  it('takes ties into account', () => {
    expect(rankScore([1, 1, 2], [2, 2, 2])).toBeCloseTo(1.3176, 3);
  });

  it('is 0 where nothing differs', () => {
    expect(rankScore([3, 3, 3], [3, 3])).toBe(0);
  });
});

it('ranks share the middle where values are equal', () => {
  expect(ranksOf([30, 10, 20, 20])).toEqual([3, 0, 1.5, 1.5]);
});

it('the shift is the median of all differences', () => {
  expect(shiftOf([0, 10], [1, 12, 100])).toBe((2 + 12) / 2);
});

describe('tails', () => {
  it('are those of the tables', () => {
    expect(upperTail(1.6449)).toBeCloseTo(0.05, 4);
    expect(upperTail(-1.6449)).toBeCloseTo(0.95, 4);
    expect(upperTail(40)).toBe(0);
  });

  it.each([
    [4, 2.132, 3.747],
    [10, 1.812, 2.764],
    [100, 1.66, 2.364],
  ])("of Student's distribution with %d degrees of freedom too", (freedom, five, one) => {
    expect(studentQuantile(0.95, freedom)).toBeCloseTo(five, 1);
    expect(upperTail(normalOf(five, freedom))).toBeCloseTo(0.05, 3);
    expect(upperTail(normalOf(one, freedom))).toBeCloseTo(0.01, 3);
    expect(normalOf(-one, freedom)).toBe(-normalOf(one, freedom));
  });
});

describe('Holm', () => {
  it('asks the more of the smallest the more there are, and never swaps two', () => {
    expect(holm([0.04, 0.01, 0.03])).toEqual([0.06, 0.03, 0.06]);
  });

  it('leaves out what was not asked', () => {
    expect(holm([undefined, 0.004, undefined])).toEqual([undefined, 0.004, undefined]);
    expect(holm([])).toEqual([]);
  });
});

describe('the effective size', () => {
  const { normal } = generator(1);
  const noise = Array.from({ length: 400 }, normal);

  it('is nearly all of independent values, and a fraction of a slow wander', () => {
    let level = 0;
    const wander = noise.map((one) => (level = 0.8 * level + one));
    expect(effectiveSize(noise)).toBeGreaterThan(300);
    // (1 - 0.8) / (1 + 0.8) of 400 are 44.
    expect(effectiveSize(wander)).toBeGreaterThan(25);
    expect(effectiveSize(wander)).toBeLessThan(80);
  });

  it('is never more than there are, whatever they are like', () => {
    expect(effectiveSize([1, 9, 1, 9, 1, 9, 1, 9])).toBe(8);
    expect(effectiveSize([5, 5, 5])).toBeLessThanOrEqual(3);
  });
});
