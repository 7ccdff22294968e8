/** The samples of alerting: what is open, and what became of what was to be told. */
import type { Incident } from '../domain/incident.ts';
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
}

export function alertingSamples({ open, sinks, confirmations }: AlertingState): readonly Sample[] {
  const kinds = groupBy(open, ({ severity, silenced, scope }) =>
    [silenced ? 'none' : severity, scope.kind].join('|'),
  );
  return [
    ...[...kinds].map(([kind, own]): Sample => {
      const [severity = '', scope = ''] = kind.split('|');
      return { name: 'orderwatch_incidents_open', labels: { severity, scope }, value: own.length };
    }),
    ...sinks.flatMap(({ sink, ...results }) =>
      Object.entries(results).map(([result, value]): Sample => {
        return { name: 'orderwatch_sink_deliveries_total', labels: { sink, result }, value };
      }),
    ),
    { name: 'orderwatch_confirmations_total', labels: {}, value: confirmations },
  ];
}
