/**
 * Recording rules: which share of the time that counts was bad, over the windows that the alerts look at. Counters of
 * seconds stand still outside business hours, so a window without time that counts has no ratio, and thus no alert.
 */
import { type Group, ofTenants, type Rule, type Scope, TENANT_INFO } from './rule.ts';

const SHORT = ['5m', '30m', '1h', '2h'] as const;
const LONG = ['6h', '1d', '3d'] as const;

export type Window = (typeof SHORT | typeof LONG)[number];

export const ERROR_BUDGET = 'tenant_workflow:orderwatch_objective_error_budget:ratio';

export const badRatio = (window: Window): string =>
  `tenant_workflow:orderwatch_objective_bad_seconds:ratio_rate${window}`;

export function objectiveGroups(scope: Scope): readonly Group[] {
  return [
    { name: 'orderwatch-objectives', rules: [...bases(scope), ...SHORT.map(ratioOver(scope))] },
    // Over days, so read less often: each evaluation reads all samples of its window.
    { name: 'orderwatch-objectives-long', interval: '2m', rules: LONG.map(ratioOver(scope)) },
  ];
}

/** While an observer takes over from another one, both may show a series: `max` makes it one. */
const bases = (scope: Scope): readonly Rule[] => [
  {
    record: TENANT_INFO,
    expr: `max by (tenant, cluster, database_host) (${ofTenants(scope, 'orderwatch_tenant_info')})`,
  },
  {
    record: ERROR_BUDGET,
    expr: `1 - max by (tenant, workflow) (${ofTenants(scope, 'orderwatch_objective_target_ratio')})`,
  },
];

const ratioOver =
  (scope: Scope) =>
  (window: Window): Rule => ({
    record: badRatio(window),
    expr: `${rate(scope, 'state="bad"', window)}\n/\n(${rate(scope, 'state=~"good|bad"', window)} > 0)`,
  });

function rate(scope: Scope, matcher: string, window: Window): string {
  const seconds = ofTenants(scope, 'orderwatch_objective_seconds_total', matcher);
  return `sum by (tenant, workflow) (rate(${seconds}[${window}]))`;
}
