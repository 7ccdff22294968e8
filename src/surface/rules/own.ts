/** Alerts on the monitor itself. They stand on its own series, not on `up`: a page without tenants is as blind as none. */
import { type Alert, alertOf, type Group, indented, ofTenants, type Scope } from './rule.ts';

const common = { owner: 'platform', runbook: 'monitor' } as const;

const DELIVERIES = 'orderwatch_sink_deliveries_total';

const deliveries = (matcher: string): string =>
  `sum by (sink) (increase(${DELIVERIES}{${matcher}}[15m])) > 0.5`;

/** Nothing got through. */
const FAILING = `${deliveries('result=~"failed|dropped"')}
unless on (sink)
  ${deliveries('result="delivered"')}`;

export function ownGroup(scope: Scope): Group {
  // Where somebody asks for some tenants only, the rules of the whole fleet are elsewhere.
  const fleets = scope.tenants === undefined ? fleetRules(scope) : [];
  return { name: 'orderwatch-own', rules: [absent(scope), ...fleets] };
}

const absent = (scope: Scope): Alert =>
  alertOf(scope, 'OrderwatchAbsent', {
    ...common,
    expr: `absent(${ofTenants(scope, 'orderwatch_tenant_info')})`,
    lasting: '10m',
    severity: 'page',
    summary: 'orderwatch shows no tenant: nothing is watched',
    description:
      'For ten minutes no orderwatch observer has shown any tenant to Prometheus. Until one does, no failure of a ' +
      'tenant is found.',
  });

const TURNED = 'orderwatch_alerting_turn_timestamp_seconds';

/** It stands still, or nobody does it although somebody observes. */
const STOPPED = `(time() - max(${TURNED}) > 120)
or
(absent(${TURNED}) and on () count(orderwatch_tenant_info) > 0)`;

const fleetRules = (scope: Scope): readonly Alert[] => [
  alertOf(scope, 'OrderwatchAlertingStopped', {
    ...common,
    expr: STOPPED,
    lasting: '5m',
    severity: 'page',
    summary: 'Nobody makes incidents of what orderwatch sees',
    description:
      'For some minutes no observer has done the work of alerting. What is wrong is seen, but nobody is told: the log of ' +
      'the observers says why.',
  }),
  alertOf(scope, 'OrderwatchReportsWaiting', {
    ...common,
    expr: 'orderwatch_reports_waiting > 0',
    lasting: '10m',
    severity: 'ticket',
    summary: 'Run reports waiting on the disk of {{ $labels.instance }}: {{ $value }}',
    description:
      'For ten minutes Redis has not taken all run reports of the worker {{ $labels.instance }} (now {{ $value }} on ' +
      'its disk). Nobody sees their results until then.',
  }),
  alertOf(scope, 'OrderwatchSinkFailing', {
    ...common,
    expr: `(\n${indented(FAILING)}\n)\nand on ()\n  sum(orderwatch_incidents_open{severity="page"}) > 0`,
    lasting: '5m',
    severity: 'page',
    summary:
      'Incidents do not get out through {{ $labels.sink }}, and one of them should wake somebody',
    description:
      'In the last 15 minutes nothing could be delivered through {{ $labels.sink }}, and an incident is open that ' +
      'should page. `orderwatch incident list` shows it.',
  }),
  alertOf(scope, 'OrderwatchSinkFailing', {
    ...common,
    expr: `(\n${indented(FAILING)}\n)\nor\n  ${deliveries('result="dropped"')}`,
    lasting: '5m',
    severity: 'ticket',
    summary: 'Incidents do not get out through {{ $labels.sink }}',
    description:
      'In the last 15 minutes deliveries through {{ $labels.sink }} failed and none got through, or some were given ' +
      'up for good. `orderwatch incident list` shows what nobody was told.',
  }),
];
