/** What the detector says: one line for one trouble, repeated while it lasts. */
import { TOGETHER_MS } from './alerts.ts';
import {
  type Host,
  type Kind,
  type ProbeLine,
  type Scenario,
  spellBehind,
  type Tenant,
} from './fleet.ts';
import { type Spells, spellOf } from './spell.ts';

export type Finding =
  | {
      readonly t: number;
      readonly tenant: string;
      readonly scenario: string;
      readonly step: string;
      readonly score: number;
      readonly kind: Kind;
      /** When it began to be bad, and how many of its last runs since then were, of at most 12. */
      readonly since: number;
      readonly runs: Spells;
      /** Of now to usual; absent of failures. */
      readonly ratio?: number;
      /** Further scenarios of the tenant in the same trouble. */
      readonly covers?: readonly string[];
    }
  | {
      readonly t: number;
      readonly host: string;
      readonly score: number;
      readonly kind: 'host';
      readonly since: number;
      readonly covers: readonly string[];
    }
  | {
      readonly type: 'gate';
      readonly t: number;
      readonly tenant: string;
      readonly release: string;
      readonly scenario: string;
      readonly worse: boolean;
    }
  | {
      /** Not yet known well enough to be called slow; or slow for so long that it is normal now. */
      readonly type: 'learning' | 'accepted';
      readonly t: number;
      readonly tenant: string;
      readonly scenario: string;
      readonly step: string;
    };

/** Less is not said. */
const SAID_FROM = 0.3;
/** Intervals that the alert of a host is waited for. */
const WAITS = 2.5;

export function sayHost(name: string, host: Host, t: number, findings: Finding[]): void {
  const { score, covers, beganAt } = host;
  if (score < SAID_FROM) return;
  const since = beganAt === 0 ? t : beganAt;
  findings.push({ t, host: name, score: rounded(score), kind: 'host', since, covers: [...covers] });
}

interface Saying {
  readonly tenant: Tenant;
  readonly host: Host;
  readonly scenario: Scenario;
  readonly line: ProbeLine;
  readonly intervalMs: number;
}

/** A scenario's own line, unless its host's or that of another scenario of the tenant stands for it. */
export function sayScenario(saying: Saying, findings: Finding[]): void {
  const { tenant, host, scenario, line, intervalMs } = saying;
  const { t, scenario: name, step, ok } = line;
  const score = saidScore(tenant, name, scenario, t);
  if (score < SAID_FROM || isCovered(host, scenario, t)) return;
  if (waitsForHost(host, scenario, t - intervalMs * WAITS)) return;
  if (ok && step !== scenario.step) return;
  const covers = coveredBy(tenant, name);
  const { kind } = scenario;
  const ratio = ratioOf(scenario);
  const spell = spellBehind(scenario);
  findings.push({
    ...{ t, tenant: line.tenant, scenario: name, step: scenario.step },
    ...{ score: rounded(score), kind, since: spell.since, runs: spellOf(spell) },
    ...(kind === 'failures' ? {} : { ratio }),
    ...(covers.length === 0 ? {} : { covers }),
  });
}

/** Of the tenant's first alert and what began together with it, the first is said, as high as the highest. */
function saidScore(tenant: Tenant, name: string, scenario: Scenario, t: number): number {
  const own =
    scenario.alert.since === 0 ? Math.min(scenario.score, 0.99) : Math.max(1, scenario.score);
  if (tenant.lead === '' && scenario.alert.since !== 0) {
    tenant.lead = name;
    tenant.alert.since = t;
  }
  if (tenant.lead === '') return own;
  if (tenant.lead !== name) return joins(tenant, scenario) ? 0 : own;
  let highest = own;
  for (const other of tenant.scenarios.values()) {
    if (joins(tenant, other)) highest = Math.max(highest, other.score, 1);
  }
  if (highest < 1) {
    tenant.lead = '';
    tenant.alert.since = 0;
  }
  return highest;
}

const joins = ({ alert: { since } }: Tenant, { alert }: Scenario): boolean =>
  alert.since !== 0 && alert.since - since <= TOGETHER_MS;

function coveredBy(tenant: Tenant, name: string): readonly string[] {
  if (tenant.lead !== name) return [];
  return [...tenant.scenarios]
    .filter(([other, scenario]) => other !== name && joins(tenant, scenario))
    .map(([other]) => `${tenant.about.tenant}/${other}`);
}

/** The host's alert stands for what began with it, and for its aftermath. */
function isCovered({ alert }: Host, scenario: Scenario, t: number): boolean {
  const began = scenario.alert.since === 0 ? t : scenario.alert.since;
  if (alert.since !== 0) return began >= alert.since - TOGETHER_MS;
  if (alert.endedAt === 0) return false;
  return t - alert.endedAt < TOGETHER_MS && began >= alert.endedAt - TOGETHER_MS * 24;
}

/** What begins while all of the host rises is probably the host's. */
const waitsForHost = ({ rises }: Host, { alert, kind }: Scenario, fromMs: number): boolean =>
  rises && kind === 'latency' && alert.since > fromMs;

function ratioOf({ steps, step }: Scenario): number {
  return rounded(Math.exp(steps.get(step)?.recent ?? 0));
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
