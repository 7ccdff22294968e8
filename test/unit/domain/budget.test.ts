import { describe, expect, it } from 'vitest';
import { loadsOf, rowsPerDay } from '../../../src/domain/budget.ts';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import type { Schedule } from '../../../src/domain/schedule.ts';
import { tenantOf } from '../../support/unit/engine.ts';
import { MINUTE_MS, scheduleOf } from '../../support/unit/schedules.ts';

const scenarios = [
  { id: 'order-confirmation', consent: 'reversible', rows: { rpc: 12, browser: 27 } },
  { id: 'login', consent: 'read-only', rows: { browser: 6 } },
] as const;

const orders = scheduleOf({ timing: { kind: 'every', everyMs: 5 * MINUTE_MS, phaseMs: 0 } });
const logins: Schedule = {
  ...orders,
  scenario: scenarioId('login'),
  transport: 'browser',
  timing: { kind: 'every', everyMs: 5 * MINUTE_MS, phaseMs: 0 },
};
const elsewhere: Schedule = { ...orders, tenant: tenantId('south') };

describe('the rows of a day', () => {
  it('are slots times rows of the tenant’s own schedules, the heaviest first', () => {
    const loads = loadsOf(tenantOf(), [logins, orders, elsewhere], scenarios);
    expect(loads).toEqual([
      { schedule: orders, rowsPerDay: 288 * 12 },
      { schedule: logins, rowsPerDay: 288 * 6 },
    ]);
    expect(rowsPerDay(loads)).toBe(288 * 18);
  });

  it('do not count what consent does not allow: that is skipped', () => {
    const reader = tenantOf({ consent: { level: 'read-only' } });
    expect(loadsOf(reader, [logins, orders], scenarios)).toEqual([
      { schedule: logins, rowsPerDay: 288 * 6 },
    ]);
  });

  it('count also when the consent has ended: it may be given again', () => {
    const tenant = tenantOf({ consent: { level: 'full', by: 'Ada', untilMs: 1 } });
    expect(loadsOf(tenant, [orders], scenarios)).toHaveLength(1);
  });
});
