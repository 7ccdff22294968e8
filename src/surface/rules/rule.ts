/** What Prometheus reads as a rule file, and what every alert of ours has: severity, owner, words and a runbook. */
import type { owners } from '../../domain/incident.ts';
import { type Runbook, runbookOf } from '../../domain/runbook.ts';

interface Recording {
  readonly record: string;
  readonly expr: string;
}

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export type Rule = Recording | Alert;

/** Keys as Prometheus names them. */
export interface Group {
  readonly name: string;
  /** Prometheus' own when absent. */
  readonly interval?: string;
  readonly rules: readonly Rule[];
}

export interface Scope {
  /** These only, and nothing of the fleet's own; all when absent. */
  readonly tenants?: readonly string[] | undefined;
  /** What the names of runbooks are added to. */
  readonly runbooks: string;
}

interface Wanted {
  readonly expr: string;
  /** How long it has to hold, such as `15m`; at once when absent. */
  readonly lasting?: string;
  readonly severity: 'page' | 'ticket';
  /** May be a template. */
  readonly owner: (typeof owners)[number] | `{{${string}}}`;
  readonly runbook: Runbook;
  /** Templates of Prometheus; in plain words. */
  readonly summary: string;
  readonly description: string;
}

export function alertOf({ runbooks }: Scope, name: string, wanted: Wanted): Alert {
  const { expr, lasting, severity, owner, runbook, summary, description } = wanted;
  return {
    alert: name,
    expr,
    ...(lasting === undefined ? {} : { for: lasting }),
    labels: { severity, owner },
    annotations: { summary, description, runbook_url: runbookOf(runbooks, runbook) },
  };
}

/** The series of a metric with a tenant, such as `orderwatch_runs_total{tenant=~"north|south",outcome="failed"}`. */
export function ofTenants({ tenants }: Scope, metric: string, matcher?: string): string {
  // Ids are letters, digits and hyphens: nothing in them means anything to a regular expression.
  const own = tenants === undefined ? [] : [`tenant=~"${tenants.join('|')}"`];
  const matchers = [...own, ...(matcher === undefined ? [] : [matcher])];
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(',')}}`;
}

export const TENANT_INFO = 'tenant:orderwatch_tenant:info';

/** The same alerts, with cluster and database host of their tenant: what inhibition and people go by. */
export const withPlace = (expr: string): string =>
  `(\n${indented(expr)}\n)\n* on (tenant) group_left (cluster, database_host) ${TENANT_INFO}`;

export const indented = (text: string): string => text.replace(/^/gm, '  ');
