/** Counts what became of planned slots, each once: in order, and only up to the first that may still get an account. */
import { z } from 'zod';
import type { PlannedSlot } from '../domain/history.ts';
import type { RunId } from '../domain/ids.ts';
import { type Account, isOpen } from '../domain/ledger.ts';
import { runIdOf } from '../domain/mark.ts';
import { runRequestOf } from '../domain/run-request.ts';

const count = z.int().nonnegative();

/** Of one tenant, scenario and transport. Slots without any account when their time is over are planned only. */
export const slotSeriesSchema = z
  .strictObject({ v: z.literal(1), planned: count, started: count, missed: count, skipped: count })
  .readonly();

export type SlotSeries = z.infer<typeof slotSeriesSchema>;

const noSlots: SlotSeries = { v: 1, planned: 0, started: 0, missed: 0, skipped: 0 };

interface Counted {
  readonly slots: readonly PlannedSlot[];
  /** Everything before it is counted, epoch milliseconds. */
  readonly untilMs: number;
}

/** Of these slots before `toMs` those that may be counted; a slot has `longestMs` for its final account. */
export function countable(
  slots: readonly PlannedSlot[],
  accounts: ReadonlyMap<RunId, Account>,
  times: {
    readonly toMs: number;
    readonly nowMs: number;
    readonly longestMs: (slot: PlannedSlot) => number;
  },
): Counted {
  const open = slots.filter((slot) => {
    const account = accounts.get(runIdOf(runRequestOf(slot)));
    const isFinal = account !== undefined && !isOpen(account);
    return !isFinal && times.nowMs <= slot.slotMs + times.longestMs(slot);
  });
  const untilMs = open.reduce((first, { slotMs }) => Math.min(first, slotMs), times.toMs);
  return { slots: slots.filter(({ slotMs }) => slotMs < untilMs), untilMs };
}

export function countSlot(
  series: SlotSeries | undefined,
  account: Account | undefined,
): SlotSeries {
  const { planned, started, missed, skipped, v } = series ?? noSlots;
  const kind = account?.kind ?? 'queued';
  const ran = kind !== 'queued' && kind !== 'missed' && kind !== 'skipped';
  return {
    v,
    planned: planned + 1,
    started: started + (ran ? 1 : 0),
    missed: missed + (kind === 'missed' ? 1 : 0),
    skipped: skipped + (kind === 'skipped' ? 1 : 0),
  };
}
