import { describe, expect, it } from 'vitest';
import { yamlText } from '../../../../src/config/yaml.ts';
import { RUNBOOKS } from '../../../../src/domain/runbook.ts';
import { catalogue } from '../../../../src/surface/catalogue.ts';
import { rulesOf } from '../../../../src/surface/rules/rules.ts';
import { expectGolden } from '../../../support/unit/golden.ts';
import { promtool, SHIPPED_RULES } from '../../../support/unit/rule-cases.ts';

const rulesFor = (...tenants: readonly string[]) =>
  rulesOf({
    runbooks: RUNBOOKS,
    tenants: tenants.length === 0 ? undefined : tenants,
  }).groups.flatMap(({ rules }) => rules);

describe('the rules', () => {
  it('are shipped as they are printed, and promtool accepts them', () => {
    expectGolden('../../deploy/alerting/rules.yml', yamlText(rulesOf({ runbooks: RUNBOOKS })));
    expect(promtool('check', 'rules', SHIPPED_RULES)).toBe('');
  });

  it('stand on metrics that there are', () => {
    const named = rulesFor().flatMap(
      ({ expr }) => expr.match(/(?<!:)\borderwatch_\w+(?!:)\b/g) ?? [],
    );
    expect(named.length).toBeGreaterThan(20);
    const known = Object.keys(catalogue);
    expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([]);
  });

  it('of some tenants look at these in every series that has a tenant, and leave out the fleet’s own', () => {
    const some = rulesFor('north', 'south-2');
    const bare = some.flatMap(({ expr }) => expr.match(/(?<!:)\borderwatch_\w+\b(?![:{])/g) ?? []);
    // Only those that the left side of an expression has narrowed already.
    expect([...new Set(bare)]).toEqual(['orderwatch_tenant_info']);
    expect(some.every(({ expr }) => /tenant=~"north\|south-2"|tenant_workflow:/.test(expr))).toBe(
      true,
    );
    const names = (rules: typeof some) =>
      rules.flatMap((rule) => ('alert' in rule ? [rule.alert] : []));
    const left = new Set(names(some));
    expect([...new Set(names(rulesFor()))].filter((name) => !left.has(name))).toEqual([
      'OrderwatchAlertingStopped',
      'OrderwatchReportsWaiting',
      'OrderwatchSinkFailing',
    ]);
  });
});
