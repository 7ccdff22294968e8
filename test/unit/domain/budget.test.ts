import { describe, expect, it } from 'vitest';
import { budgetRefusal, loadsOf, rowsPerDay } from '../../../src/domain/budget.ts';
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
      { schedule: orders, rows: 12, rowsPerDay: 288 * 12 },
      { schedule: logins, rows: 6, rowsPerDay: 288 * 6 },
    ]);
    expect(rowsPerDay(loads)).toBe(288 * 18);
  });

  it('do not count what consent does not allow: that is skipped', () => {
    const reader = tenantOf({ consent: { level: 'read-only' } });
    expect(loadsOf(reader, [logins, orders], scenarios)).toEqual([
      { schedule: logins, rows: 6, rowsPerDay: 288 * 6 },
    ]);
  });

  it('count also when the consent has ended: it may be given again', () => {
    const tenant = tenantOf({ consent: { level: 'full', by: 'Ada', untilMs: 1 } });
    expect(loadsOf(tenant, [orders], scenarios)).toHaveLength(1);
  });
});

describe('a day that asks for more rows than are left', () => {
  const loads = loadsOf(tenantOf(), [orders, logins], scenarios);
  const { tenant, scenario, transport } = orders;
  const noonMs = Date.UTC(2026, 6, 8, 12);
  const refusal = (used: number, nth = 0): string | undefined => {
    const slot = { tenant, scenario, transport, slotMs: noonMs + nth * 5 * MINUTE_MS };
    return budgetRefusal(loads, slot, { budget: 5_184, used });
  };

  it('plays on while what is left suffices until midnight', () => {
    // Half of the slots of both schedules lie ahead, and of the logins one is due now.
    expect(refusal(144 * 12 + 144 * 6)).toBeUndefined();
    expect(refusal(144 * 12 + 145 * 6)).toBeUndefined();
  });

  it('plays every second slot, or every fourth, and says so', () => {
    const half = 'row budget: 2,534 of 5,184 rows are left, so one slot in 2 is played';
    expect([0, 1, 2, 3].map((nth) => refusal(2_650, nth))).toEqual([
      undefined,
      half,
      undefined,
      undefined,
    ]);
    const quarter = 'row budget: 684 of 5,184 rows are left, so one slot in 4 is played';
    expect([0, 1, 2, 3, 4].map((nth) => refusal(4_500, nth))).toEqual([
      undefined,
      quarter,
      quarter,
      quarter,
      undefined,
    ]);
  });

  it('plays nothing more when one run has too few', () => {
    const spent = 'row budget: 5,173 of 5,184 rows are used';
    expect([0, 1, 287].map((nth) => refusal(5_173, nth))).toEqual([spent, spent, spent]);
    expect(refusal(6_000)).toBe('row budget: 6,000 of 5,184 rows are used');
  });

  it('has nothing to say of what is scheduled no more', () => {
    const slot = { tenant, scenario: scenarioId('other'), transport, slotMs: noonMs };
    expect(budgetRefusal(loads, slot, { budget: 0, used: 0 })).toBeUndefined();
  });
});
