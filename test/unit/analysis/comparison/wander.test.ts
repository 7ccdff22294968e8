import { describe, expect, it } from 'vitest';
import type { Point } from '../../../../src/analysis/comparison/calendar.ts';
import { keptOver, noiseOf, wanderOf } from '../../../../src/analysis/comparison/wander.ts';
import { generator } from '../../../support/random.ts';

const MINUTE_MS = 60_000;

/** Every five minutes: a level that forgets within `tau` minutes, and noise. */
function series(
  count: number,
  { level = 0, tau = 100, noise = 0.1 }: { level?: number; tau?: number; noise?: number },
): readonly Point[] {
  const { normal } = generator(7);
  let at = normal();
  const keep = Math.exp(-5 / tau);
  return Array.from({ length: count }, (_, index) => {
    at = keep * at + Math.sqrt(1 - keep ** 2) * normal();
    return { atMs: index * 5 * MINUTE_MS, y: level * at + noise * normal() };
  });
}

const deviation = (variance: number): number => Math.sqrt(variance);

describe('noise', () => {
  it('is told from the level, and from outliers', () => {
    const points = series(2_000, { level: 0.3, tau: 1_000, noise: 0.1 });
    const some = points.map((one, index) => (index % 50 === 0 ? { ...one, y: one.y + 1 } : one));
    expect(deviation(noiseOf(points))).toBeCloseTo(0.1, 1);
    expect(deviation(noiseOf(some))).toBeCloseTo(0.1, 1);
  });

  it('is none of one value, of none, and of equal ones', () => {
    expect(noiseOf([])).toBe(0);
    expect(noiseOf([{ atMs: 0, y: 3 }])).toBe(0);
    expect(noiseOf(series(20, { noise: 0 }))).toBe(0);
  });
});

describe('the wander of a level', () => {
  it('is found by a long history, however much noise there is', () => {
    for (const noise of [0.02, 0.3]) {
      const { level } = wanderOf(series(4_000, { level: 0.2, noise }), 0);
      expect(deviation(level)).toBeGreaterThan(0.14);
      expect(deviation(level)).toBeLessThan(0.26);
    }
  });

  it('never stands still, also where history does', () => {
    const { level } = wanderOf(series(4_000, { noise: 0.01 }), 0);
    expect(deviation(level)).toBeCloseTo(0.03, 2);
  });

  it('is the usual one where history is one burst, and all of it may be in the average', () => {
    const { level, left, freedom } = wanderOf(series(4, {}), 0);
    expect(deviation(level)).toBeCloseTo(0.1, 9);
    expect(left).toBe(1);
    expect(freedom).toBe(4);
  });

  it('is smaller where the gate plays for longer, unless it is remembered for longer still', () => {
    const history = series(4_000, { level: 0.2, tau: 30 });
    const hours = wanderOf(history, 240 * MINUTE_MS);
    expect(hours.level).toBeLessThan(wanderOf(history, 0).level / 2);
  });

  it('is remembered for as long as it was', () => {
    const tauOf = (tau: number): number =>
      wanderOf(series(8_000, { level: 0.3, tau }), 0).tauMs / MINUTE_MS;
    expect(tauOf(20)).toBeLessThanOrEqual(30);
    expect(tauOf(400)).toBeGreaterThanOrEqual(330);
  });

  it('is averaged away by a history of many memories', () => {
    const { left } = wanderOf(series(4_000, { level: 0.2, tau: 30 }), 0);
    expect(left).toBeLessThan(0.05);
  });
});

it('an average over a span keeps all of a level that stands still meanwhile, and little of a quick one', () => {
  expect(keptOver(0, 60)).toBe(1);
  expect(keptOver(1, 60)).toBeCloseTo(0.9945, 3);
  expect(keptOver(6_000, 60)).toBeCloseTo(0.02, 3);
});
