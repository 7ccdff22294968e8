/** The streaming detector: one line in, what it says now out. The same core runs over history and live. */
import { end, follow } from './alerts.ts';
import { type Context, contextOf } from './context.ts';
import { beginRun, clearFailures, failRun } from './failures.ts';
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
import { stepDown } from './ladder.ts';
import { accept, observe } from './observe.ts';
import { rate, verdict } from './rate.ts';
import { GATE_RUNS, gather, release, remember } from './release.ts';
import { startRun } from './run.ts';
import { type Finding, sayHost, sayScenario } from './say.ts';
import { freshSeries, freshShape, type Series, type Shape } from './series.ts';
import { gatherRun, othersOf } from './together.ts';

const MINUTE_MS = 60_000;
/** Of an interval: so much later it is another run. */
const NEXT_RUN = 0.6;
const NOTHING: readonly Finding[] = [];

interface Passing {
  readonly tenant: Tenant;
  readonly scenario: Scenario;
  readonly series: Series;
  readonly line: ProbeLine;
  readonly intervalMs: number;
  readonly findings: Finding[];
}

export class Detector {
  readonly fleet: Fleet;
  private readonly shapes = new WeakMap<Series, Shape>();
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
  deploy({ tenant, release: name }: DeployLine): boolean {
    const known = this.fleet.tenants.get(tenant);
    if (known === undefined) return false;
    for (const scenario of known.scenarios.values()) {
      scenario.release = name;
      scenario.runs = 0;
      for (const series of scenario.steps.values()) release(series);
    }
    return true;
  }

  /** Of a tenant that is watched no more. */
  forget(tenant: string): void {
    const known = this.fleet.tenants.get(tenant);
    if (known === undefined) return;
    this.hostOf(known.about.host).tenants.delete(tenant);
    this.fleet.tenants.delete(tenant);
    this.contexts.delete(tenant);
  }

  /** What takes long now is normal from now on, and its alert ends; false when there is no such step. */
  accept(tenant: string, scenario: string, step?: string): boolean {
    const known = this.fleet.tenants.get(tenant);
    const its = known?.scenarios.get(scenario);
    const steps = [...(its?.steps ?? [])].filter(([name]) => step === undefined || name === step);
    if (known === undefined || its === undefined || steps.length === 0) return false;
    for (const [, series] of steps) accept(series, 'halfHour');
    stepDown(its.ladder);
    stepDown(known.ladder);
    end(its.alert, Math.max(...steps.map(([, { lastT }]) => lastT)));
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
      startRun(scenario.run, othersOf(tenant, scenario, line.t), scenario.failures.failed === 1);
      const told = verdict(scenario, line, this.contextAt(tenant, line.t));
      if (told !== undefined) findings.push(told);
      beginRun(scenario.failures, line.t);
      scenario.runs += 1;
    }
    if (known === undefined) {
      scenario.steps.set(line.step, series);
      findings.push(about('learning', line));
    }
    series.reachedAt = line.t;
    clearFailures(scenario.failures, line.t, intervalMs);
    if (line.ok) this.pass({ tenant, scenario, series, line, intervalMs, findings });
    else failRun(scenario.failures, line.t);
    rate(tenant, scenario, line);
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
    sayScenario({ tenant, host, scenario, line, intervalMs }, findings);
  }

  private pass({ tenant, scenario, series, line, intervalMs, findings }: Passing): void {
    const shape = this.shapeOf(series, line);
    const context = this.contextAt(tenant, line.t);
    const seen = observe(series, shape, {
      t: line.t,
      ms: line.ms,
      context,
      intervalMs,
      others: scenario.run.others,
      frozen: line.learns === false || isFrozen(scenario) || isFrozen(tenant),
    });
    const together = gatherRun(tenant, scenario, { t: line.t, seen, context });
    if (together !== undefined) findings.push(...acceptAll(tenant, together, line));
    else if (seen.accepted) {
      accept(series, 'day');
      stepDown(scenario.ladder);
      if (tenant.scenarios.size === 1) stepDown(tenant.ladder);
      findings.push(about('accepted', line));
    }
    if (scenario.release !== '' && scenario.runs <= GATE_RUNS) gather(series, seen.residual);
    else if (series.ladder.frozenSince === 0) remember(series, seen.residual);
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

  private shapeOf(series: Series, { scenario, step }: ProbeLine): Shape {
    const known = this.shapes.get(series);
    if (known !== undefined) return known;
    const key = `${scenario}/${step}`;
    let shape = this.fleet.shapes.get(key);
    if (shape === undefined) {
      shape = freshShape();
      this.fleet.shapes.set(key, shape);
    }
    this.shapes.set(series, shape);
    return shape;
  }
}

const isFrozen = ({ ladder }: Scenario | Tenant): boolean => ladder.frozenSince !== 0;

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

/** A deviation of all steps of a scenario, or of the tenant, is normal from now on. */
function acceptAll(
  tenant: Tenant,
  which: 'scenario' | 'tenant',
  line: ProbeLine,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (which === 'tenant') stepDown(tenant.ladder);
  for (const [name, scenario] of tenant.scenarios) {
    if (which === 'scenario' && name !== line.scenario) continue;
    stepDown(scenario.ladder);
    for (const [step, series] of scenario.steps) {
      accept(series, 'day');
      findings.push(about('accepted', { ...line, scenario: name, step }));
    }
  }
  return findings;
}
