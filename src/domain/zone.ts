/** Instants and local wall-clock time, with one answer for a local time that does not exist or exists twice. */
import { Temporal } from 'temporal-polyfill';
import { remember } from '../lib/remember.ts';

/** More than any zone is off UTC plus the furthest that a clock was ever set back. */
const REACH_MS = 3 * 86_400_000;

/** A stretch without a change of the clock. */
interface Era {
  readonly fromMs: number;
  readonly toMs: number;
  readonly offsetMs: number;
}

/** What the wall clock shows, as epoch milliseconds of the same date and time in UTC. */
export function wallClockAt(zone: string, epochMs: number): number {
  return epochMs + eraAt(zone, epochMs).offsetMs;
}

/** 0 is Sunday; of a day counted from the epoch, local or not. */
export function weekdayOf(day: number): number {
  // The epoch was a Thursday.
  return (((day + 4) % 7) + 7) % 7;
}

/** `wallClockAt` of one zone for instants that mostly ascend: the zone is asked only when its clock may have changed. */
export function wallClockOf(zone: string): (epochMs: number) => number {
  let era: Era | undefined;
  return (epochMs) => {
    if (era === undefined || epochMs < era.fromMs || epochMs >= era.toMs) {
      era = eraAt(zone, epochMs);
    }
    return epochMs + era.offsetMs;
  };
}

/**
 * A function from wall-clock time (as of `wallClockAt`) to epoch milliseconds; it wants its times in ascending
 * order, none before `fromLocalMs`. The rule (DESIGN.md, "node-cron is only a ticker"): a time that does not exist is
 * the first instant after the gap, one that exists twice is the first of the two.
 */
export function instantsOf(zone: string, fromLocalMs: number): (localMs: number) => number {
  let era = eraAt(zone, fromLocalMs - REACH_MS);
  return (localMs) => {
    while (localMs - era.offsetMs >= era.toMs) era = eraAt(zone, era.toMs);
    return Math.max(localMs - era.offsetMs, era.fromMs);
  };
}

/** For example `2026-07-06T08:05:00+02:00`. */
export function localText(zone: string, epochMs: number): string {
  return zoned(zone, epochMs).toString({ timeZoneName: 'never', smallestUnit: 'second' });
}

/** For example `2026-07-06`. */
export function localDate(zone: string, epochMs: number): string {
  return zoned(zone, epochMs).toPlainDate().toString();
}

/** Remembered: many schedules ask for one instant of one zone. */
const eraAt = (zone: string, epochMs: number): Era => eras(`${epochMs} ${zone}`);

const eras = remember(1_000, (key: string) => {
  const [epochText, zone = ''] = key.split(' ');
  const at = zoned(zone, Number(epochText));
  const toMs = at.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity;
  return { fromMs: at.epochMilliseconds, toMs, offsetMs: at.offsetNanoseconds / 1e6 };
});

function zoned(zone: string, epochMs: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone);
}
