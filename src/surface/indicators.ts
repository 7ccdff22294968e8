/** The samples of the folded indicators. */
import { type ExchangeTime, exchangeTimes } from '../analysis/exchange.ts';
import { BOUNDS, type Histogram } from '../analysis/histogram.ts';
import type { RunSeries } from '../analysis/sli.ts';
import type { SlotSeries } from '../analysis/slots.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Buckets, Labels, Sample } from './metrics.ts';

/** By `tenant|scenario|transport`; steps by `scenario|step|transport`. */
export interface Indicators {
  readonly runs: ReadonlyMap<string, RunSeries>;
  readonly steps: ReadonlyMap<string, Histogram>;
  readonly slots: ReadonlyMap<string, SlotSeries>;
}

export function* indicatorSamples({ runs, steps, slots }: Indicators): Iterable<Sample> {
  for (const [name, series] of inOrder(runs)) yield* samplesOfRuns(labelsOf(name), series);
  for (const [name, histogram] of inOrder(steps)) {
    const [scenario = '', step = '', transport = ''] = name.split('|');
    const labels = { scenario, step, transport };
    yield { name: 'orderwatch_step_duration_seconds', labels, value: bucketsOf(histogram) };
  }
  for (const [name, { planned, started, missed, skipped }] of inOrder(slots)) {
    for (const [state, value] of Object.entries({ planned, started, missed, skipped })) {
      yield { name: 'orderwatch_slots_total', labels: { ...labelsOf(name), state }, value };
    }
  }
}

interface Seen {
  readonly residue: number;
  readonly imbalances: number;
  readonly odooVersion?: string | undefined;
  /** Instants are epoch milliseconds; what could not be had is absent and has no series. */
  readonly certificateExpiresMs?: number | undefined;
  readonly apiKeyExpiresMs?: number | undefined;
  readonly scheduledActionLagMs?: number | undefined;
  readonly clockSkewMs?: number | undefined;
  readonly freeUnits?: number | undefined;
}

/** What a tenant is, what is left open in it, and what will be trouble one day. */
export function tenantSamples(
  { id, platform, tier }: Tenant,
  seen: Seen | undefined,
): readonly Sample[] {
  const { cluster, databaseHost } = platform;
  const labels = { tenant: id, cluster, database_host: databaseHost, tier };
  const info = { ...labels, odoo_version: seen?.odooVersion ?? 'unknown' };
  const own: Sample = { name: 'orderwatch_tenant_info', labels: info, value: 1 };
  if (seen === undefined) return [own];
  const { residue, imbalances } = seen;
  return [
    own,
    { name: 'orderwatch_residue_documents', labels: { tenant: id }, value: residue },
    { name: 'orderwatch_residue_imbalances', labels: { tenant: id }, value: imbalances },
    ...warningSamples({ tenant: id }, seen),
  ];
}

function warningSamples(labels: Labels, seen: Seen): readonly Sample[] {
  const inSeconds = (ms: number | undefined): number | undefined =>
    ms === undefined ? undefined : ms / 1_000;
  const all: readonly (readonly [Sample['name'], number | undefined])[] = [
    ['orderwatch_certificate_expiry_timestamp_seconds', inSeconds(seen.certificateExpiresMs)],
    ['orderwatch_api_key_expiry_timestamp_seconds', inSeconds(seen.apiKeyExpiresMs)],
    ['orderwatch_scheduled_action_lag_seconds', inSeconds(seen.scheduledActionLagMs)],
    ['orderwatch_free_stock_units', seen.freeUnits],
    ['orderwatch_clock_skew_seconds', inSeconds(seen.clockSkewMs)],
  ];
  return all.flatMap(([name, value]) => (value === undefined ? [] : [{ name, labels, value }]));
}

function samplesOfRuns(labels: Labels, series: RunSeries): readonly Sample[] {
  const { last, lastSuccessMs } = series;
  const valid = (name: Sample['name'], value: number | undefined): readonly Sample[] =>
    value === undefined ? [] : [{ name, labels, value }];
  return [
    ...inOrder(new Map(Object.entries(series.runs))).map(([kind, value]): Sample => {
      const [outcome = '', blame = ''] = kind.split(' ');
      return { name: 'orderwatch_runs_total', labels: { ...labels, outcome, blame }, value };
    }),
    {
      name: 'orderwatch_run_duration_seconds',
      labels,
      value: bucketsOf(series.duration),
    },
    ...inOrder(new Map(Object.entries(series.steps))).map(([step, value]): Sample => {
      return { name: 'orderwatch_step_last_duration_seconds', labels: { ...labels, step }, value };
    }),
    ...valid(
      'orderwatch_last_success_timestamp_seconds',
      lastSuccessMs === undefined ? undefined : lastSuccessMs / 1_000,
    ),
    ...valid('orderwatch_runs_contaminated_total', series.contaminated),
    ...valid('orderwatch_rows_left_total', series.rows),
    ...exchangeSamples(labels, series),
    ...valid('probe_success', last === undefined ? undefined : Number(last.passed)),
    ...valid('probe_duration_seconds', last?.seconds),
  ];
}

const TIMES: Readonly<Record<ExchangeTime, Sample['name']>> = {
  ingestionMs: 'orderwatch_edi_ingestion_seconds',
  acknowledgementMs: 'orderwatch_edi_acknowledgement_seconds',
  drainMs: 'orderwatch_edi_drain_seconds',
  roundTripMs: 'orderwatch_edi_round_trip_seconds',
};

function exchangeSamples(labels: Labels, { exchange }: RunSeries): readonly Sample[] {
  if (exchange === undefined) return [];
  const { times, backlogAge, wrong } = exchange;
  return [
    ...exchangeTimes.flatMap((time): readonly Sample[] => {
      const histogram = times[time];
      return histogram === undefined
        ? []
        : [{ name: TIMES[time], labels, value: bucketsOf(histogram) }];
    }),
    { name: 'orderwatch_edi_backlog_age_seconds', labels, value: backlogAge },
    ...inOrder(new Map(Object.entries(wrong))).map(([code, value]): Sample => {
      return { name: 'orderwatch_edi_wrong_total', labels: { ...labels, code }, value };
    }),
  ];
}

function labelsOf(name: string): Labels {
  const [tenant = '', scenario = '', transport = ''] = name.split('|');
  return { tenant, scenario, transport };
}

const bucketsOf = (histogram: Histogram): Buckets => ({ bounds: BOUNDS, ...histogram });

const inOrder = <T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] =>
  [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
