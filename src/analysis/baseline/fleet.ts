/** What the detector remembers of tenants, their scenarios and hosts: numbers and names only, so that it can be kept. */
import { type Alert, freshAlert } from './alerts.ts';
import type { UsualCalendar } from './context.ts';
import { type Failures, freshFailures } from './failures.ts';
import { freshLadder, type Ladder } from './ladder.ts';
import { freshPool, type Pool } from './pool.ts';
import { freshRun, type Run } from './run.ts';
import type { Series, Shape } from './series.ts';
import type { Spell } from './spell.ts';

export interface TenantLine {
  readonly t: number;
  readonly tenant: string;
  readonly host: string;
  readonly tz: string;
  readonly intervalMinutes: number;
  readonly calendar: UsualCalendar;
}

export interface DeployLine {
  readonly t: number;
  readonly tenant: string;
  readonly release: string;
}

export interface ProbeLine {
  readonly t: number;
  readonly tenant: string;
  readonly scenario: string;
  readonly step: string;
  readonly ok: boolean;
  /** Of a run that did not fail. */
  readonly ms: number;
  /** Where its scenario has another interval than the tenant. */
  readonly intervalMinutes?: number;
  /** False where it is judged, and nothing is learned from it. */
  readonly learns?: boolean;
}

export type Kind = 'latency' | 'failures' | 'tail' | 'host';

export interface Scenario {
  readonly steps: Map<string, Series>;
  readonly failures: Failures;
  /** Of what its steps deviate by on average, each without what the tenant's other scenarios show too. */
  readonly ladder: Ladder;
  readonly run: Run;
  readonly alert: Alert;
  score: number;
  /** The step and the kind of its highest score. */
  step: string;
  kind: Kind;
  /** Since its deployment. */
  release: string;
  runs: number;
}

export interface Tenant {
  about: TenantLine;
  readonly scenarios: Map<string, Scenario>;
  /** Of what most of its scenarios deviate by. */
  readonly ladder: Ladder;
  lookedAt: number;
  /** Runs since then. */
  ended: number;
  /** All that began together with its first alert. */
  readonly alert: Alert;
  lead: string;
}

export interface Host {
  readonly tenants: Set<string>;
  readonly pool: Pool;
  readonly alert: Alert;
  lookedAt: number;
  sampledAt: number;
  score: number;
  /** Half of its scenarios are on the way to an alert. */
  rises: boolean;
  /** When the first of what it covers began to be bad, 0 for never. */
  beganAt: number;
  covers: string[];
}

/** Everything; `shapes` by scenario and step. */
export interface Fleet {
  readonly tenants: Map<string, Tenant>;
  readonly hosts: Map<string, Host>;
  readonly shapes: Map<string, Shape>;
}

export const freshFleet = (): Fleet => ({
  tenants: new Map(),
  hosts: new Map(),
  shapes: new Map(),
});

export const freshScenario = (): Scenario => ({
  steps: new Map(),
  failures: freshFailures(),
  ladder: freshLadder(),
  run: freshRun(),
  alert: freshAlert(),
  score: 0,
  step: '',
  kind: 'latency',
  release: '',
  runs: 0,
});

export const freshTenant = (about: TenantLine): Tenant => ({
  about,
  scenarios: new Map(),
  ladder: freshLadder(),
  lookedAt: 0,
  ended: 0,
  alert: freshAlert(),
  lead: '',
});

export const freshHost = (): Host => ({
  tenants: new Set(),
  pool: freshPool(),
  alert: freshAlert(),
  lookedAt: 0,
  sampledAt: 0,
  score: 0,
  rises: false,
  beganAt: 0,
  covers: [],
});

/** Of what its highest score is about. */
export function spellBehind({ kind, step, steps, failures }: Scenario): Spell {
  const series = steps.get(step);
  if (kind === 'failures' || series === undefined) return failures.spell;
  return kind === 'tail' ? series.tailSpell : series.slowSpell;
}
