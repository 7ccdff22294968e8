/** What is said of a scenario: how bad it is, of which step, and what its release did to it. */
import type { Context } from './context.ts';
import { failureScore } from './failures.ts';
import type { ProbeLine, Scenario, Tenant } from './fleet.ts';
import { GATE_RUNS, isWorse } from './release.ts';
import type { Finding } from './say.ts';

/** The highest score of its failures, its steps, all of them together, and the tenant. */
export function rate(tenant: Tenant, scenario: Scenario, { step, ok }: ProbeLine): void {
  scenario.score = failureScore(scenario.failures);
  scenario.kind = 'failures';
  let leader = ok && scenario.step !== '' ? scenario.step : step;
  let furthest = -1;
  let slowest = leader;
  for (const [name, { ladder, slowRuns }] of scenario.steps) {
    if (ladder.z > furthest) {
      furthest = ladder.z;
      slowest = name;
    }
    if (ladder.score > scenario.score) {
      scenario.score = ladder.score;
      scenario.kind = 'latency';
      leader = name;
    }
    if (slowRuns > scenario.score) {
      scenario.score = slowRuns;
      scenario.kind = 'tail';
      leader = name;
    }
  }
  for (const { score } of [scenario.ladder, tenant.ladder]) {
    if (score <= scenario.score) continue;
    scenario.score = score;
    scenario.kind = 'latency';
    leader = slowest;
  }
  // An alert keeps the step it began with.
  if (scenario.alert.since === 0) scenario.step = leader;
}

/** Once enough runs after a deployment have ended. */
export function verdict(
  scenario: Scenario,
  { t, scenario: name, tenant }: ProbeLine,
  { group }: Context,
): Finding | undefined {
  const { release, runs } = scenario;
  if (release === '' || runs < GATE_RUNS) return undefined;
  scenario.release = '';
  const verdicts = [...scenario.steps.values()].map((series) => isWorse(series, group));
  const told = verdicts.filter((one) => one !== undefined);
  if (told.length === 0) return undefined;
  return { type: 'gate', t, tenant, release, scenario: name, worse: told.includes(true) };
}
