/** All rules for Prometheus. They go by labels, so a new tenant or workflow needs no new file. */
import { budgetGroup } from './budget.ts';
import { coverageGroup } from './coverage.ts';
import { objectiveGroups } from './objectives.ts';
import { ownGroup } from './own.ts';
import type { Group, Scope } from './rule.ts';
import { upkeepGroup } from './upkeep.ts';

/** As a rule file holds it. */
export function rulesOf(scope: Scope): { readonly groups: readonly Group[] } {
  return {
    groups: [
      ...objectiveGroups(scope),
      budgetGroup(scope),
      coverageGroup(scope),
      upkeepGroup(scope),
      ownGroup(scope),
    ],
  };
}
