/**
 * What schedules leave in a tenant's database for good, per day, measured against the tenant's row budget: before
 * anything is played, and again while a day goes on that asks for more than is left.
 */
import { type ConsentLevel, consentRefusal } from './consent.ts';
import type { PlannedSlot } from './history.ts';
import { type Schedule, slotsBetween, slotsPerDay } from './schedule.ts';
import type { Tenant } from './tenant.ts';
import type { Transport } from './transport.ts';

const DAY_MS = 86_400_000;

/** What a scenario needs and leaves. */
interface Weight {
  readonly id: string;
  readonly consent: ConsentLevel;
  /** Rows that one run over a transport leaves for good. */
  readonly rows: Readonly<Partial<Record<Transport, number>>>;
}

interface Load {
  readonly schedule: Schedule;
  /** That one run leaves. */
  readonly rows: number;
  /** On average. */
  readonly rowsPerDay: number;
}

/** Of this tenant's schedules those that its consent level allows (its end does not matter), the heaviest first. */
export function loadsOf(
  tenant: Tenant,
  schedules: readonly Schedule[],
  scenarios: readonly Weight[],
): readonly Load[] {
  const allowed = new Map(
    scenarios
      .filter(({ consent }) => consentRefusal(tenant.consent, consent, 0) === undefined)
      .map((scenario) => [scenario.id, scenario.rows]),
  );
  return schedules
    .filter((schedule) => schedule.tenant === tenant.id && allowed.has(schedule.scenario))
    .map((schedule) => {
      const rows = allowed.get(schedule.scenario)?.[schedule.transport] ?? 0;
      return { schedule, rows, rowsPerDay: slotsPerDay(schedule) * rows };
    })
    .sort((a, b) => b.rowsPerDay - a.rowsPerDay);
}

export function rowsPerDay(loads: readonly Load[]): number {
  return loads.reduce((sum, load) => sum + load.rowsPerDay, 0);
}

export interface RowUse {
  /** Rows a UTC day. */
  readonly budget: number;
  /** Rows that were counted against it on the day of the slot. */
  readonly used: number;
}

/**
 * Why a slot must not be played, or undefined. Where what is left of the day's budget does not suffice for all that is
 * still planned on that day, every second slot of each of the tenant's schedules is played, or every fourth, every
 * eighth, as it takes. They count from the first of the day; doubling keeps those that are played evenly spaced also
 * where the number changes.
 */
export function budgetRefusal(
  loads: readonly Load[],
  slot: PlannedSlot,
  { budget, used }: RowUse,
): string | undefined {
  const dayMs = slot.slotMs - (slot.slotMs % DAY_MS);
  const isOwn = ({ scenario, transport }: Schedule): boolean =>
    scenario === slot.scenario && transport === slot.transport;
  const days = loads.map(({ schedule, rows }) => ({
    schedule,
    rows,
    // What others have due at the same instant may be counted already.
    before: countBetween(schedule, dayMs, slot.slotMs + (isOwn(schedule) ? 0 : 1)),
    total: countBetween(schedule, dayMs, dayMs + DAY_MS),
  }));
  const own = days.find(({ schedule }) => isOwn(schedule));
  if (own === undefined) return undefined;
  const left = Math.max(0, budget - used);
  if (own.rows > left) return `row budget: ${grouped(used)} of ${grouped(budget)} rows are used`;
  const mostSlots = Math.max(...days.map(({ total }) => total));
  let nth = 1;
  const wanted = (): number =>
    days.reduce((sum, { rows, before, total }) => {
      return sum + rows * (Math.ceil(total / nth) - Math.ceil(before / nth));
    }, 0);
  while (nth < mostSlots && wanted() > left) nth *= 2;
  if (own.before % nth === 0) return undefined;
  return `row budget: ${grouped(left)} of ${grouped(budget)} rows are left, so one slot in ${nth} is played`;
}

const grouped = (rows: number): string => rows.toLocaleString('en');

function countBetween(schedule: Schedule, fromMs: number, toMs: number): number {
  let count = 0;
  for (const _ of slotsBetween(schedule, fromMs, toMs)) count += 1;
  return count;
}
