import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetRefusal, loadsOf } from '../../src/domain/budget.ts';
import { scenarioId } from '../../src/domain/ids.ts';
import type { Schedule } from '../../src/domain/schedule.ts';
import { slotsBetween } from '../../src/domain/schedule.ts';
import { tenantOf } from '../support/unit/engine.ts';
import { DAY_MS, MINUTE_MS, scheduleOf } from '../support/unit/schedules.ts';

const DAY_START_MS = Date.UTC(2026, 6, 8);

interface Planned {
  readonly everyMinutes: number;
  readonly phaseMinutes: number;
  readonly rows: number;
}

const plans: fc.Arbitrary<readonly Planned[]> = fc.array(
  fc.record({
    everyMinutes: fc.integer({ min: 5, max: 240 }),
    phaseMinutes: fc.nat(239),
    rows: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 1, maxLength: 3 },
);

/** Plays a day slot by slot, as a worker does: for each schedule which slots were played, and the rows after the last. */
function dayOf(
  planned: readonly Planned[],
  budget: number,
  /** Rows that somebody else leaves before each slot. */
  others: () => number,
): { readonly wanted: number; readonly peak: number; readonly played: readonly boolean[][] } {
  const scenarios = planned.map(({ rows }, n) => {
    return { id: `s${n}`, consent: 'reversible' as const, rows: { rpc: rows } };
  });
  const schedules: readonly Schedule[] = planned.map(({ everyMinutes, phaseMinutes }, n) => {
    const everyMs = everyMinutes * MINUTE_MS;
    const phaseMs = (phaseMinutes % everyMinutes) * MINUTE_MS;
    const scenario = scenarioId(`s${n}`);
    return scheduleOf({ scenario, timing: { kind: 'every', everyMs, phaseMs } });
  });
  const loads = loadsOf(tenantOf(), schedules, scenarios);
  const slots = schedules
    .flatMap(({ tenant, scenario, transport, ...schedule }, n) =>
      [...slotsBetween(schedule, DAY_START_MS, DAY_START_MS + DAY_MS)].map((slotMs) => {
        return { n, slot: { tenant, scenario, transport, slotMs } };
      }),
    )
    .sort((a, b) => a.slot.slotMs - b.slot.slotMs);
  const played: boolean[][] = planned.map(() => []);
  let used = 0;
  let wanted = 0;
  let peak = 0;
  for (const { n, slot } of slots) {
    used += others();
    const rows = planned[n]!.rows;
    wanted += rows;
    const plays = budgetRefusal(loads, slot, { budget, used }) === undefined;
    if (plays) {
      used += rows;
      peak = used;
    }
    played[n]!.push(plays);
  }
  return { wanted, peak, played };
}

describe('a day under a row budget', () => {
  it('is played whole when its rows suffice', () => {
    fc.assert(
      fc.property(plans, fc.nat(500), (planned, spare) => {
        const { wanted } = dayOf(planned, Number.POSITIVE_INFINITY, () => 0);
        const { played } = dayOf(planned, wanted + spare, () => 0);
        expect(played.flat()).not.toContain(false);
      }),
    );
  });

  it('never leaves more than the budget, whatever others leave meanwhile', () => {
    const others = fc.infiniteStream(fc.oneof(fc.constant(0), fc.nat(60)));
    fc.assert(
      fc.property(plans, fc.nat(4_000), others, (planned, budget, stream) => {
        const { peak } = dayOf(planned, budget, () => Number(stream.next().value));
        expect(peak).toBeLessThanOrEqual(budget);
      }),
    );
  });

  it('stretches evenly: what is played lies as far apart all day, and no slot is left out needlessly', () => {
    const single = fc.tuple(
      plans.map(([first]) => first!),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(single, ([planned, share]) => {
        const { wanted } = dayOf([planned], Number.POSITIVE_INFINITY, () => 0);
        const budget = Math.max(planned.rows, Math.ceil(wanted * share));
        const { peak, played } = dayOf([planned], budget, () => 0);
        const slots = played[0]!;
        const indexes = slots.flatMap((plays, index) => (plays ? [index] : []));
        const gaps = indexes.slice(1).map((index, n) => index - indexes[n]!);
        // What doubling left over is used towards the end: gaps only become smaller.
        expect(gaps).toEqual(gaps.toSorted((a, b) => b - a));
        // Twice as often would have been too much.
        const widest = Math.max(1, ...gaps);
        const oftener = Math.ceil(slots.length / (widest / 2)) * planned.rows;
        if (widest > 1) expect(oftener).toBeGreaterThan(budget);
        expect(peak).toBeGreaterThan(budget - 2 * planned.rows);
      }),
    );
  });
});
