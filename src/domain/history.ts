/**
 * The append-only history of what was planned, and every slot that follows from it: what should have been played is
 * computed from this alone, never from what a scheduler wrote down.
 */
import { z } from 'zod';
import { groupBy } from '../lib/group.ts';
import { type Schedule, scheduleSchema, slotsBetween } from './schedule.ts';

const common = { v: z.literal(1), atMs: z.int().nonnegative() };

/** A record rules from its instant, inclusive, until the next record's. */
export const historyRecordSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({
      ...common,
      kind: z.literal('loaded'),
      schedules: z.array(scheduleSchema).readonly(),
    })
    .readonly(),
  /** A clean stop: nothing is planned until the next start. A kill leaves no record, so what it missed stays planned. */
  z.strictObject({ ...common, kind: z.literal('stopped') }).readonly(),
]);

export type HistoryRecord = z.infer<typeof historyRecordSchema>;

export interface PlannedSlot extends Pick<Schedule, 'tenant' | 'scenario' | 'transport'> {
  readonly slotMs: number;
}

/**
 * Every slot planned in [fromMs, toMs), lazily, each once; ascending for each tenant, scenario and transport. Records
 * may come in any order and repeatedly, and have to reach back to the one that ruled at `fromMs`.
 */
export function* plannedBetween(
  history: readonly HistoryRecord[],
  fromMs: number,
  toMs: number,
): Generator<PlannedSlot> {
  const records = inOrder(history);
  for (const [index, record] of records.entries()) {
    if (record.kind === 'stopped') continue;
    const endMs = Math.min(toMs, records[index + 1]?.atMs ?? toMs);
    yield* slotsOf(record.schedules, Math.max(fromMs, record.atMs), endMs);
  }
}

function* slotsOf(
  schedules: readonly Schedule[],
  fromMs: number,
  toMs: number,
): Generator<PlannedSlot> {
  if (fromMs >= toMs) return;
  for (const schedule of schedules) {
    const { tenant, scenario, transport } = schedule;
    for (const slotMs of slotsBetween(schedule, fromMs, toMs)) {
      yield { tenant, scenario, transport, slotMs };
    }
  }
}

/** Whether this very slot is planned; the same as finding it between all others, without computing those. */
export function isPlanned(history: readonly HistoryRecord[], slot: PlannedSlot): boolean {
  const { scenario, transport, slotMs } = slot;
  return schedulesFor(history, slot).some(
    (one) =>
      one.scenario === scenario &&
      one.transport === transport &&
      slotsBetween(one, slotMs, slotMs + 1).next().done === false,
  );
}

/** The schedules of the slot's tenant that rule at the slot. */
export function schedulesFor(
  history: readonly HistoryRecord[],
  { tenant, slotMs }: Pick<PlannedSlot, 'tenant' | 'slotMs'>,
): readonly Schedule[] {
  const ruling = inOrder(history).findLast(({ atMs }) => atMs <= slotMs);
  return ruling?.kind === 'loaded' ? (byTenant(ruling).get(tenant) ?? []) : [];
}

type Loaded = Extract<HistoryRecord, { readonly kind: 'loaded' }>;

/** Of a fleet with many schedules one slot is asked for after the other, and the record stays the same. */
const ofTenants = new WeakMap<Loaded, ReadonlyMap<string, readonly Schedule[]>>();

function byTenant(record: Loaded): ReadonlyMap<string, readonly Schedule[]> {
  const schedules = ofTenants.get(record) ?? groupBy(record.schedules, ({ tenant }) => tenant);
  ofTenants.set(record, schedules);
  return schedules;
}

/** Of records at one instant the last one rules: a load rather than a stop, else the one that sorts later as text. */
function inOrder(history: readonly HistoryRecord[]): readonly HistoryRecord[] {
  return history.toSorted((a, b) => a.atMs - b.atMs || (textOf(a) < textOf(b) ? -1 : 1));
}

const textOf = (record: HistoryRecord): string =>
  record.kind === 'stopped' ? '' : JSON.stringify(record);
