import { describe, expect, it } from 'vitest';
import { scenarioId, tenantId } from '../../../../src/domain/ids.ts';
import { type Criterion, DEFAULT_POLICY } from '../../../../src/domain/policy.ts';
import { byCriticality } from '../../../../src/tasks/gate/order.ts';
import { wantedRuns } from '../../../../src/tasks/run.ts';
import { scenarioOf, tenantOf } from '../../../support/unit/engine.ts';

const north = tenantOf({ transports: ['browser', 'rpc'] });
const both = ['browser', 'rpc'] as const;
const scenarios = ['login', 'picking-validation', 'my-own', 'order-confirmation'].map((id) =>
  scenarioOf({ id, transports: both }),
);

function ordered(rollback: readonly Criterion[], tenants = [north]): readonly string[] {
  const wanted = wantedRuns({ tenants, scenarios, repeat: 1 });
  const inOrder = byCriticality(wanted, { ...DEFAULT_POLICY, rollback });
  expect(new Set(inOrder)).toEqual(new Set(wanted));
  return inOrder.map(({ tenant, scenario, transport }) =>
    [tenant.id, scenario.id, transport].join(' '),
  );
}

describe('the order of a gate', () => {
  it('begins with what is critical, in the order of the policy, the quick transport first', () => {
    expect(ordered(DEFAULT_POLICY.rollback)).toEqual([
      'north order-confirmation rpc',
      'north picking-validation rpc',
      'north order-confirmation browser',
      'north picking-validation browser',
      'north login rpc',
      'north my-own rpc',
      'north login browser',
      'north my-own browser',
    ]);
  });

  it('takes for critical only what rolls back for a failure', () => {
    const login = [scenarioId('login')];
    const own = [scenarioId('my-own')];
    const names = ordered([
      { on: 'slower', scenarios: login, level: 'blocking' },
      { on: 'failure', scenarios: login, level: 'advisory' },
      { on: 'failure', level: 'blocking' },
      { on: 'failure', scenarios: own, level: 'blocking' },
    ]);
    expect(names.slice(0, 3)).toEqual([
      'north my-own rpc',
      'north my-own browser',
      'north login rpc',
    ]);
  });

  it('leaves the order of tenants as it is, each scenario in all of them', () => {
    const south = tenantOf({ id: tenantId('south') });
    const [first, second, third] = ordered(DEFAULT_POLICY.rollback, [south, north]);
    expect([first, second]).toEqual([
      'south order-confirmation rpc',
      'north order-confirmation rpc',
    ]);
    expect(third).toBe('south picking-validation rpc');
  });
});
