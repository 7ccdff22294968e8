/**
 * The fold of run reports into service level indicators: for each tenant, scenario and transport what its runs
 * came to, for each step of a scenario how long it takes over all tenants. Pure; what is kept of it is parsed.
 */
import { z } from 'zod';
import type { RunReport } from '../domain/report.ts';
import { exchangeSeriesSchema, foldExchange } from './exchange.ts';
import { emptyHistogram, histogramSchema, observe } from './histogram.ts';

const count = z.int().nonnegative();
const seconds = z.number().nonnegative();

/** One tenant, scenario and transport. */
export const runSeriesSchema = z
  .strictObject({
    v: z.literal(1),
    /** Runs by outcome, and by blame where there is one: `passed`, `failed target`, `inconclusive fleet`, `skipped`. */
    runs: z.record(z.string(), count).readonly(),
    /** Of the runs that passed or failed: nothing else says how long a transaction takes. */
    duration: histogramSchema,
    contaminated: count,
    /** Rows left in the tenant's database for good. */
    rows: count,
    /** The last valid run: it passed or failed. */
    last: z
      .strictObject({
        passed: z.boolean(),
        seconds,
        finishedMs: z.int(),
        /** The step at which it failed. */
        failedAt: z.string().exactOptional(),
      })
      .readonly()
      .exactOptional(),
    lastSuccessMs: z.int().exactOptional(),
    /** Seconds of each step when it last passed. */
    steps: z.record(z.string(), seconds).readonly(),
    /** Where documents are exchanged. */
    exchange: exchangeSeriesSchema.exactOptional(),
  })
  .readonly();

export type RunSeries = z.infer<typeof runSeriesSchema>;

const emptySeries: RunSeries = {
  v: 1,
  runs: {},
  duration: emptyHistogram,
  contaminated: 0,
  rows: 0,
  steps: {},
};

/** `rows`: what a run of this scenario over this transport leaves when it wrote. */
export function foldRun(series: RunSeries | undefined, report: RunReport, rows: number): RunSeries {
  const before = series ?? emptySeries;
  const { outcome } = report;
  const name = 'failure' in outcome ? `${outcome.kind} ${outcome.failure.blame}` : outcome.kind;
  const lasted = report.durationMs / 1_000;
  const finishedMs = Date.parse(report.finishedAt);
  const passed = outcome.kind === 'passed';
  const valid = passed || outcome.kind === 'failed';
  return {
    ...before,
    runs: { ...before.runs, [name]: (before.runs[name] ?? 0) + 1 },
    duration: valid ? observe(before.duration, lasted) : before.duration,
    contaminated: before.contaminated + (report.contaminated ? 1 : 0),
    rows: before.rows + (report.documents.length > 0 ? rows : 0),
    ...(valid ? { last: { passed, seconds: lasted, finishedMs, ...failedAt(outcome) } } : {}),
    ...(passed ? { lastSuccessMs: finishedMs } : {}),
    steps: { ...before.steps, ...Object.fromEntries(passedSteps(report)) },
    ...foldExchange(before, report),
  };
}

function failedAt(outcome: RunReport['outcome']): { readonly failedAt?: string } {
  const step = outcome.kind === 'failed' ? outcome.failure.step : undefined;
  return step === undefined ? {} : { failedAt: step };
}

/** Seconds of the steps that passed, set-up too, by name. */
export function passedSteps({ steps }: RunReport): readonly (readonly [string, number])[] {
  return steps
    .filter(({ outcome }) => outcome === 'passed')
    .map(({ name, durationMs }) => [name, durationMs / 1_000]);
}

/** One hour of one tenant, scenario and transport: what reports over months are made of. */
export const rollupSchema = runSeriesSchema
  .unwrap()
  .pick({ v: true, runs: true, duration: true, contaminated: true })
  .readonly();

export type Rollup = z.infer<typeof rollupSchema>;

export function foldRollup(rollup: Rollup | undefined, report: RunReport): Rollup {
  const before = rollup === undefined ? undefined : { ...emptySeries, ...rollup };
  const { v, runs, duration, contaminated } = foldRun(before, report, 0);
  return { v, runs, duration, contaminated };
}
