/** What was kept of availability, put together for each objective of a tenant. */
import {
  type Availability,
  type AvailabilityHour,
  availabilitySchema,
} from '../analysis/availability.ts';
import { piecesOf, runsOf, type Workflow } from '../analysis/pieces.ts';
import { stretchesOf } from '../analysis/stretches.ts';
import { businessSpans } from '../domain/business-spans.ts';
import type { Objective } from '../domain/objective.ts';
import type { Span } from '../domain/span.ts';
import type { Tenant } from '../domain/tenant.ts';
import { availabilityName, readHours } from '../store/availability.ts';
import type { Folds } from '../store/folds.ts';

const HOUR_MS = 3_600_000;

/** Everything before this instant is counted; a value of each partition's folded state. */
export const SLOTS_UNTIL = 'slots-until';

/** Planned maintenance of a tenant that touches `[fromMs, toMs)`, epoch milliseconds; whole, not cut to what is asked. */
type Maintenance = (tenant: string, fromMs: number, toMs: number) => readonly Span[];

export interface Kept {
  readonly folds: Folds;
  readonly maintenance: Maintenance;
}

/** One partition as far as it is folded. */
export interface FoldedPartition {
  readonly name: string;
  readonly values: ReadonlyMap<string, unknown>;
}

/** An objective of a tenant, and the stretch in which it is looked at. */
export interface Look {
  readonly tenant: Tenant;
  readonly objective: Objective;
  readonly span: Span;
}

export interface Looked extends Look {
  readonly pieces: ReturnType<typeof piecesOf>;
  readonly runs: ReturnType<typeof runsOf>;
  /** Slots that told nothing, by the hours that the stretch touches. */
  readonly beside: Readonly<Record<'inconclusive' | 'skipped' | 'missed', number>>;
}

/** Until when every slot of the partition is counted; undefined while none is. */
export function countedUntil({ values }: FoldedPartition): number | undefined {
  const until = values.get(SLOTS_UNTIL);
  return typeof until === 'number' ? until : undefined;
}

/** Rejects with Failed `state.unusable`. */
export async function look(
  { folds, maintenance }: Kept,
  partition: FoldedPartition,
  looks: readonly Look[],
): Promise<readonly Looked[]> {
  const names = [...new Set(looks.flatMap(namesOf))];
  const span = {
    fromMs: Math.min(...looks.map((one) => one.span.fromMs)),
    toMs: Math.max(...looks.map((one) => one.span.toMs)),
  };
  // Taken before the hours are read: what is folded meanwhile may only make these know more than the states do.
  const folded = new Map(
    names.map((name) => [name, availabilitySchema.safeParse(partition.values.get(name)).data]),
  );
  const hours = await readHours(folds, partition.name, names, span);
  return looks.map((one) => {
    const { fromMs, toMs } = one.span;
    const series = namesOf(one).map((name) => ({
      folded: folded.get(name),
      hours: hours.get(name) ?? new Map<number, AvailabilityHour>(),
    }));
    return put(one, series, maintenance(one.tenant.id, fromMs, toMs));
  });
}

interface FoldedSeries {
  readonly folded: Availability | undefined;
  readonly hours: ReadonlyMap<number, AvailabilityHour>;
}

function put(one: Look, series: readonly FoldedSeries[], maintenance: readonly Span[]): Looked {
  const { tenant, objective, span } = one;
  const { businessCalendar, timeZone } = tenant;
  const workflow: Workflow = {
    series: series.map(({ folded, hours }) => stretchesOf(folded, hours, span)),
    counted: businessSpans(businessCalendar, timeZone, span, objective.hours),
    maintenance,
    latencyMs: objective.latencyMs,
  };
  const inside = series.flatMap(({ hours }) =>
    [...hours].flatMap(([hourMs, hour]) =>
      hourMs + HOUR_MS > span.fromMs && hourMs < span.toMs ? [hour] : [],
    ),
  );
  const sum = (kind: 'inconclusive' | 'skipped' | 'missed'): number =>
    inside.reduce((total, hour) => total + (hour[kind] ?? 0), 0);
  return {
    ...one,
    pieces: piecesOf(workflow),
    runs: runsOf(workflow),
    beside: {
      inconclusive: sum('inconclusive'),
      skipped: sum('skipped'),
      missed: sum('missed'),
    },
  };
}

const namesOf = ({ tenant, objective }: Look): readonly string[] =>
  objective.scenarios.flatMap((scenario) =>
    objective.transports.map((transport) =>
      availabilityName({ tenant: tenant.id, scenario, transport }),
    ),
  );
