/** What schedules leave in a tenant's database for good, per day: it is measured against the tenant's row budget. */
import { type ConsentLevel, consentRefusal } from './consent.ts';
import { type Schedule, slotsPerDay } from './schedule.ts';
import type { Tenant } from './tenant.ts';
import type { Transport } from './transport.ts';

/** What a scenario needs and leaves. */
interface Weight {
  readonly id: string;
  readonly consent: ConsentLevel;
  /** Rows that one run over a transport leaves for good. */
  readonly rows: Readonly<Partial<Record<Transport, number>>>;
}

interface Load {
  readonly schedule: Schedule;
  readonly rowsPerDay: number;
}

/** Of this tenant's schedules those that its consent level allows (its end does not matter), the heaviest first. */
export function loadsOf(
  tenant: Tenant,
  schedules: readonly Schedule[],
  scenarios: readonly Weight[],
): readonly Load[] {
  const rows = new Map(
    scenarios
      .filter(({ consent }) => consentRefusal(tenant.consent, consent, 0) === undefined)
      .map((scenario) => [scenario.id, scenario.rows]),
  );
  return schedules
    .filter((schedule) => schedule.tenant === tenant.id && rows.has(schedule.scenario))
    .map((schedule) => ({
      schedule,
      rowsPerDay: slotsPerDay(schedule) * (rows.get(schedule.scenario)?.[schedule.transport] ?? 0),
    }))
    .sort((a, b) => b.rowsPerDay - a.rowsPerDay);
}

export function rowsPerDay(loads: readonly Load[]): number {
  return loads.reduce((sum, load) => sum + load.rowsPerDay, 0);
}
