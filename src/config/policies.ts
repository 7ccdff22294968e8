/** The shape of `fleet.policies`, the names in it that lead nowhere, and what gates decide by. */
import { z } from 'zod';
import { scenarioId } from '../domain/ids.ts';
import { type Criterion, DEFAULT_POLICY, grounds, type Policy } from '../domain/policy.ts';
import type { Scenario } from '../scenario/contract.ts';
import { flag, id, noSuch, problem, strict, wholeNumber, words } from './terms.ts';

const percent = z.number(problem('not a number', 'write per cent, such as 15'));
const someScenarios = z
  .array(id)
  .min(1, problem('no scenario', 'name at least one, or leave scenarios out'))
  .exactOptional();

const criterion = strict({
  on: z
    .enum(grounds)
    .describe(
      'failure: confirmed by a re-run; lost-capability: it was ready before; slower: for sure',
    ),
  scenarios: someScenarios.describe('any when absent'),
  steps: z
    .array(words)
    .min(1, problem('no step', 'name at least one, or leave steps out'))
    .exactOptional()
    .describe('any when absent'),
  level: z
    .enum(['blocking', 'advisory'])
    .exactOptional()
    .describe('blocking rolls back, advisory is only said; blocking when absent'),
});

/** The shape of one policy. */
export const policy = strict({
  rollback: z
    .array(criterion)
    .exactOptional()
    .describe(
      'the first that fits scenario and step decides; any failure and lost capability when absent',
    ),
  coverage: strict({
    percent: percent
      .min(0, problem('below zero', 'write 0 to 100'))
      .max(100, problem('more than all', 'write 0 to 100'))
      .exactOptional()
      .describe('of what is played so much must end as passed or failed; 100'),
    scenarios: someScenarios.describe('those that may not be skipped; none when absent'),
  })
    .exactOptional()
    .describe('without it nothing is promoted'),
  requireLatency: flag
    .exactOptional()
    .describe('whether too little data about latency is in the way of a promotion; false'),
  worseBy: percent
    .gt(0, problem('not above zero', 'write per cent, such as 15'))
    .exactOptional()
    .describe('per cent that a step must take longer at least to be called worse; 15'),
  runs: wholeNumber('how often each is played, such as 3')
    .min(1, problem('below one', 'write 1 or more'))
    .exactOptional()
    .describe('of each tenant, scenario and transport; 3'),
});

type RawPolicy = z.infer<typeof policy>;
type RawPolicies = Readonly<Record<string, RawPolicy>> | undefined;
type Known = readonly Pick<Scenario, 'id' | 'steps'>[];

/** At a path below what it is about; the message holds the remedy on its second line. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** By name. What a policy leaves out is as in the default, which is always there. */
export function compilePolicies(raw: RawPolicies = {}): ReadonlyMap<string, Policy> {
  const own = Object.entries(raw).map(([name, one]) => [name, compilePolicy(name, one)] as const);
  return new Map([[DEFAULT_POLICY.name, DEFAULT_POLICY], ...own]);
}

function compilePolicy(name: string, raw: RawPolicy): Policy {
  const { rollback, coverage, worseBy, ...rest } = raw;
  const { percent: share, scenarios } = coverage ?? {};
  return {
    ...DEFAULT_POLICY,
    ...rest,
    name,
    ...(rollback === undefined ? {} : { rollback: rollback.map(compileCriterion) }),
    ...(worseBy === undefined ? {} : { worseBy: (100 + worseBy) / 100 }),
    coverage: {
      ...DEFAULT_POLICY.coverage,
      ...(share === undefined ? {} : { ratio: share / 100 }),
      ...(scenarios === undefined ? {} : { scenarios: scenarios.map(scenarioId) }),
    },
  };
}

function compileCriterion({
  scenarios,
  level = 'blocking',
  ...raw
}: z.infer<typeof criterion>): Criterion {
  return {
    ...raw,
    level,
    ...(scenarios === undefined ? {} : { scenarios: scenarios.map(scenarioId) }),
  };
}

/** Names of scenarios and steps that there are not, at paths below `fleet.policies`. */
export function policyComplaints(raw: RawPolicies = {}, known: Known): readonly Fault[] {
  return Object.entries(raw).flatMap(([name, { rollback = [], coverage }]) => [
    ...rollback.flatMap(({ scenarios, steps = [] }, index) => {
      const path = [name, 'rollback', index];
      const wrong = strange('scenario', scenarios, [...path, 'scenarios'], idsOf(known));
      // Of scenarios that there are not, no step is known.
      if (wrong.length > 0) return wrong;
      const meant = known.filter((one) => scenarios?.includes(one.id) ?? true);
      const all = [...new Set(meant.flatMap((one) => one.steps))];
      return strange('step', steps, [...path, 'steps'], all);
    }),
    ...strange('scenario', coverage?.scenarios, [name, 'coverage', 'scenarios'], idsOf(known)),
  ]);
}

const idsOf = (known: Known): readonly string[] => known.map((one) => one.id);

function strange(
  kind: string,
  names: readonly string[] = [],
  path: readonly PropertyKey[],
  known: readonly string[],
): readonly Fault[] {
  return names.flatMap((name, index) =>
    known.includes(name) ? [] : [{ path: [...path, index], message: noSuch(kind, name, known) }],
  );
}
