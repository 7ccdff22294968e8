import { describe, expect, it } from 'vitest';
import { BOUNDS, emptyHistogram, observe } from '../../../src/analysis/histogram.ts';
import {
  foldRollup,
  foldRun,
  passedSteps,
  type RunSeries,
  rollupSchema,
  runSeriesSchema,
} from '../../../src/analysis/sli.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import { reportOf } from '../../support/unit/reports.ts';

const failed = (blame: 'target' | 'scenario' | 'fleet'): RunReport['outcome'] =>
  blame === 'target'
    ? { kind: 'failed', failure: { code: 'a.b', blame, layer: 'database', message: 'no' } }
    : { kind: 'inconclusive', failure: { code: 'a.b', blame, message: 'no' } };

const foldAll = (...changes: readonly Partial<RunReport>[]): RunSeries => {
  let series: RunSeries | undefined;
  for (const change of changes) series = foldRun(series, reportOf(change), 12);
  return series!;
};

describe('a histogram', () => {
  it('counts what is at most as long as each bound', () => {
    const one = observe(emptyHistogram, 0.5);
    expect(one.buckets).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
    const two = observe(one, 500);
    expect(two).toEqual({ buckets: one.buckets, sum: 500.5, count: 2 });
  });

  it('goes from 0.05 to 120 seconds in at most ten buckets', () => {
    expect([BOUNDS[0], BOUNDS.at(-1)]).toEqual([0.05, 120]);
    expect(emptyHistogram.buckets.length).toBeLessThanOrEqual(10);
    expect([...BOUNDS].sort((a, b) => a - b)).toEqual(BOUNDS);
  });
});

describe('the series of a tenant, scenario and transport', () => {
  it('counts runs by outcome and blame', () => {
    const { runs } = foldAll(
      {},
      {},
      { outcome: failed('target') },
      { outcome: failed('scenario') },
      { outcome: failed('fleet') },
      { outcome: { kind: 'skipped', reason: 'no module' } },
    );
    expect(runs).toEqual({
      passed: 2,
      'failed target': 1,
      'inconclusive scenario': 1,
      'inconclusive fleet': 1,
      skipped: 1,
    });
  });

  it('takes time and last result from valid runs alone: never blame a tenant for our fault', () => {
    const { duration, last, lastSuccessMs } = foldAll(
      {},
      { outcome: failed('target'), durationMs: 9_000, finishedAt: '2026-07-01T10:01:00.000Z' },
      { outcome: failed('fleet'), durationMs: 77_000, finishedAt: '2026-07-01T10:02:00.000Z' },
    );
    expect([duration.count, duration.sum]).toEqual([2, 11.4]);
    const finishedMs = Date.parse('2026-07-01T10:01:00.000Z');
    expect(last).toEqual({ passed: false, seconds: 9, finishedMs });
    expect(lastSuccessMs).toBe(Date.parse('2026-07-01T10:00:02.407Z'));
  });

  it('counts rows of runs that made something, and runs that were contaminated', () => {
    const series = foldAll({}, { documents: [] }, { contaminated: true });
    expect([series.rows, series.contaminated]).toEqual([24, 1]);
  });

  it('keeps the last time of every step that passed', () => {
    const [step] = reportOf().steps;
    const { steps } = foldAll(
      { steps: [{ ...step!, name: 'a', durationMs: 100 }] },
      {
        steps: [
          { ...step!, name: 'a', durationMs: 200 },
          { ...step!, name: 'b', outcome: 'failed' },
        ],
      },
    );
    expect(steps).toEqual({ a: 0.2 });
    expect(passedSteps(reportOf())).toEqual([['confirm order', 0.3401]]);
  });

  it('is what its schema says, also as an hour of it', () => {
    const series = foldAll({}, { outcome: failed('target') });
    expect(runSeriesSchema.parse(series)).toEqual(series);
    const hour = foldRollup(foldRollup(undefined, reportOf()), reportOf({ contaminated: true }));
    expect(rollupSchema.parse(hour)).toEqual(hour);
    expect([hour.runs, hour.contaminated, hour.duration.count]).toEqual([{ passed: 2 }, 1, 2]);
  });
});
