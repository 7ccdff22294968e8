/** Alerts on what is known of a tenant too little: no series, no results, results that tell nothing, slots not played. */
import { type Alert, alertOf, type Group, ofTenants, type Scope, withPlace } from './rule.ts';

const INFO = 'orderwatch_tenant_info';
const RUNS = 'orderwatch_runs_total';
const SLOTS = 'orderwatch_slots_total';

const common = { runbook: 'monitor', severity: 'ticket', lasting: '15m' } as const;

export function coverageGroup(scope: Scope): Group {
  const rules = [tenantAbsent, coverageUnknown, inconclusive, slotsMissed];
  return { name: 'orderwatch-coverage', rules: rules.map((rule) => rule(scope)) };
}

/** Not when all are gone, which is another alert. One that was taken out on purpose is forgotten within a day. */
const tenantAbsent = (scope: Scope): Alert =>
  alertOf(scope, 'OrderwatchTenantAbsent', {
    ...common,
    expr: `max by (tenant, cluster, database_host) (max_over_time(${ofTenants(scope, INFO)}[1d]))
unless on (tenant)
  ${INFO}
and on ()
  group(${INFO})`,
    owner: 'platform',
    summary: 'Nothing is known of {{ $labels.tenant }} any more',
    description:
      'Other tenants are still shown, {{ $labels.tenant }} is not: no observer has its cluster ' +
      '{{ $labels.cluster }}. If it was taken out of the configuration, this ends by itself within a day.',
  });

/** Skipped slots are not meant to tell anything. */
const coverageUnknown = (scope: Scope): Alert =>
  alertOf(scope, 'OrderwatchCoverageUnknown', {
    ...common,
    expr: withPlace(
      `${increase(scope, 'tenant, scenario', SLOTS, 'state=~"started|missed"', '2h')} > 2.5
unless on (tenant, scenario)
  ${increase(scope, 'tenant, scenario', RUNS, 'outcome=~"passed|failed"', '2h')} > 0`,
    ),
    owner: 'platform',
    summary:
      'Whether {{ $labels.scenario }} works at {{ $labels.tenant }} has not been known for two hours',
    description:
      'Of {{ $value | printf "%.0f" }} planned runs of {{ $labels.scenario }} at {{ $labels.tenant }} none passed ' +
      'and none failed: they were missed, or could not tell.',
  });

const inconclusive = (scope: Scope): Alert => {
  const unclear = increase(scope, 'tenant, blame', RUNS, 'outcome="inconclusive"', '1h');
  return alertOf(scope, 'OrderwatchInconclusive', {
    ...common,
    expr: withPlace(
      `${unclear}
/ on (tenant) group_left ()
  ${increase(scope, 'tenant', RUNS, 'outcome=~"passed|failed|inconclusive"', '1h')}
> 0.25
and on (tenant, blame)
  ${unclear} > 2.5`,
    ),
    owner: '{{ if eq $labels.blame "scenario" }}erp-support{{ else }}platform{{ end }}',
    summary: '{{ $value | humanizePercentage }} of the runs at {{ $labels.tenant }} tell nothing',
    description:
      'In the last hour {{ $value | humanizePercentage }} of the runs at {{ $labels.tenant }} ended as inconclusive ' +
      'by {{ if eq $labels.blame "scenario" }}the scenario or the data it stands on' +
      '{{ else }}our own side: worker, Redis or network{{ end }}. They count neither for nor against the tenant.',
  });
};

/** Slots without any account count as missed. A tenant that is down is left alone on purpose. */
const slotsMissed = (scope: Scope): Alert =>
  alertOf(scope, 'OrderwatchSlotsMissed', {
    ...common,
    expr: withPlace(
      `1 - ${increase(scope, 'tenant', SLOTS, 'state=~"started|skipped"', '1h')}
  / (${increase(scope, 'tenant', SLOTS, 'state="planned"', '1h')} > 5.5)
> 0.1
unless on (tenant)
  ${increase(scope, 'tenant', RUNS, 'outcome="failed"', '1h')} > 2.5`,
    ),
    owner: 'platform',
    summary:
      '{{ $value | humanizePercentage }} of the planned runs at {{ $labels.tenant }} are not played',
    description:
      'In the last hour {{ $value | humanizePercentage }} of the planned runs at {{ $labels.tenant }} did not begin ' +
      'in time, although the tenant is not down: too few workers, a long gate, or no row budget left.',
  });

function increase(
  scope: Scope,
  by: string,
  metric: string,
  ...[matcher, window]: readonly [string, string]
): string {
  return `sum by (${by}) (increase(${ofTenants(scope, metric, matcher)}[${window}]))`;
}
