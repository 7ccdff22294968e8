/** The samples of alerting: what is open, and what became of what was to be told. */
import type { Incident, Trouble } from '../domain/incident.ts';
import type { Tenant } from '../domain/tenant.ts';
import { groupBy } from '../lib/group.ts';
import type { Sample } from './metrics.ts';

interface AlertingState {
  readonly open: readonly Incident[];
  readonly sinks: readonly {
    readonly sink: string;
    readonly delivered: number;
    readonly failed: number;
    readonly dropped: number;
  }[];
  readonly confirmations: number;
  /** Of the one that leads. */
  readonly turnedMs: number | undefined;
}

const kinds = ['failures', 'latency', 'tail'] as const;

/** Of every tenant and kind, also where nothing is wrong: a rule looks back at it. */
export function troubleSamples(
  tenants: readonly Pick<Tenant, 'id'>[],
  troubles: readonly Trouble[],
): readonly Sample[] {
  return tenants.flatMap(({ id }) =>
    kinds.map((kind): Sample => {
      const own = troubles.filter((one) => one.tenant === id && one.kind === kind);
      return { name: 'orderwatch_troubles', labels: { tenant: id, kind }, value: own.length };
    }),
  );
}

export function alertingSamples({
  open,
  sinks,
  confirmations,
  turnedMs,
}: AlertingState): readonly Sample[] {
  const scopes = groupBy(open, ({ severity, silenced, scope }) =>
    [silenced ? 'none' : severity, scope.kind].join('|'),
  );
  return [
    ...[...scopes].map(([kind, own]): Sample => {
      const [severity = '', scope = ''] = kind.split('|');
      return { name: 'orderwatch_incidents_open', labels: { severity, scope }, value: own.length };
    }),
    ...sinks.flatMap(({ sink, ...results }) =>
      Object.entries(results).map(([result, value]): Sample => {
        return { name: 'orderwatch_sink_deliveries_total', labels: { sink, result }, value };
      }),
    ),
    { name: 'orderwatch_confirmations_total', labels: {}, value: confirmations },
    ...(turnedMs === undefined
      ? []
      : [
          {
            name: 'orderwatch_alerting_turn_timestamp_seconds',
            labels: {},
            value: turnedMs / 1_000,
          } as const,
        ]),
  ];
}
