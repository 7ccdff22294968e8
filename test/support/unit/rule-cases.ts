/** Cases for `promtool test rules`: series by the minute, and which alerts fire when, against the rules as they are shipped. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { RUNBOOKS } from '../../../src/domain/runbook.ts';
import { rulesOf } from '../../../src/surface/rules/rules.ts';
import { REPOSITORY } from './cli.ts';

export const SHIPPED_RULES = `${REPOSITORY}deploy/alerting/rules.yml`;

/** Values by the sample, a minute apart unless the pace is another one, in Prometheus' notation for tests. */
export type Series = Readonly<Record<string, string>>;

interface Firing {
  /** Such as `1h30m`. */
  readonly at: string;
  readonly alert: string;
  /** One alert for each of these, and no other. */
  readonly firing: readonly ('page' | 'ticket')[];
}

interface Worded {
  readonly at: string;
  readonly alert: string;
  /** All of them, with all that they say. */
  readonly says: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

/** Else it is by chance whether an alert sees what was recorded at the same instant. */
const GROUPS = rulesOf({ runbooks: RUNBOOKS }).groups.map(({ name }) => name);

/** How far apart samples and evaluations are. Both every minute over days would take minutes. */
interface Pace {
  readonly samples: string;
  readonly evaluations: string;
}

/** Often enough where runs are five or ten minutes apart. */
export const BY_RUN: Pace = { samples: '1m', evaluations: '5m' };

const MINUTELY: Pace = { samples: '1m', evaluations: '1m' };

/** What promtool has against it; empty when all is as expected. */
export function promtoolTest(
  series: Series,
  checks: readonly (Firing | Worded)[],
  { samples, evaluations }: Pace = MINUTELY,
): string {
  const test = {
    interval: samples,
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: checks.flatMap((check) => ('firing' in check ? [ofFiring(check)] : [])),
    alert_rule_test: checks.flatMap((check) => ('says' in check ? [ofWorded(check)] : [])),
  };
  const file = {
    rule_files: [SHIPPED_RULES],
    evaluation_interval: evaluations,
    group_eval_order: GROUPS,
    tests: [test],
  };
  const folder = mkdtempSync(join(tmpdir(), 'orderwatch-rules-'));
  try {
    const path = join(folder, 'test.yml');
    writeFileSync(path, stringify(file));
    return promtool('test', 'rules', path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Empty when promtool is content. */
export function promtool(...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  return status === 0 ? '' : `${stdout}${stderr}`;
}

const ofFiring = ({ at, alert, firing }: Firing): unknown => ({
  eval_time: at,
  expr: `count by (severity) (ALERTS{alertname="${alert}",alertstate="firing"})`,
  exp_samples: firing.map((severity) => ({ labels: `{severity="${severity}"}`, value: 1 })),
});

const ofWorded = ({ at, alert, says }: Worded): unknown => ({
  eval_time: at,
  alertname: alert,
  exp_alerts: says.map(({ labels, annotations }) => ({
    exp_labels: labels,
    exp_annotations: annotations,
  })),
});

/** A counter that grows by these numbers; it starts at 0. */
export function counter(growth: readonly (number | 'reset')[]): string {
  let value = 0;
  const values = growth.map((by) => {
    value = by === 'reset' ? 0 : value + by;
    return String(value);
  });
  return ['0', ...values].join(' ');
}

/** The same value for so many samples. */
export const steady = (value: number, samples: number): string => `${value}x${samples}`;

/** So many of the same. */
export const times = <T>(count: number, value: T): readonly T[] =>
  Array.from({ length: count }, () => value);

export const infoOf = (tenant: string): string =>
  `orderwatch_tenant_info{tenant="${tenant}",cluster="blue",database_host="pg-3",tier="99.9",odoo_version="19.0"}`;
