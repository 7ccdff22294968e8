/** What deviates together: the steps of a scenario, the scenarios of a tenant; a shared cause shows there first. */
import type { Context } from './context.ts';
import type { Scenario, Tenant } from './fleet.ts';
import { climb, freeze, learnScales, settle } from './ladder.ts';
import type { Seen } from './observe.ts';
import { addStep, type Run } from './run.ts';

/** Intervals after which a scenario that ended no run says nothing about now. */
const STALE = 3;
/** That others are faster makes a step slower by no more. */
const LEAST_OTHERS = -0.15;

/** What the tenant's other scenarios deviate by, the middle of them; 0 when there are none. */
export function othersOf(tenant: Tenant, but: Scenario, t: number): number {
  return Math.max(LEAST_OTHERS, middleOf(runsOf(tenant, t, but), 'recent'));
}

function runsOf({ scenarios, about }: Tenant, t: number, but?: Scenario): readonly Run[] {
  const fromMs = t - STALE * about.intervalMinutes * 60_000;
  const runs: Run[] = [];
  for (const scenario of scenarios.values()) {
    if (scenario !== but && scenario.run.endedAt > fromMs) runs.push(scenario.run);
  }
  return runs;
}

/** Of an even number the mean of the two in the middle; 0 of none. */
function middleOf(runs: readonly Run[], which: 'last' | 'recent'): number {
  const sorted = runs.map((run) => run[which]).sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
}

interface Step {
  readonly t: number;
  readonly seen: Seen;
  readonly context: Context;
}

/** One more step of a scenario's run; answers whether the scenario's or the tenant's deviation is normal from now on. */
export function gatherRun(
  tenant: Tenant,
  scenario: Scenario,
  step: Step,
): 'scenario' | 'tenant' | undefined {
  const { t, seen } = step;
  if (!addStep(scenario.run, t, seen)) return undefined;
  const { run, ladder } = scenario;
  const frozen = tenant.ladder.frozenSince !== 0;
  const isNormal = run.steps > 1 && raise(ladder, run.own / run.steps, step, frozen);
  if (raiseTenant(tenant, step)) return 'tenant';
  return isNormal ? 'scenario' : undefined;
}

/** Once each of its scenarios has ended a run; of a single one that says nothing more. */
function raiseTenant(tenant: Tenant, step: Step): boolean {
  const { t, seen } = step;
  const runs = runsOf(tenant, t);
  tenant.ended += 1;
  if (tenant.ended < runs.length) return false;
  tenant.ended = 0;
  const minutes = Math.min((t - tenant.lookedAt) / 60_000, 1.5 * tenant.about.intervalMinutes);
  tenant.lookedAt = t;
  const whole = { ...step, seen: { ...seen, minutes } };
  return raise(tenant.ladder, middleOf(runs, 'last'), whole, false) && runs.length > 1;
}

function raise(
  ladder: Scenario['ladder'],
  residual: number,
  { t, seen: { minutes, trust }, context }: Step,
  frozen: boolean,
): boolean {
  climb(ladder, residual, { minutes, group: context.group, trust });
  const isNormal = freeze(ladder, t);
  if (ladder.frozenSince === 0 && !frozen && !context.announced) {
    learnScales(ladder, residual, context.group);
  }
  settle(ladder, t);
  return isNormal;
}
