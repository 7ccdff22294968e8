/** What can be wrong with schedules only in view of their tenants and of one another. */
import { loadsOf, rowsPerDay } from '../domain/budget.ts';
import { everFires, type Schedule, timingText } from '../domain/schedule.ts';
import { groupBy } from '../lib/group.ts';
import type { Complaint } from './compile.ts';
import type { CompiledTenant, Entry, Plan } from './schedule-entries.ts';
import { problem } from './terms.ts';

/** An item and what it was compiled to. */
export interface Planned {
  readonly entry: Entry;
  readonly schedules: readonly Schedule[];
}

export function planComplaints(planned: readonly Planned[], plan: Plan): readonly Complaint[] {
  const twice = plannedTwice(planned);
  return [
    ...planned.flatMap((one) => idle(one, plan)),
    ...planned.flatMap(neverOpen),
    ...twice,
    // Rows that are counted twice would only repeat what was said.
    ...(twice.length > 0 ? [] : overBudgets(planned, plan)),
  ];
}

/** A scenario that is played nowhere, for want of a transport: a monitor that quietly lost a check. */
function idle({ entry, schedules }: Planned, { scenarios }: Plan): readonly Complaint[] {
  const { source, path, raw, tenants } = entry;
  if (tenants.length === 0) return [];
  return raw.scenarios.flatMap((id, index) => {
    if (schedules.some(({ scenario }) => scenario === id)) return [];
    const transports = scenarios.find((one) => one.id === id)?.transports.join(' or ') ?? '';
    const message = problem(
      `plans nothing: ${id} runs over ${transports}, which schedule and tenants do not have in common`,
      'remove it here, or add the transport to both',
    );
    return [{ source, path: [...path, 'scenarios', index], message }];
  });
}

/** Times at which the calendar is never open. Cron without a calendar was judged by itself. */
function neverOpen({ entry, schedules }: Planned): readonly Complaint[] {
  const never = schedules.find((one) => one.calendar !== undefined && !everFires(one));
  if (never === undefined) return [];
  const message = problem(
    `never fires in ${never.tenant}: ${timingText(never)}`,
    'choose other times or another calendar, or plan more often',
  );
  return [{ source: entry.source, path: [...entry.path, 'calendar'], message }];
}

/** Each pair of items once, with one example. */
function plannedTwice(planned: readonly Planned[]): readonly Complaint[] {
  const first = new Map<string, Entry>();
  const complaints = new Map<string, Complaint>();
  for (const { entry, schedules } of planned) {
    for (const { tenant, scenario, transport } of schedules) {
      const key = `${tenant} ${scenario} ${transport}`;
      const earlier = first.get(key);
      first.set(key, earlier ?? entry);
      if (earlier === undefined) continue;
      const { source, path } = entry;
      const where = `${earlier.source.file}:${earlier.source.lineOf(earlier.path)}`;
      const message = problem(`${key} is planned by ${where} already`, 'plan it once');
      const pair = `${planned.findIndex((one) => one.entry === earlier)} ${source.file} ${path.join('.')}`;
      if (!complaints.has(pair)) complaints.set(pair, { source, path, message });
    }
  }
  return [...complaints.values()];
}

function overBudgets(
  planned: readonly Planned[],
  { tenants, scenarios }: Plan,
): readonly Complaint[] {
  const schedules = planned.flatMap((one) => one.schedules);
  const ofTenant = groupBy(schedules, ({ tenant }) => tenant);
  return tenants.flatMap((one) => overBudget(one, ofTenant.get(one.tenant.id) ?? [], scenarios));
}

function overBudget(
  { source, index, raw, tenant }: CompiledTenant,
  schedules: readonly Schedule[],
  scenarios: Plan['scenarios'],
): readonly Complaint[] {
  const loads = loadsOf(tenant, schedules, scenarios);
  const [heaviest] = loads;
  const rows = rowsPerDay(loads);
  if (heaviest === undefined || rows <= tenant.rowBudget) return [];
  const { schedule } = heaviest;
  const most = `${schedule.scenario} over ${schedule.transport}, ${timingText(schedule)}`;
  const message = problem(
    `${Math.ceil(rows)} rows per day stay in ${tenant.id}, its budget is ${tenant.rowBudget}; ` +
      `most come from ${most}: ${Math.ceil(heaviest.rowsPerDay)}`,
    'plan that less often, or raise rowBudget',
  );
  const path = ['tenants', index, ...(raw.rowBudget === undefined ? [] : ['rowBudget'])];
  return [{ source, path, message }];
}
