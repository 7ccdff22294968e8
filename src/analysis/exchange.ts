/** The fold of what trading partners wait for: how long, how much waits before them, and what came back wrong. */
import { z } from 'zod';
import type { ExchangeTimes, RunReport } from '../domain/report.ts';
import { emptyHistogram, type Histogram, histogramSchema, observe } from './histogram.ts';

/** What is measured, each from handing a document in, by its name in the reports. */
export const exchangeTimes = [
  'ingestionMs',
  'acknowledgementMs',
  'drainMs',
  'roundTripMs',
] as const;
export type ExchangeTime = (typeof exchangeTimes)[number];

/** One tenant, scenario and transport. */
export const exchangeSeriesSchema = z
  .strictObject({
    times: z.partialRecord(z.enum(exchangeTimes), histogramSchema).readonly(),
    /** Seconds that the oldest document had waited when the last run handed its own in. */
    backlogAge: z.number().nonnegative(),
    /** Runs that failed by what was exchanged, by the code of their failure. */
    wrong: z.record(z.string(), z.int().nonnegative()).readonly(),
  })
  .readonly();

export type ExchangeSeries = z.infer<typeof exchangeSeriesSchema>;

const empty: ExchangeSeries = { times: {}, backlogAge: 0, wrong: {} };

/** Answers what changes: nothing by a run that exchanged nothing. */
export function foldExchange(
  before: { readonly exchange?: ExchangeSeries },
  { exchange, outcome }: RunReport,
): { readonly exchange?: ExchangeSeries } {
  if (exchange === undefined) return {};
  const { times, wrong } = before.exchange ?? empty;
  const code = outcome.kind === 'failed' ? outcome.failure.code : undefined;
  const series = {
    times: { ...times, ...observed(times, exchange) },
    backlogAge: (exchange.backlogAgeMs ?? 0) / 1_000,
    wrong: code?.startsWith('edi.') === true ? { ...wrong, [code]: (wrong[code] ?? 0) + 1 } : wrong,
  };
  return { exchange: series };
}

function observed(
  times: ExchangeSeries['times'],
  exchange: ExchangeTimes,
): Partial<Record<ExchangeTime, Histogram>> {
  const entries = exchangeTimes.flatMap((name) => {
    const ms = exchange[name];
    return ms === undefined
      ? []
      : [[name, observe(times[name] ?? emptyHistogram, ms / 1_000)] as const];
  });
  return Object.fromEntries(entries);
}
