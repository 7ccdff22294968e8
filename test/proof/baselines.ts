/**
 * The baselines proof: the detector over labelled histories of a simulated fleet. What it finds, how soon, how many alerts an
 * incident gets, how often it alerts for nothing, and what it says of deployments.
 */
import { Detector } from '../../src/analysis/baseline/detector.ts';
import type { Finding } from '../../src/analysis/baseline/say.ts';
import {
  type History,
  historyOf,
  hostOf,
  INTERVAL,
  type Incident,
  QUIET_DAYS,
  type Release,
  START,
} from '../support/histories.ts';

export interface BaselineOptions {
  readonly seed: number;
  /** The share of the tenants to play, 0 to 1. */
  readonly share: number;
  readonly say: (line: string) => void;
}

/** Shares are 0 to 1, delays probes. */
export interface BaselineFigures {
  readonly probes: number;
  readonly incidents: number;
  readonly found: number;
  readonly foundLarge: number;
  readonly falsePerTenantMonth: number;
  /** Of large incidents. */
  readonly medianDelay: number;
  readonly alertsPerIncident: number;
  /** Of deployments that made a scenario half as slow again, and of scenarios that changed nothing. */
  readonly gatesFound: number;
  readonly gatesFalse: number;
}

/** Further figures, for reading. */
interface SeedFigures extends BaselineFigures {
  /** `3/4` found of each kind and size. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly falseKinds: Readonly<Record<string, number>>;
  /** `3/4` called worse, by how much slower. */
  readonly gates: Readonly<Record<string, string>>;
}

interface Alert {
  readonly host?: string;
  readonly tenant?: string;
  readonly scenario?: string;
  readonly kind: string;
  readonly fromMs: number;
  toMs: number;
}

type Said = Extract<Finding, { readonly score: number }>;
type Verdict = Extract<Finding, { readonly type: 'gate' }>;

interface Played {
  readonly alerts: readonly Alert[];
  readonly verdicts: readonly Verdict[];
  readonly probes: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** So long without a line and it is another alert. */
const APART = HOUR / 2;
/** An alert so long after an incident's end still is of it. */
const AFTERMATH = 2 * HOUR;
/** A shift of level is an incident until so long after it began. */
const NEW_NORMAL = 4 * DAY;
const SEEDS = 3;
const TENANTS = 20;
const DAYS = 98;

/** The mean of three seeds that follow from one. */
export function proveBaselines({ seed, share, say }: BaselineOptions): BaselineFigures {
  const all = Array.from({ length: SEEDS }, (_, index) => {
    const figures = proveSeed({
      seed: seed * 1_000 + index,
      tenants: Math.max(2, Math.round(TENANTS * share)),
      days: DAYS,
    });
    say(JSON.stringify({ seed: seed * 1_000 + index, ...figures }));
    return figures;
  });
  const mean = (which: (one: SeedFigures) => number): number =>
    rounded(all.reduce((sum, one) => sum + which(one), 0) / SEEDS, 1_000);
  return {
    probes: mean(({ probes }) => probes),
    incidents: mean(({ incidents }) => incidents),
    found: mean(({ found }) => found),
    foundLarge: mean(({ foundLarge }) => foundLarge),
    falsePerTenantMonth: mean((one) => one.falsePerTenantMonth),
    medianDelay: mean(({ medianDelay }) => medianDelay),
    alertsPerIncident: mean((one) => one.alertsPerIncident),
    gatesFound: mean(({ gatesFound }) => gatesFound),
    gatesFalse: mean(({ gatesFalse }) => gatesFalse),
  };
}

/**
 * Set below what seed 503 gave, on which nothing was tuned: 80 % found, 91 % of large ones after 5.6 probes, 0.19 false a
 * tenant-month, 1.19 alerts an incident, all gates at +50 % and 0.4 % falsely. Seeds 501 and 502, at a lower threshold, gave 82
 * and 80 %, 92 % of large ones, 0.40 and 0.53 false, 92 and 94 % of gates at +50 % and 0.6 and 0.8 % falsely.
 */
export function baselinesHold(figures: BaselineFigures): boolean {
  return (
    figures.found >= 0.74 &&
    figures.foundLarge >= 0.88 &&
    figures.falsePerTenantMonth <= 0.55 &&
    figures.medianDelay <= 6.5 &&
    figures.alertsPerIncident <= 1.3 &&
    figures.gatesFound >= 0.88 &&
    figures.gatesFalse <= 0.0125
  );
}

function proveSeed(options: {
  readonly seed: number;
  readonly tenants: number;
  readonly days: number;
}): SeedFigures {
  const history = historyOf(options);
  const { alerts, verdicts, probes } = play(history);
  const months = (options.tenants * (options.days - QUIET_DAYS)) / 30;
  return { probes, ...judge(history, alerts, months), ...judgeGates(history.releases, verdicts) };
}

function play(history: History): Played {
  const detector = new Detector();
  const alerts: Alert[] = [];
  const latest = new Map<string, Alert>();
  const verdicts: Verdict[] = [];
  let probes = 0;
  for (const line of history.lines()) {
    if (line.type === 'tenant') detector.tenant(line);
    else if (line.type === 'deploy') detector.deploy(line);
    else {
      probes += 1;
      for (const found of detector.probe(line) ?? []) {
        if ('score' in found) note(found, alerts, latest);
        else if (found.type === 'gate') verdicts.push(found);
      }
    }
  }
  return { alerts, verdicts, probes };
}

function note(found: Said, alerts: Alert[], latest: Map<string, Alert>): void {
  if (found.score < 1) return;
  const key = 'host' in found ? found.host : `${found.tenant}/${found.scenario}/${found.step}`;
  const last = latest.get(key);
  if (last !== undefined && found.t - last.toMs <= APART) {
    last.toMs = found.t;
    return;
  }
  const where =
    'host' in found ? { host: found.host } : { tenant: found.tenant, scenario: found.scenario };
  const alert = { ...where, kind: found.kind, fromMs: found.t, toMs: found.t };
  latest.set(key, alert);
  alerts.push(alert);
}

function concerns(alert: Alert, incident: Incident): boolean {
  if (alert.host !== undefined) return (incident.host ?? hostOf(incident.tenant!)) === alert.host;
  if (incident.host !== undefined) return hostOf(alert.tenant!) === incident.host;
  if (incident.tenant !== alert.tenant) return false;
  return incident.scenario === undefined || incident.scenario === alert.scenario;
}

interface Result {
  readonly incident: Incident;
  readonly alerts: readonly Alert[];
  /** Absent: not found. */
  readonly delay?: number;
}

function judge(
  { incidents }: History,
  all: readonly Alert[],
  months: number,
): Omit<SeedFigures, 'probes' | 'gates' | 'gatesFound' | 'gatesFalse'> {
  const alerts = all.filter(({ toMs }) => toMs >= START + QUIET_DAYS * DAY);
  const results = incidents.map((incident) => resultOf(incident, alerts));
  const explained = new Set(results.flatMap((result) => result.alerts));
  const wrong = alerts.filter((alert) => !explained.has(alert));
  const found = results.filter(isFound);
  const large = results.filter(({ incident }) => incident.large);
  const delays = large.flatMap(({ delay }) => delay ?? []).sort((a, b) => a - b);
  const ofFound = found.reduce((sum, result) => sum + result.alerts.length, 0);
  return {
    incidents: incidents.length,
    found: shareOf(found.length, results.length),
    foundLarge: shareOf(large.filter(isFound).length, large.length),
    falsePerTenantMonth: rounded(wrong.length / months, 100),
    medianDelay: rounded(delays[Math.floor(delays.length / 2)] ?? 0, 10),
    alertsPerIncident: shareOf(ofFound, found.length),
    kinds: tally(results.map((result) => [labelOf(result.incident), isFound(result)])),
    falseKinds: countOf(wrong.map(({ kind }) => kind)),
  };
}

const isFound = ({ delay }: Result): boolean => delay !== undefined;

function resultOf(incident: Incident, alerts: readonly Alert[]): Result {
  const { kind, fromMs } = incident;
  const toMs = kind === 'shift' ? fromMs + NEW_NORMAL : incident.toMs;
  const its = alerts.filter(
    (alert) =>
      concerns(alert, incident) && alert.toMs >= fromMs && alert.fromMs <= toMs + AFTERMATH,
  );
  const first = its.find((alert) => alert.fromMs <= toMs);
  if (first === undefined) return { incident, alerts: its };
  return { incident, alerts: its, delay: Math.max(0, first.fromMs - fromMs) / INTERVAL };
}

function labelOf({ kind, slower, failing }: Incident): string {
  return failing === undefined
    ? `${kind} ${perCent(slower ?? 0)}`
    : `${kind} ${Math.round(failing * 100)}%`;
}

function judgeGates(
  releases: readonly Release[],
  verdicts: readonly Verdict[],
): Pick<SeedFigures, 'gates' | 'gatesFound' | 'gatesFalse'> {
  const told = verdicts.map(({ tenant, release, scenario, worse }) => {
    const one = releases.find((each) => each.tenant === tenant && each.release === release)!;
    return { slower: one.scenario === scenario ? one.slower : 0, worse };
  });
  const half = told.filter(({ slower }) => perCent(slower) === '+50%');
  const innocent = told.filter(({ slower }) => slower === 0);
  const isWorse = ({ worse }: { readonly worse: boolean }): boolean => worse;
  return {
    gates: tally(told.map(({ slower, worse }) => [perCent(slower), worse])),
    gatesFound: shareOf(half.filter(isWorse).length, half.length),
    gatesFalse: shareOf(innocent.filter(isWorse).length, innocent.length),
  };
}

const perCent = (logarithm: number): string => `+${Math.round(Math.expm1(logarithm) * 100)}%`;

function tally(seen: readonly (readonly [string, boolean])[]): Readonly<Record<string, string>> {
  const names = [...new Set(seen.map(([name]) => name))].sort();
  return Object.fromEntries(
    names.map((name) => {
      const its = seen.filter(([other]) => other === name);
      return [name, `${its.filter(([, yes]) => yes).length}/${its.length}`];
    }),
  );
}

function countOf(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const shareOf = (part: number, all: number): number => rounded(part / Math.max(1, all), 1_000);
const rounded = (value: number, unit: number): number => Math.round(value * unit) / unit;
