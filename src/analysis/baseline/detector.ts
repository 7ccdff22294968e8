/** The streaming detector: one line in, what it says now out. The same core runs over history and live. */
import { end, follow } from './alerts.ts';
import { type Context, contextOf } from './context.ts';
import { beginRun, clearFailures, failRun, failureScore } from './failures.ts';
import {
  type DeployLine,
  type Fleet,
  freshFleet,
  freshHost,
  freshScenario,
  freshTenant,
  type Host,
  type ProbeLine,
  type Scenario,
  type Tenant,
  type TenantLine,
} from './fleet.ts';
import { lookAtHost } from './host.ts';
import { acceptNow, observe } from './observe.ts';
import { GATE_RUNS, gather, isWorse, remember } from './release.ts';
import { type Finding, sayHost, sayScenario } from './say.ts';
import { freshSeries, freshShape, type Series, type Shape } from './series.ts';

const MINUTE_MS = 60_000;
/** Of an interval: so much later it is another run. */
const NEXT_RUN = 0.6;
const NOTHING: readonly Finding[] = [];
const MOST_MEMBER = 8;

export class Detector {
  readonly fleet: Fleet;
  private readonly contexts = new Map<string, (epochMs: number) => Context>();

  /** `fleet` of an earlier one goes on where that stood. */
  constructor(fleet: Fleet = freshFleet()) {
    this.fleet = fleet;
  }

  /** A tenant as it is from now on. */
  tenant(line: TenantLine): void {
    const known = this.fleet.tenants.get(line.tenant);
    if (known === undefined) this.fleet.tenants.set(line.tenant, freshTenant(line));
    else this.move(known, line);
    this.contexts.delete(line.tenant);
    this.hostOf(line.host).tenants.add(line.tenant);
  }

  /** False when the tenant is not known. */
  deploy({ tenant, release }: DeployLine): boolean {
    const known = this.fleet.tenants.get(tenant);
    if (known === undefined) return false;
    for (const scenario of known.scenarios.values()) {
      scenario.release = release;
      scenario.runs = 0;
      for (const series of scenario.steps.values()) series.after = [];
    }
    return true;
  }

  /** What takes long now is normal from now on, and its alert ends; false when there is no such step. */
  accept(tenant: string, scenario: string, step?: string): boolean {
    const known = this.fleet.tenants.get(tenant)?.scenarios.get(scenario);
    const steps = [...(known?.steps ?? [])].filter(([name]) => step === undefined || name === step);
    if (known === undefined || steps.length === 0) return false;
    for (const [, series] of steps) acceptNow(series);
    end(known.alert, Math.max(...steps.map(([, { lastT }]) => lastT)));
    return true;
  }

  /** Of an instant in a tenant's business calendar; undefined when the tenant is not known. */
  context(tenant: string, t: number): Context | undefined {
    const known = this.fleet.tenants.get(tenant);
    return known === undefined ? undefined : this.contextAt(known, t);
  }

  /** Undefined when the tenant is not known. */
  probe(line: ProbeLine): readonly Finding[] | undefined {
    const tenant = this.fleet.tenants.get(line.tenant);
    if (tenant === undefined) return undefined;
    const scenario = scenarioOf(tenant, line.scenario);
    const intervalMs = intervalOf(tenant, line);
    const known = scenario.steps.get(line.step);
    const series = known ?? freshSeries();
    const findings: Finding[] = [];
    if (startsRun(scenario, series, line.t, intervalMs)) {
      verdict(tenant, line, findings, this.contextAt(tenant, line.t));
      beginRun(scenario.failures, line.t);
      scenario.runs += 1;
    }
    if (known === undefined) {
      this.join(tenant, scenario, line, series);
      findings.push(about('learning', line));
    }
    series.reachedAt = line.t;
    clearFailures(scenario.failures, line.t, intervalMs);
    if (line.ok) this.pass(tenant, scenario, series, { line, intervalMs, findings });
    else failRun(scenario.failures, line.t);
    rate(scenario, line);
    this.say(tenant, scenario, line, findings);
    return findings.length === 0 ? NOTHING : findings;
  }

  private say(tenant: Tenant, scenario: Scenario, line: ProbeLine, findings: Finding[]): void {
    const intervalMs = intervalOf(tenant, line);
    const host = this.hostOf(tenant.about.host);
    follow(scenario.alert, scenario.score, line.t);
    if (line.t - host.lookedAt >= intervalMs / 5) {
      host.lookedAt = line.t;
      lookAtHost(host, this.fleet, { t: line.t, intervalMs });
      sayHost(tenant.about.host, host, line.t, findings);
    }
    sayScenario({ tenant, host, scenario, line }, findings);
  }

  private pass(
    tenant: Tenant,
    scenario: Scenario,
    series: Series,
    {
      line,
      intervalMs,
      findings,
    }: {
      readonly line: ProbeLine;
      readonly intervalMs: number;
      readonly findings: Finding[];
    },
  ): void {
    const shape = this.shapeOf(line);
    const context = this.contextAt(tenant, line.t);
    const seen = observe(series, shape, { ...line, context, intervalMs });
    if (seen.accepted) findings.push(about('accepted', line));
    series.latency = seen.latency;
    series.slowRuns = seen.tail;
    const member = Math.min(MOST_MEMBER, series.pull);
    tenant.pull.sum += member - series.pooled;
    series.pooled = member;
    if (scenario.release !== '' && scenario.runs <= GATE_RUNS) gather(series, seen.residual);
    else if (series.frozenSince === 0) remember(series, seen.residual);
  }

  private join(tenant: Tenant, scenario: Scenario, line: ProbeLine, series: Series): void {
    scenario.steps.set(line.step, series);
    tenant.pull.members += 1;
  }

  private move(tenant: Tenant, line: TenantLine): void {
    this.hostOf(tenant.about.host).tenants.delete(line.tenant);
    tenant.about = line;
  }

  private contextAt({ about: { tenant, tz, calendar } }: Tenant, t: number): Context {
    let context = this.contexts.get(tenant);
    if (context === undefined) {
      context = contextOf(tz, calendar);
      this.contexts.set(tenant, context);
    }
    return context(t);
  }

  private hostOf(name: string): Host {
    let host = this.fleet.hosts.get(name);
    if (host === undefined) {
      host = freshHost();
      this.fleet.hosts.set(name, host);
    }
    return host;
  }

  private shapeOf({ scenario, step }: ProbeLine): Shape {
    const key = `${scenario}/${step}`;
    let shape = this.fleet.shapes.get(key);
    if (shape === undefined) {
      shape = freshShape();
      this.fleet.shapes.set(key, shape);
    }
    return shape;
  }
}

const intervalOf = (
  { about }: Tenant,
  { intervalMinutes = about.intervalMinutes }: ProbeLine,
): number => intervalMinutes * MINUTE_MS;

function scenarioOf(tenant: Tenant, name: string): Scenario {
  let scenario = tenant.scenarios.get(name);
  if (scenario === undefined) {
    scenario = freshScenario();
    tenant.scenarios.set(name, scenario);
  }
  return scenario;
}

/** Steps of one run come together; a step that comes again is another run. */
function startsRun(
  { failures: { runAt } }: Scenario,
  { reachedAt }: Series,
  t: number,
  intervalMs: number,
): boolean {
  return runAt === 0 || reachedAt >= runAt || t - runAt > NEXT_RUN * intervalMs;
}

/** Once enough runs after a deployment have ended. */
function verdict(
  tenant: Tenant,
  { t, scenario: name, tenant: id }: ProbeLine,
  findings: Finding[],
  { group }: Context,
): void {
  const scenario = scenarioOf(tenant, name);
  const { release, runs } = scenario;
  if (release === '' || runs < GATE_RUNS) return;
  const verdicts = [...scenario.steps.values()].map((series) => isWorse(series, group));
  const told = verdicts.filter((one) => one !== undefined);
  if (told.length > 0) {
    const worse = told.includes(true);
    findings.push({ type: 'gate', t, tenant: id, release, scenario: name, worse });
  }
  scenario.release = '';
}

const about = (
  type: 'learning' | 'accepted',
  { t, tenant, scenario, step }: ProbeLine,
): Finding => ({
  type,
  t,
  tenant,
  scenario,
  step,
});

/** The highest score of its steps and of its failures. */
function rate(scenario: Scenario, { step, ok }: ProbeLine): void {
  scenario.score = failureScore(scenario.failures);
  scenario.kind = 'failures';
  let leader = ok && scenario.step !== '' ? scenario.step : step;
  for (const [name, series] of scenario.steps) {
    if (series.latency > scenario.score) {
      scenario.score = series.latency;
      scenario.kind = 'latency';
      leader = name;
    }
    if (series.slowRuns > scenario.score) {
      scenario.score = series.slowRuns;
      scenario.kind = 'tail';
      leader = name;
    }
  }
  // An alert keeps the step it began with.
  if (scenario.alert.since === 0) scenario.step = leader;
}
