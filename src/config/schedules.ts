/** Schedules as they are written to compiled ones: one for each tenant, scenario and transport. */
import type { Calendar } from '../domain/calendar.ts';
import { type ScenarioId, scenarioId } from '../domain/ids.ts';
import { phaseOf, type Schedule } from '../domain/schedule.ts';
import type { Tenant } from '../domain/tenant.ts';
import { type Transport, transports } from '../domain/transport.ts';
import { parseDuration } from '../lib/duration.ts';
import type { Complaint } from './compile.ts';
import { type Entry, entriesOf, type Plan, wrongNames } from './schedule-entries.ts';
import { planComplaints } from './schedule-laws.ts';
import type { RawSchedule } from './schedule-schema.ts';
import type { RawFleet } from './schema.ts';

export function compileSchedules(plan: Plan): {
  readonly schedules: readonly Schedule[];
  readonly complaints: readonly Complaint[];
} {
  const entries = entriesOf(plan);
  const complaints = entries.flatMap((entry) => wrongNames(entry, plan));
  if (complaints.length > 0) return { schedules: [], complaints };
  const planned = entries.map((entry) => ({ entry, schedules: schedulesOf(entry, plan) }));
  return {
    schedules: planned.flatMap(({ schedules }) => schedules),
    complaints: planComplaints(planned, plan),
  };
}

function schedulesOf({ raw, tenants }: Entry, { fleet, scenarios }: Plan): readonly Schedule[] {
  return tenants.flatMap(({ tenant }) =>
    raw.scenarios.flatMap((id) => {
      const runsOver = scenarios.find((one) => one.id === id)?.transports ?? [];
      return (raw.transports ?? transports)
        .filter((one) => runsOver.includes(one) && tenant.transports.includes(one))
        .map((transport) =>
          compileSchedule(raw, fleet, { tenant, scenario: scenarioId(id), transport }),
        );
    }),
  );
}

function compileSchedule(
  raw: RawSchedule,
  { calendars = {} }: RawFleet,
  played: { readonly tenant: Tenant; readonly scenario: ScenarioId; readonly transport: Transport },
): Schedule {
  const { id, timeZone } = played.tenant;
  const key = { ...played, tenant: id };
  const timing = compileTiming(raw, key, timeZone);
  const hours = calendars[raw.calendar ?? ''];
  if (raw.calendar === undefined || hours === undefined) return { ...key, timing };
  const { closed = [] } = hours;
  const calendar: Calendar = { name: raw.calendar, zone: timeZone, ...hours, closed };
  return { ...key, timing, calendar };
}

/** Cron without a zone is meant in the tenant's own; an interval means the same in all of them. */
function compileTiming(
  { cron, every = '', zone }: RawSchedule,
  key: Parameters<typeof phaseOf>[0],
  timeZone: string,
): Schedule['timing'] {
  if (cron !== undefined) {
    const expression = cron.trim().split(/\s+/).join(' ');
    return { kind: 'cron', expression, zone: zone ?? timeZone };
  }
  const everyMs = parseDuration(every) ?? 0;
  return { kind: 'every', everyMs, phaseMs: phaseOf(key, everyMs) };
}
