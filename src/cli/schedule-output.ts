/** Schedules as people read them: what would run when, in the tenant's own time. */
import type { Config } from '../config/load.ts';
import { consentRefusal } from '../domain/consent.ts';
import { nextSlot, type Schedule, slotsPerDay, timingText } from '../domain/schedule.ts';
import type { Tenant } from '../domain/tenant.ts';
import { localText } from '../domain/zone.ts';
import type { Scenario } from '../scenario/contract.ts';
import { table } from './terminal.ts';

interface ScheduleRow extends Pick<Schedule, 'tenant' | 'scenario' | 'transport'> {
  /** `every 5m`, or the cron expression with its zone, and the calendar. */
  readonly when: string;
  /** On average, to two decimals. */
  readonly slotsPerDay: number;
  /** The next slot in the tenant's local time, such as 2026-07-06T08:05:00+02:00. */
  readonly next?: string;
  /** Why its runs would be skipped. */
  readonly skipped?: string;
}

/** In the order of the tenants; `nowMs` in epoch milliseconds. */
export function scheduleRows(
  { tenants, schedules }: Pick<Config, 'tenants' | 'schedules'>,
  scenarios: readonly Scenario[],
  nowMs: number,
): readonly ScheduleRow[] {
  const refusal = (tenant: Tenant, id: string): string | undefined => {
    const needed = scenarios.find((scenario) => scenario.id === id)?.consent;
    return needed === undefined ? undefined : consentRefusal(tenant.consent, needed, nowMs);
  };
  return tenants.flatMap((tenant) =>
    schedules
      .filter((schedule) => schedule.tenant === tenant.id)
      .map((schedule) => {
        const nextMs = nextSlot(schedule, nowMs);
        const skipped = refusal(tenant, schedule.scenario);
        return {
          tenant: tenant.id,
          scenario: schedule.scenario,
          transport: schedule.transport,
          when: timingText(schedule),
          slotsPerDay: Number(slotsPerDay(schedule).toFixed(2)),
          ...(nextMs === undefined ? {} : { next: localText(tenant.timeZone, nextMs) }),
          ...(skipped === undefined ? {} : { skipped }),
        };
      }),
  );
}

export function scheduleTable(rows: readonly ScheduleRow[]): string {
  return table(
    ['tenant', 'scenario', 'transport', 'when', 'slots per day', 'next (local time)'],
    rows.map(({ next, skipped, ...row }) => [
      row.tenant,
      row.scenario,
      row.transport,
      row.when,
      String(row.slotsPerDay),
      skipped === undefined ? plainTime(next) : `skipped: ${skipped}`,
    ]),
  );
}

const plainTime = (text = 'never'): string => text.slice(0, 19).replace('T', ' ');
