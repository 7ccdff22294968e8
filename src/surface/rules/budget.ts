/**
 * Alerts on the error budget: a budget that goes too fast, by a long window that says it matters and a short one that
 * says it still goes on. Each wants enough runs, and more than one bad one: at 99.9 % one failure of twelve would page.
 */
import { badRatio, ERROR_BUDGET, type Window } from './objectives.ts';
import { alertOf, type Group, indented, ofTenants, type Scope, withPlace } from './rule.ts';

interface Burn {
  /** So many times as fast as a budget that lasts exactly as long as its window. */
  readonly factor: number;
  readonly long: Window;
  readonly short: Window;
  /** So long the last ratio over the short window holds: counters move with each run, and six may fill the long one. */
  readonly holds: string;
  /** Two runs must have been bad in here. */
  readonly confirmed: Window;
}

/** Factors and windows of the Site Reliability Workbook, chapter 5, for a budget of 30 days. */
const PAGES: readonly Burn[] = [
  { factor: 14.4, long: '1h', short: '5m', holds: '10m', confirmed: '1h' },
  { factor: 6, long: '6h', short: '30m', holds: '30m', confirmed: '2h' },
];
const TICKETS: readonly Burn[] = [
  { factor: 3, long: '1d', short: '2h', holds: '2h', confirmed: '6h' },
  { factor: 1, long: '3d', short: '6h', holds: '6h', confirmed: '1d' },
];

/** Of fewer runs a share says nothing. */
const LEAST_RUNS = 6;

const NAME = 'OrderwatchBudgetBurn';
const SUMMARY = '{{ $labels.workflow }} at {{ $labels.tenant }} uses up its error budget too fast';
const BUDGET_LEFT =
  `{{ with printf "min(orderwatch_objective_budget_left_ratio{tenant='%s',workflow='%s'})" ` +
  '$labels.tenant $labels.workflow | query }}' +
  ' {{ . | first | value | humanizePercentage }} of the budget is left.{{ end }}';

const describeBurn = (over: string): string =>
  '{{ $labels.workflow }} at {{ $labels.tenant }} fails or is too slow so often that its error budget goes ' +
  `{{ $value | humanize }} times as fast as the objective allows, measured over ${over}.${BUDGET_LEFT}`;

export function budgetGroup(scope: Scope): Group {
  const target = ofTenants(scope, 'orderwatch_objective_target_ratio', 'level="critical"');
  const left = ofTenants(scope, 'orderwatch_objective_budget_left_ratio');
  const common = { owner: 'erp-support', runbook: 'budget' } as const;
  return {
    name: 'orderwatch-budget',
    rules: [
      alertOf(scope, NAME, {
        ...common,
        severity: 'page',
        // A secondary workflow wakes nobody.
        expr: withPlace(
          `(\n${indented(anyOf(scope, PAGES))}\n)\nand on (tenant, workflow)\n  ${target}\n${untold(scope, '30m', 'kind="failures"')}`,
        ),
        summary: SUMMARY,
        description: describeBurn('the last hour or the last six hours'),
      }),
      alertOf(scope, NAME, {
        ...common,
        severity: 'ticket',
        expr: withPlace(`(\n${indented(anyOf(scope, TICKETS))}\n)\n${untold(scope, '6h')}`),
        summary: SUMMARY,
        description: describeBurn('the last day or the last three days'),
      }),
      alertOf(scope, 'OrderwatchBudgetLow', {
        ...common,
        severity: 'ticket',
        expr: withPlace(`min by (tenant, workflow) (${left}) < 0.1`),
        lasting: '15m',
        summary:
          'Little is left of the error budget of {{ $labels.workflow }} at {{ $labels.tenant }}',
        description:
          'Of the time that {{ $labels.workflow }} at {{ $labels.tenant }} may fail or be too slow ' +
          '{{ if gt $value 0.0 }}only {{ $value | humanizePercentage }} is left{{ else }}nothing is left{{ end }}.',
      }),
    ],
  };
}

/** What is an incident, or was one until a moment ago, has been told: the ratios fall later than it ends. */
const untold = (scope: Scope, window: Window, matcher?: string): string =>
  `unless on (tenant)\n  max by (tenant) (max_over_time(${ofTenants(scope, 'orderwatch_troubles', matcher)}[${window}])) > 0`;

const anyOf = (scope: Scope, burns: readonly Burn[]): string =>
  burns.map((burn) => conditionOf(scope, burn)).join('\nor\n');

function conditionOf(scope: Scope, { factor, long, short, holds, confirmed }: Burn): string {
  const faster = (ratio: string): string =>
    `${ratio} / on (tenant, workflow) ${ERROR_BUDGET} > ${factor}`;
  return [
    faster(badRatio(long)),
    faster(`last_over_time(${badRatio(short)}[${holds}])`),
    `${runs(scope, long)} > ${LEAST_RUNS - 0.5}`,
    `${runs(scope, confirmed, 'result="bad"')} > 1.5`,
  ].join('\nand on (tenant, workflow)\n  ');
}

/** `increase` tells more than there were rather than fewer, but not by whole numbers. */
function runs(scope: Scope, window: Window, matcher?: string): string {
  const total = ofTenants(scope, 'orderwatch_objective_runs_total', matcher);
  return `sum by (tenant, workflow) (increase(${total}[${window}]))`;
}
