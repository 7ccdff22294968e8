import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standingOf, sumsOf, tell } from '../../../src/analysis/objectives.ts';
import { type Piece, piecesOf, runsOf } from '../../../src/analysis/pieces.ts';
import type { Stretch } from '../../../src/analysis/stretches.ts';

const HOUR_MS = 3_600_000;
const ZONE = 'Europe/Berlin';
/** Midnight in Berlin. */
const DAY_MS = Date.parse('2026-11-16T00:00:00+01:00');

const at = (hour: number): number => DAY_MS + hour * HOUR_MS;
const span = (from: number, to: number) => ({ fromMs: at(from), toMs: at(to) });
const stretch = (from: number, to: number, state: Stretch['state'], seconds?: number): Stretch => ({
  ...span(from, to),
  state,
  run: true,
  ...(seconds === undefined ? {} : { seconds }),
});
const piece = (from: number, to: number, state: Piece['state']): Piece => ({
  ...span(from, to),
  state,
});
const sums = { good: 0, bad: 0, slow: 0, unknown: 0, maintenance: 0 };

describe('the pieces of a workflow', () => {
  const always = [span(0, 48)];

  it('are bad where any of its series is, then slow, then unknown', () => {
    const series = [
      [stretch(0, 4, 'good', 1), stretch(4, 6, 'bad'), stretch(6, 10, 'good', 9)],
      [stretch(1, 3, 'good'), stretch(3, 7, 'unknown'), stretch(7, 10, 'good')],
    ];
    const workflow = { series, counted: always, maintenance: [], latencyMs: 5_000 };
    expect(piecesOf(workflow)).toEqual([
      piece(0, 3, 'good'),
      piece(3, 4, 'unknown'),
      piece(4, 6, 'bad'),
      piece(6, 10, 'slow'),
    ]);
  });

  it('are those of the time that counts, and maintenance is no part of what was good or bad', () => {
    const series = [[stretch(0, 10, 'bad'), stretch(10, 24, 'good')]];
    const counted = [span(8, 12), span(13, 18)];
    const maintenance = [span(9, 14), span(13, 13.5)];
    expect(piecesOf({ series, counted, maintenance })).toEqual([
      piece(8, 9, 'bad'),
      piece(9, 12, 'maintenance'),
      piece(13, 14, 'maintenance'),
      piece(14, 18, 'good'),
    ]);
  });

  it('begin with the first slot of any of its series', () => {
    const counted = [span(0, 24)];
    expect(piecesOf({ series: [[]], counted, maintenance: [] })).toEqual([]);
    const series = [[stretch(5, 6, 'good')], []];
    expect(piecesOf({ series, counted, maintenance: [] })).toEqual([piece(5, 6, 'good')]);
  });

  it('come with the runs that began in time that counts', () => {
    const series = [
      [stretch(7, 9, 'good', 1), stretch(9, 10, 'bad'), stretch(10, 11, 'good', 6)],
      [
        stretch(9.5, 10, 'good'),
        { ...span(11, 12), state: 'unknown' } as const,
        stretch(12, 13, 'good'),
      ],
    ];
    const counted = [span(8, 12)];
    expect(runsOf({ series, counted, maintenance: [], latencyMs: 5_000 })).toEqual({
      good: 1,
      bad: 2,
    });
    const maintenance = [span(9.25, 9.75)];
    expect(runsOf({ series, counted, maintenance })).toEqual({ good: 1, bad: 1 });
  });

  it('cover all that was seen of the time that counts, whatever happened in it', () => {
    const states = fc.constantFrom('good' as const, 'bad' as const, 'unknown' as const);
    const spans = fc
      .uniqueArray(fc.nat({ max: 40 }), { maxLength: 8 })
      .map((hours) => hours.toSorted((a, b) => a - b))
      .map((hours) =>
        hours.flatMap((from, index) =>
          index % 2 === 0 && hours[index + 1] !== undefined
            ? [span(from, hours[index + 1] ?? 0)]
            : [],
        ),
      );
    const someSeries = fc.array(
      fc
        .tuple(fc.nat({ max: 20 }), fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), states)))
        .map(([from, steps]) => {
          let hour = from;
          return steps.map(([length, state]) => {
            hour += length;
            return stretch(hour - length, hour, state);
          });
        }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(someSeries, spans, spans, (series, counted, maintenance) => {
        const pieces = piecesOf({ series, counted, maintenance });
        const seen = (hour: number): boolean =>
          series.some((all) =>
            all.some(({ fromMs, toMs }) => fromMs <= at(hour) && at(hour) < toMs),
          );
        const isIn = (hour: number, all: readonly { fromMs: number; toMs: number }[]): boolean =>
          all.some(({ fromMs, toMs }) => fromMs <= at(hour) && at(hour) < toMs);
        for (let hour = 0.5; hour < 50; hour += 1) {
          const found = pieces.filter(({ fromMs, toMs }) => fromMs <= at(hour) && at(hour) < toMs);
          expect(found).toHaveLength(seen(hour) && isIn(hour, counted) ? 1 : 0);
          if (found.length > 0) {
            expect(found[0]?.state === 'maintenance').toBe(isIn(hour, maintenance));
          }
        }
      }),
    );
  });
});

describe('a promise', () => {
  it('is kept as long as its budget is not used up', () => {
    // Tiers allow 43.8 h, 8.8 h, 4.4 h and 52.6 min in a year.
    const year = 365.25 * 86_400;
    for (const [target, allowed] of [
      [0.995, 43.8 * 3_600],
      [0.999, 8.77 * 3_600],
      [0.9995, 4.38 * 3_600],
      [0.9999, 52.6 * 60],
    ] as const) {
      const told = (bad: number) => standingOf({ ...sums, good: year - bad, bad }, target);
      expect(told(allowed).budget.seconds / allowed).toBeCloseTo(1, 2);
      expect(told(0.99 * allowed).verdict).toBe('kept');
      expect(told(1.01 * allowed).verdict).toBe('missed');
      expect(told(2 * allowed).budget.leftRatio).toBeCloseTo(-1, 1);
    }
    // Used up to the second.
    expect(standingOf({ ...sums, good: 99_900, bad: 60, slow: 40 }, 0.999)).toMatchObject({
      verdict: 'kept',
      downtimeSeconds: 100,
    });
  });

  it('is unknown while little is known: no time, less than an hour, less than 80 per cent', () => {
    expect(standingOf(sums, 0.999)).toEqual({
      verdict: 'unknown',
      seconds: sums,
      downtimeSeconds: 0,
      budget: { seconds: 0, leftSeconds: 0 },
    });
    expect(standingOf({ ...sums, unknown: 10 }, 0.999)).toMatchObject({ coverage: 0 });
    expect(standingOf({ ...sums, good: 3_599 }, 0.999).verdict).toBe('unknown');
    expect(standingOf({ ...sums, bad: 79, good: 7_900, unknown: 2_100 }, 0.999).verdict).toBe(
      'unknown',
    );
    expect(standingOf({ ...sums, good: 8_000, unknown: 2_000 }, 0.999).verdict).toBe('kept');
    expect(standingOf({ ...sums, maintenance: 9_000 }, 0.999).verdict).toBe('unknown');
  });

  it('tells how fast its budget burns, and the worst day of the zone', () => {
    const pieces = [
      piece(0, 23, 'good'),
      piece(23, 23.5, 'slow'),
      piece(23.5, 25, 'bad'),
      piece(25, 47, 'good'),
      piece(47, 47.5, 'unknown'),
      piece(47.5, 47.75, 'bad'),
      piece(47.75, 48, 'good'),
    ];
    const { burn, worstDay, availability, coverage } = tell(
      pieces,
      { target: 0.99 },
      { toMs: at(48), zone: ZONE },
    );
    expect(burn['1h']).toBeCloseTo(50);
    expect(burn['6h']).toBeCloseTo(((0.25 / 5.5) * 100) / 1);
    expect(burn['1d']).toBeCloseTo((1.25 / 23.5) * 100);
    expect(burn['3d']).toBeCloseTo((2.25 / 47.5) * 100);
    expect(worstDay).toEqual({ date: '2026-11-17', downtimeSeconds: 4_500 });
    expect(availability).toBeCloseTo(45.25 / 47.5);
    expect(coverage).toBeCloseTo(47.5 / 48);
    expect(
      tell([piece(0, 1, 'good')], { target: 0.99 }, { toMs: at(48), zone: ZONE }),
    ).toMatchObject({ burn: { '3d': 0 } });
  });

  it('adds up: every second of the pieces is in one sum', () => {
    const pieces = [piece(0, 1, 'good'), piece(1, 3, 'maintenance'), piece(4, 8, 'unknown')];
    expect(sumsOf(pieces)).toEqual({
      ...sums,
      good: 3_600,
      maintenance: 7_200,
      unknown: 14_400,
    });
  });
});
