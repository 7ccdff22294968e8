/** Slots: the instants at which runs were due, as text that sorts by time and fits every id. */
import type { Slot } from './ids.ts';

export const SLOT_PATTERN = /^\d{8}T\d{6}(?:Z|\d{3}Z-\d+)$/;

/** `YYYYMMDDTHHMMSSZ`: the slot of a run that a schedule planned. Takes epoch milliseconds. */
export function scheduledSlot(epochMs: number): Slot {
  return `${compact(epochMs).slice(0, 15)}Z` as Slot;
}

/**
 * `YYYYMMDDTHHMMSSmmmZ-N`: the slot of a run nobody scheduled. The counter keeps two runs of one
 * millisecond apart, also across commands, for each command counts from a random start.
 */
export function unscheduledSlot(epochMs: number, counter: number): Slot {
  return `${compact(epochMs)}Z-${counter}` as Slot;
}

/** Epoch milliseconds of the instant a slot names. */
export function slotInstant(slot: Slot): number {
  const [, y, mo, d, h, mi, s, ms = '000'] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})?Z/.exec(slot) ?? [];
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`);
}

function compact(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/[-:.Z]/g, '');
}
