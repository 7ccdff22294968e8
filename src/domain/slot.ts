/**
 * Slots: the instants at which runs were due, as text that sorts by time and fits every id. Remembered, for many runs
 * are due at one instant and each asks several times.
 */
import { remember } from '../lib/remember.ts';
import type { Slot } from './ids.ts';

/** `YYYYMMDDTHHMMSSZ` for a run that a schedule planned, `YYYYMMDDTHHMMSSmmmZ-N` for any other. */
export const SLOT_PATTERN = /^\d{8}T\d{6}(?:Z|\d{3}Z-\d+)$/;

/** The slot of a run that a schedule planned, at epoch milliseconds. Throws RangeError for part of a second. */
export const slotOf = remember(1_000, (epochMs: number): Slot => {
  if (epochMs % 1_000 !== 0) throw new RangeError(`${epochMs} ms is not on the second`);
  return `${digitsOf(epochMs).slice(0, -3)}Z` as Slot;
});

/**
 * The slot of a run nobody scheduled: its intended start in epoch milliseconds, and a counter that keeps
 * two runs of one millisecond apart, also across commands, for each command counts from a random start.
 */
export function unscheduledSlot(epochMs: number, counter: number): Slot {
  return `${digitsOf(epochMs)}Z-${counter}` as Slot;
}

/** When the run was due or meant to start, in epoch milliseconds. */
export const slotInstant = remember(1_000, (slot: Slot): number => {
  const parts = /^(....)(..)(..)T(..)(..)(..)(...)?Z/;
  const [, year, month, day, hour, minute, second, ms = '000'] = parts.exec(slot) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
});

/** `YYYYMMDDTHHMMSSmmm`. */
function digitsOf(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/[-:.Z]/g, '');
}
