import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactDuration, formatDuration, parseDuration } from '../../src/lib/duration.ts';

const MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const units = fc.constantFrom(...(Object.keys(MS) as (keyof typeof MS)[]));

describe('durations', () => {
  it('mean their number times their unit', () => {
    fc.assert(
      fc.property(fc.nat({ max: 100_000 }), units, (count, unit) => {
        expect(parseDuration(`${count}${unit}`)).toBe(count * MS[unit]);
      }),
    );
  });

  it('come back from their printed form, up to what it rounds away', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 * 86_400_000 }), (ms) => {
        const parts = formatDuration(ms).match(/[\d.]+ (?:ms|s|m|h)/g) ?? [];
        const read = parts.reduce(
          (sum, part) => sum + (parseDuration(part.replace(' ', '')) ?? NaN),
          0,
        );
        const step = ms < 10_000 ? 10 : ms < 60_000 ? 100 : ms < 3_600_000 ? 1_000 : 60_000;
        expect(Math.abs(read - ms)).toBeLessThanOrEqual(step);
      }),
    );
  });

  it('print as one or two parts', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (ms) => {
        expect(formatDuration(ms)).toMatch(/^[\d.]+ (?:ms|s|m|h)(?: \d+ [sm])?$/);
      }),
    );
  });

  it('come back exactly from their short form, which has one number and one unit', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e6 }), units, (count, unit) => {
        const ms = count * MS[unit];
        expect(exactDuration(ms)).toMatch(/^\d+(?:ms|s|m|h|d)$/);
        expect(parseDuration(exactDuration(ms))).toBe(ms);
        expect(exactDuration(ms).length).toBeLessThanOrEqual(`${count}${unit}`.length);
      }),
    );
  });

  it('are a finite whole number or refused, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d.]{1,12}(ms|s|m|h|d)$/)), (text) => {
        const ms = parseDuration(text);
        expect(ms === undefined || Number.isInteger(ms)).toBe(true);
      }),
    );
  });
});
