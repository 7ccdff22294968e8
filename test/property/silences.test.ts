/** Silences as laws: an instant is silenced exactly by what covers it, and recurring maintenance is cron made long. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Maintenance, silencesBetween } from '../../src/domain/maintenance.ts';
import { slotsBetween } from '../../src/domain/schedule.ts';
import {
  expired,
  isSilenced,
  maintenanceSpans,
  type Silence,
  silenceSchema,
} from '../../src/domain/silence.ts';
import { unscheduledSlot } from '../../src/domain/slot.ts';
import { crons, HOUR_MS, windows } from '../support/unit/schedules.ts';

const instants = fc.nat(60);
const tenants = fc.subarray(['north', 'south'], { minLength: 1 });
const scenarios = fc.constantFrom<(string | undefined)[]>(undefined, 'login', 'picking');

const silences: fc.Arbitrary<readonly Silence[]> = fc.array(
  fc
    .record({
      kind: fc.constantFrom<Silence['kind'][]>('silence', 'maintenance'),
      tenants,
      scenario: scenarios,
      fromMs: instants,
      lastsMs: instants,
    })
    .map(({ lastsMs, scenario, ...rest }) => ({
      v: 1,
      id: unscheduledSlot(rest.fromMs, 1),
      ...rest,
      ...(scenario === undefined ? {} : { scenario }),
      toMs: rest.fromMs + lastsMs,
      reason: 'known',
      by: 'hand',
    })),
  { maxLength: 8 },
);

const covers = (one: Silence, atMs: number): boolean => one.fromMs <= atMs && atMs < one.toMs;

describe('a silence', () => {
  it('holds exactly while it covers the instant, for its tenants and its scenario', () => {
    fc.assert(
      fc.property(silences, scenarios, fc.nat(130), (all, scenario, atMs) => {
        const asked = { tenant: 'north', ...(scenario === undefined ? {} : { scenario }) };
        const holding = all.filter(
          (one) =>
            covers(one, atMs) &&
            one.tenants.includes('north') &&
            [undefined, scenario].includes(one.scenario),
        );
        const found = isSilenced(all, asked, atMs);
        expect(found === undefined).toBe(holding.length === 0);
        if (found === undefined) return;
        expect(holding).toContain(found);
        expect(found.toMs).toBe(Math.max(...holding.map(({ toMs }) => toMs)));
      }),
    );
  });

  it('that is ended holds no longer, and before as it did', () => {
    fc.assert(
      fc.property(silences, fc.nat(130), fc.nat(130), (all, nowMs, atMs) => {
        for (const one of all) {
          const ended = expired(one, nowMs);
          expect(silenceSchema.parse(ended)).toEqual(ended);
          expect(covers(ended, atMs)).toBe(covers(one, atMs) && atMs < nowMs);
        }
      }),
    );
  });
});

describe('spans of maintenance', () => {
  it('cover what maintenance of the whole tenant covers, in order and apart', () => {
    fc.assert(
      fc.property(silences, instants, instants, (all, fromMs, lengthMs) => {
        const toMs = fromMs + lengthMs;
        const spans = maintenanceSpans(all, 'north', fromMs, toMs);
        const whole = all.filter(
          (one) =>
            one.kind === 'maintenance' &&
            one.scenario === undefined &&
            one.tenants.includes('north'),
        );
        for (let atMs = 0; atMs < 130; atMs += 1) {
          const wanted = fromMs <= atMs && atMs < toMs && whole.some((one) => covers(one, atMs));
          const within = spans.filter((span) => span.fromMs <= atMs && atMs < span.toMs);
          expect(within.length).toBe(wanted ? 1 : 0);
        }
        for (const [index, span] of spans.entries()) {
          expect(span.toMs).toBeGreaterThan(span.fromMs);
          expect(span.fromMs).toBeGreaterThan(spans[index - 1]?.toMs ?? -1);
        }
      }),
    );
  });
});

describe('recurring maintenance', () => {
  const lengths = fc.integer({ min: 1, max: 6 * 60 }).map((minutes) => minutes * 60_000);

  it('is as long as it lasts from each time of its cron on, also where the clock is changed', () => {
    fc.assert(
      fc.property(windows, crons, lengths, ({ zone, fromMs, toMs }, { expression }, lastsMs) => {
        const window: Maintenance = {
          ...{ name: 'weekly', tenants: ['north'], expression, zone, lastsMs, reason: 'known' },
        };
        const found = silencesBetween([window], 'north', fromMs, toMs);
        const timing = { kind: 'cron', expression, zone } as const;
        const starts = [...slotsBetween({ timing }, fromMs - 7 * HOUR_MS, toMs)];
        expect(found.map((one) => one.fromMs)).toEqual(
          starts.filter((startMs) => startMs < toMs && startMs + lastsMs > fromMs),
        );
        for (const one of found) {
          expect(silenceSchema.parse(one)).toEqual(one);
          expect(one.toMs - one.fromMs).toBe(lastsMs);
        }
        expect(silencesBetween([window], 'south', fromMs, toMs)).toEqual([]);
      }),
    );
  });

  it('has the same id whenever it is asked for', () => {
    fc.assert(
      fc.property(windows, fc.nat(HOUR_MS), ({ zone, fromMs, toMs }, laterMs) => {
        const window: Maintenance = {
          ...{ name: 'hourly', tenants: ['north'], expression: '0 * * * *', zone },
          ...{ lastsMs: 60_000, reason: 'known' },
        };
        const all = silencesBetween([window], 'north', fromMs, toMs);
        const some = silencesBetween([window], 'north', fromMs + laterMs, toMs);
        expect(all).toEqual(expect.arrayContaining([...some]));
        expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      }),
    );
  });
});
