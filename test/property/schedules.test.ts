import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { openingsFrom } from '../../src/domain/calendar.ts';
import { scenarioId, tenantId } from '../../src/domain/ids.ts';
import { phaseOf, slotsBetween } from '../../src/domain/schedule.ts';
import { instantsOf, wallClockAt } from '../../src/domain/zone.ts';
import {
  calendarsIn,
  cronSchedule,
  crons,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  scheduled,
  scheduleOf,
  windows,
} from '../support/unit/schedules.ts';

/** The rule as Temporal tells it: compatible is the first of two; after a gap comes the end of the gap. */
function instantByTemporal(zone: string, localMs: number): number {
  const local = Temporal.Instant.fromEpochMilliseconds(localMs)
    .toZonedDateTimeISO('UTC')
    .toPlainDateTime();
  const at = local.toZonedDateTime(zone, { disambiguation: 'compatible' });
  if (at.toPlainDateTime().equals(local)) return at.epochMilliseconds;
  const before = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  return before.getTimeZoneTransition('next')!.epochMilliseconds;
}

describe('local time', () => {
  const steps = fc.array(
    fc.oneof(
      fc.nat(5 * DAY_MS),
      fc.nat(5 * 48).map((n) => n * 30 * MINUTE_MS),
    ),
    { maxLength: 40 },
  );

  it('is the instant that Temporal says, a gap ends at its end', () => {
    fc.assert(
      fc.property(windows, steps, (window, all) => {
        // On the half-hour, where clocks change.
        const startMs = window.fromMs - (window.fromMs % (30 * MINUTE_MS)) - 2 * DAY_MS;
        const instantOf = instantsOf(window.zone, startMs);
        for (const step of all.toSorted((a, b) => a - b)) {
          const localMs = startMs + step;
          expect(instantOf(localMs)).toBe(instantByTemporal(window.zone, localMs));
        }
      }),
    );
  });

  it('comes back from the wall clock of its instant, unless the clock was set back', () => {
    fc.assert(
      fc.property(windows, ({ zone, fromMs }) => {
        const localMs = wallClockAt(zone, fromMs);
        const back = instantsOf(zone, localMs)(localMs);
        expect(wallClockAt(zone, back)).toBe(localMs);
        expect(back).toBeLessThanOrEqual(fromMs);
      }),
    );
  });
});

describe('the slots of any schedule', () => {
  it('lie in their window, strictly ascending, on the whole second', () => {
    fc.assert(
      fc.property(scheduled, ({ schedule, window: { fromMs, toMs } }) => {
        const slots = [...slotsBetween(schedule, fromMs, toMs)];
        const isGood = (slotMs: number, index: number): boolean =>
          slotMs % 1_000 === 0 && slotMs > (slots[index - 1] ?? fromMs - 1) && slotMs < toMs;
        expect(slots.every(isGood)).toBe(true);
      }),
    );
  });

  it('are the same however the window is split', () => {
    fc.assert(
      fc.property(scheduled, fc.nat(), ({ schedule, window: { fromMs, toMs } }, cut) => {
        const whole = [...slotsBetween(schedule, fromMs, toMs)];
        // Anywhere, and right on a slot.
        const middles = [fromMs + (cut % (toMs - fromMs + 1)), whole[cut % (whole.length || 1)]];
        for (const middleMs of middles) {
          if (middleMs === undefined) continue;
          const parts = [
            ...slotsBetween(schedule, fromMs, middleMs),
            ...slotsBetween(schedule, middleMs, toMs),
          ];
          expect(parts).toEqual(whole);
        }
      }),
    );
  });

  it('of an interval are so far apart, and fill the window', () => {
    const everies = scheduled.filter(
      ({ schedule }) => schedule.timing.kind === 'every' && schedule.calendar === undefined,
    );
    fc.assert(
      fc.property(everies, ({ schedule, window: { fromMs, toMs } }) => {
        if (schedule.timing.kind !== 'every') return;
        const { everyMs, phaseMs } = schedule.timing;
        const slots = [...slotsBetween(schedule, fromMs, toMs)];
        expect(slots.every((slotMs) => (slotMs - phaseMs) % everyMs === 0)).toBe(true);
        expect(Math.abs(slots.length - (toMs - fromMs) / everyMs)).toBeLessThan(1);
      }),
    );
  });
});

describe('the slots of cron', () => {
  const minutesAround = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) => {
    const firstMs = fromMs - (fromMs % MINUTE_MS) - 2 * DAY_MS;
    return Array.from(
      { length: Math.ceil((toMs - firstMs + 2 * DAY_MS) / MINUTE_MS) },
      (_, index) => firstMs + index * MINUTE_MS,
    );
  };

  it('are the instants of all local times that match, each instant once', () => {
    fc.assert(
      fc.property(crons, windows, ({ expression, matches }, window) => {
        const { zone, fromMs, toMs } = window;
        const instantOf = instantsOf(zone, fromMs - 3 * DAY_MS);
        const expected = minutesAround(window)
          .filter(matches)
          .map(instantOf)
          .filter((slotMs) => slotMs >= fromMs && slotMs < toMs);
        const slots = [...slotsBetween(cronSchedule(expression, zone), fromMs, toMs)];
        expect(slots).toEqual([...new Set(expected)]);
      }),
    );
  });

  it('match on the wall clock, unless a gap has just ended over a time that does', () => {
    fc.assert(
      fc.property(crons, windows, ({ expression, matches }, { zone, fromMs, toMs }) => {
        for (const slotMs of slotsBetween(cronSchedule(expression, zone), fromMs, toMs)) {
          const localMs = wallClockAt(zone, slotMs);
          if (matches(localMs)) continue;
          const gapMs = localMs - (wallClockAt(zone, slotMs - 1) + 1);
          const skipped = Array.from(
            { length: gapMs / MINUTE_MS },
            (_, index) => localMs - (index + 1) * MINUTE_MS,
          );
          expect(skipped.some(matches)).toBe(true);
        }
      }),
    );
  });

  it('are on an ordinary day as many as its minutes that match', () => {
    fc.assert(
      fc.property(crons, windows, ({ expression, matches }, { zone, fromMs }) => {
        const localMs = wallClockAt(zone, fromMs);
        const dayMs = localMs - (localMs % DAY_MS);
        const instantOf = instantsOf(zone, dayMs);
        const [beginMs, endMs] = [instantOf(dayMs), instantOf(dayMs + DAY_MS)];
        const afterGap = wallClockAt(zone, beginMs - 1) + 1 !== dayMs;
        fc.pre(endMs - beginMs === DAY_MS && !afterGap);
        const minutes = Array.from({ length: 24 * 60 }, (_, index) => dayMs + index * MINUTE_MS);
        const slots = [...slotsBetween(cronSchedule(expression, zone), beginMs, endMs)];
        expect(slots).toHaveLength(minutes.filter(matches).length);
      }),
    );
  });
});

describe('a calendar', () => {
  const calendars = windows.chain((window) =>
    fc.record({ window: fc.constant(window), calendar: calendarsIn(window.zone) }),
  );

  it('lets pass the slots of its openings and no others', () => {
    fc.assert(
      fc.property(calendars, crons, ({ window, calendar }, { expression }) => {
        const { zone, fromMs, toMs } = window;
        const free = cronSchedule(expression, zone);
        const openings: { readonly opensMs: number; readonly closesMs: number }[] = [];
        for (const opening of openingsFrom(calendar, fromMs)) {
          if (opening.opensMs >= toMs) break;
          openings.push(opening);
        }
        const expected = [...slotsBetween(free, fromMs, toMs)].filter((slotMs) =>
          openings.some(({ opensMs, closesMs }) => slotMs >= opensMs && slotMs < closesMs),
        );
        expect([...slotsBetween({ ...free, calendar }, fromMs, toMs)]).toEqual(expected);
      }),
    );
  });

  it('is open at the hours on its wall clock, where no clock changes within a day', () => {
    fc.assert(
      fc.property(calendars, ({ window: { zone, fromMs, toMs }, calendar }) => {
        const beatMs = 10 * MINUTE_MS;
        const beats = scheduleOf({ timing: { kind: 'every', everyMs: beatMs, phaseMs: 0 } });
        const open = new Set(slotsBetween({ ...beats, calendar }, fromMs, toMs));
        for (const slotMs of slotsBetween(beats, fromMs, toMs)) {
          const localMs = wallClockAt(zone, slotMs);
          const near = [-26, 26].map((hours) => wallClockAt(zone, slotMs + hours * HOUR_MS));
          if (near[1]! - near[0]! !== 52 * HOUR_MS) continue;
          const text = new Date(localMs).toISOString();
          const weekday = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][
            new Date(localMs).getUTCDay()
          ];
          const [date, time] = [text.slice(0, 10), text.slice(11, 16)];
          const isOpen =
            (calendar.days as readonly string[]).includes(weekday!) &&
            !calendar.closed.includes(date) &&
            time >= calendar.from &&
            time < calendar.to;
          expect(open.has(slotMs)).toBe(isOpen);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('the phase of an interval', () => {
  const ids = fc.stringMatching(/^[a-z0-9-]{1,40}$/);
  const keys = fc.record({
    tenant: ids.map(tenantId),
    scenario: ids.map(scenarioId),
    transport: fc.constantFrom('rpc' as const, 'browser' as const),
  });

  it('is a whole second within it, and always the same', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 10, max: 86_400 }), (key, seconds) => {
        const phaseMs = phaseOf(key, seconds * 1_000);
        expect(phaseMs % 1_000).toBe(0);
        expect(phaseMs).toBeGreaterThanOrEqual(0);
        expect(phaseMs).toBeLessThan(seconds * 1_000);
        expect(phaseOf(key, seconds * 1_000)).toBe(phaseMs);
      }),
    );
  });

  it('spreads tenants: of a thousand in 5 minutes no second has more than a few', () => {
    const counts = new Map<number, number>();
    for (let index = 0; index < 1_000; index += 1) {
      const key = {
        tenant: tenantId(`tenant-${index}`),
        scenario: scenarioId('order-confirmation'),
        transport: 'rpc' as const,
      };
      const phaseMs = phaseOf(key, 300_000);
      counts.set(phaseMs, (counts.get(phaseMs) ?? 0) + 1);
    }
    expect(counts.size).toBeGreaterThan(270);
    expect(Math.max(...counts.values())).toBeLessThan(15);
  });
});
