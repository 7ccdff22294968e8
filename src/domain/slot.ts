/** Slots: the instants at which runs were due, as text that sorts by time and fits every id. */
import type { Slot } from './ids.ts';

/** `YYYYMMDDTHHMMSSZ` for a run that a schedule planned, `YYYYMMDDTHHMMSSmmmZ-N` for any other. */
export const SLOT_PATTERN = /^\d{8}T\d{6}(?:Z|\d{3}Z-\d+)$/;

/**
 * The slot of a run nobody scheduled: its intended start in epoch milliseconds, and a counter that keeps
 * two runs of one millisecond apart, also across commands, for each command counts from a random start.
 */
export function unscheduledSlot(epochMs: number, counter: number): Slot {
  const digits = new Date(epochMs).toISOString().replace(/[-:.Z]/g, '');
  return `${digits}Z-${counter}` as Slot;
}
