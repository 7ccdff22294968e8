/** Schedules: which slots of a tenant, scenario and transport there are. Computed alone from what is written here. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { exactDuration } from '../lib/duration.ts';
import { remember } from '../lib/remember.ts';
import { calendarSchema, openingsFrom } from './calendar.ts';
import { cronTimes, namesDates } from './cron.ts';
import { ID_PATTERN, scenarioId, tenantId } from './ids.ts';
import { transports } from './transport.ts';
import { instantsOf, wallClockAt } from './zone.ts';

const DAY_MS = 86_400_000;
/** A Monday; in this week no zone changes its clock. */
const ORDINARY_WEEK_MS = Date.UTC(2026, 6, 6);
/** After so long the same dates fall on the same weekdays again: what did not fire until then never will. */
const ALL_DATES_MS = 28 * 365.25 * DAY_MS;

const wholeSeconds = z.int().multipleOf(1_000);

const timingSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('every'),
      everyMs: wholeSeconds.positive(),
      phaseMs: wholeSeconds.nonnegative(),
    })
    .readonly(),
  z.strictObject({ kind: z.literal('cron'), expression: z.string(), zone: z.string() }).readonly(),
]);

/** Compiled: a reader needs no configuration to know its slots. One for each tenant, scenario and transport. */
export const scheduleSchema = z
  .strictObject({
    tenant: z.string().regex(ID_PATTERN).transform(tenantId),
    scenario: z.string().regex(ID_PATTERN).transform(scenarioId),
    transport: z.enum(transports),
    timing: timingSchema,
    calendar: calendarSchema.exactOptional(),
  })
  .readonly();

export type Schedule = z.infer<typeof scheduleSchema>;
type Timing<Kind> = Extract<Schedule['timing'], { readonly kind: Kind }>;

/** Milliseconds from the epoch to the first slot: whole seconds below `everyMs`, spread over tenants, and they stay. */
export function phaseOf(
  { tenant, scenario, transport }: Pick<Schedule, 'tenant' | 'scenario' | 'transport'>,
  everyMs: number,
): number {
  const hash = createHash('sha256').update(`${tenant}|${scenario}|${transport}`).digest();
  return (hash.readUIntBE(0, 6) % (everyMs / 1_000)) * 1_000;
}

/** The slots in [fromMs, toMs), ascending, on the whole second; lazily, all in epoch milliseconds. */
export function* slotsBetween(
  { timing, calendar }: Pick<Schedule, 'timing' | 'calendar'>,
  fromMs: number,
  toMs: number,
): Generator<number> {
  const slots =
    timing.kind === 'every' ? everySlots(timing, fromMs, toMs) : cronSlots(timing, fromMs, toMs);
  if (calendar === undefined) {
    yield* slots;
    return;
  }
  const openings = openingsFrom(calendar, fromMs);
  let opening = openings.next().value;
  for (const slotMs of slots) {
    while (slotMs >= opening.closesMs) opening = openings.next().value;
    if (slotMs >= opening.opensMs) yield slotMs;
  }
}

/**
 * Slots of an ordinary week, of which none is closed in the calendar, divided by its days; of a whole year for cron
 * that names dates, for no week is ordinary then.
 */
export function slotsPerDay({ timing, calendar }: Pick<Schedule, 'timing' | 'calendar'>): number {
  if (timing.kind === 'every' && calendar === undefined) return DAY_MS / timing.everyMs;
  return countPerDay(JSON.stringify({ timing, calendar }));
}

/** Many tenants share one timing, and a whole week or year of it is long. */
const countPerDay = remember(1_000, (text: string) => {
  const { timing, calendar } = JSON.parse(text) as Pick<Schedule, 'timing' | 'calendar'>;
  const ordinary =
    calendar === undefined ? { timing } : { timing, calendar: { ...calendar, closed: [] } };
  const days = timing.kind === 'cron' && namesDates(timing.expression) ? 365 : 7;
  let count = 0;
  for (const _ of slotsBetween(ordinary, ORDINARY_WEEK_MS, ORDINARY_WEEK_MS + days * DAY_MS)) {
    count += 1;
  }
  return count / days;
});

/** The first slot at `fromMs` or after it; undefined when the calendar is never open at any of its times. */
export function nextSlot(schedule: Schedule, fromMs: number): number | undefined {
  const first = slotsBetween(schedule, fromMs, fromMs + ALL_DATES_MS).next();
  return first.done === true ? undefined : first.value;
}

/** Whether there is any slot at all. */
export function everFires(schedule: Schedule): boolean {
  return nextSlot(schedule, ORDINARY_WEEK_MS) !== undefined;
}

/** When it fires, in few words: `every 5m, calendar office` or `5 8 * * 1 Europe/Paris`. */
export function timingText({ timing, calendar }: Schedule): string {
  const when =
    timing.kind === 'every'
      ? `every ${exactDuration(timing.everyMs)}`
      : `${timing.expression} ${timing.zone}`;
  return calendar === undefined ? when : `${when}, calendar ${calendar.name}`;
}

function* everySlots(
  { everyMs, phaseMs }: Timing<'every'>,
  fromMs: number,
  toMs: number,
): Generator<number> {
  const first = Math.ceil((fromMs - phaseMs) / everyMs);
  for (let slotMs = first * everyMs + phaseMs; slotMs < toMs; slotMs += everyMs) yield slotMs;
}

/** Several local times in a gap are one instant after it, hence one slot. */
function* cronSlots(
  { expression, zone }: Timing<'cron'>,
  fromMs: number,
  toMs: number,
): Generator<number> {
  // What the clock showed just before is over; later times come at `fromMs` or after it.
  const localMs = wallClockAt(zone, fromMs - 1);
  const instantOf = instantsOf(zone, localMs);
  let last = fromMs - 1;
  for (const time of cronTimes(expression, localMs)) {
    const slotMs = instantOf(time);
    if (slotMs >= toMs) return;
    if (slotMs > last) yield slotMs;
    last = Math.max(last, slotMs);
  }
}
