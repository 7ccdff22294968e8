import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMark, markOf, runIdOf } from '../../src/domain/mark.ts';
import { controlNumbersOf, findShortMark, shortMarkOf } from '../../src/domain/short-mark.ts';
import { slotInstant, slotOf, unscheduledSlot } from '../../src/domain/slot.ts';
import { instants, noDigitFirst, runIds, runKeys } from '../support/unit/arbitraries.ts';

const around = fc.string({ unit: 'grapheme' });

describe('marks', () => {
  it('give back every part of their run, also embedded in other text', () => {
    fc.assert(
      fc.property(runKeys, instants, around, noDigitFirst, (key, deadline, prefix, suffix) => {
        const runId = runIdOf(key);
        const found = findMark(prefix + markOf(runId, deadline) + suffix);
        expect(found).toEqual({ ...key, runId, deadlineMs: Math.ceil(deadline / 1_000) * 1_000 });
      }),
    );
  });

  it('are found as file names and inside a credit note’s reason', () => {
    fc.assert(
      fc.property(runKeys, instants, (key, deadline) => {
        const mark = markOf(runIdOf(key), deadline);
        const runId = runIdOf(key);
        expect(findMark(`${mark}.xml`)?.runId).toBe(runId);
        expect(findMark(`Reversal of: INV/2026/00001, ${mark}`)?.runId).toBe(runId);
        expect(findMark(`SYN~${mark}`)?.runId).toBe(runId);
      }),
    );
  });

  it('are not found in a mark that was cut short', () => {
    fc.assert(
      fc.property(runKeys, instants, fc.nat(), (key, deadline, cut) => {
        const mark = markOf(runIdOf(key), deadline);
        // The last digits may be missing without notice: nine are enough for a deadline.
        const shorter = mark.slice(0, cut % (runIdOf(key).length + 9));
        expect(findMark(shorter)).toBeUndefined();
      }),
    );
  });

  it('are not read out of random text', () => {
    fc.assert(
      fc.property(around, (text) => {
        expect(findMark(text)).toBeUndefined();
      }),
    );
  });

  it('never end before their deadline, and less than a second after it', () => {
    fc.assert(
      fc.property(runKeys, fc.double({ min: 1e12, max: 7e12, noNaN: true }), (key, deadline) => {
        const late = findMark(markOf(runIdOf(key), deadline))!.deadlineMs - deadline;
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThan(1_000);
      }),
    );
  });
});

describe('short marks', () => {
  it('are 20 characters that every syntax carries, and give back their deadline from any text', () => {
    const noLetterOrDigit = around.filter((text) => !/[A-Z0-9]/.test(text));
    fc.assert(
      fc.property(runIds, instants, noLetterOrDigit, (runId, deadline, edge) => {
        const shortMark = shortMarkOf(markOf(runId, deadline));
        expect(shortMark).toMatch(/^SYN[A-Z0-9]{17}$/);
        const deadlineMs = Math.ceil(deadline / 1_000) * 1_000;
        expect(findShortMark(edge + shortMark + edge)).toMatchObject({ shortMark, deadlineMs });
      }),
    );
  });

  it('of different runs differ, and so do their control numbers', () => {
    fc.assert(
      fc.property(runIds, runIds, instants, (one, other, deadline) => {
        fc.pre(one !== other);
        const [a, b] = [shortMarkOf(markOf(one, deadline)), shortMarkOf(markOf(other, deadline))];
        expect(a).not.toBe(b);
        expect(controlNumbersOf(a).interchange).not.toBe(controlNumbersOf(b).interchange);
      }),
    );
  });

  it('have the same control numbers of nine digits, whatever the deadline', () => {
    fc.assert(
      fc.property(runIds, instants, instants, (runId, one, other) => {
        const numbers = controlNumbersOf(shortMarkOf(markOf(runId, one)));
        expect(controlNumbersOf(shortMarkOf(markOf(runId, other)))).toEqual(numbers);
        for (const number of Object.values(numbers)) expect(number).toMatch(/^[1-9]\d{8}$/);
      }),
    );
  });

  it('are not read out of random text', () => {
    fc.assert(
      fc.property(around, (text) => {
        expect(findShortMark(text)).toBeUndefined();
      }),
    );
  });
});

describe('run ids', () => {
  it('hold no wildcard of LIKE and nothing that a file name or a job id forbids', () => {
    fc.assert(
      fc.property(runIds, (runId) => {
        expect(runId).toMatch(/^[A-Za-z0-9~-]+$/);
      }),
    );
  });

  it('of different runs never find each other’s documents', () => {
    fc.assert(
      fc.property(runKeys, runKeys, instants, (one, other, deadline) => {
        const [a, b] = [runIdOf(one), runIdOf(other)];
        fc.pre(a !== b);
        expect(markOf(b, deadline).startsWith(`${a}~`)).toBe(false);
        expect(markOf(a, deadline).startsWith(`${b}~`)).toBe(false);
      }),
    );
  });

  it('stay apart when one slot’s counter begins with the other’s', () => {
    fc.assert(
      fc.property(runKeys, instants, fc.nat(99), fc.nat(99), (key, ms, counter, more) => {
        const a = runIdOf({ ...key, slot: unscheduledSlot(ms, counter) });
        const b = runIdOf({ ...key, slot: unscheduledSlot(ms, Number(`${counter}${more}`)) });
        fc.pre(a !== b);
        expect(markOf(b, ms).startsWith(`${a}~`)).toBe(false);
      }),
    );
  });
});

describe('slots', () => {
  const seconds = instants.map((ms) => ms - (ms % 1_000));

  it('of schedules sort by time as text, also against those of no schedule', () => {
    fc.assert(
      fc.property(seconds, seconds, fc.nat(), (one, other, n) => {
        expect(slotOf(one) < slotOf(other)).toBe(one < other);
        fc.pre(one !== other);
        expect(slotOf(one) < unscheduledSlot(other, n)).toBe(one < other);
      }),
    );
  });

  it('give back their instant', () => {
    fc.assert(
      fc.property(seconds, instants, fc.nat(), (second, ms, n) => {
        expect(slotInstant(slotOf(second))).toBe(second);
        expect(slotInstant(unscheduledSlot(ms, n))).toBe(ms);
      }),
    );
  });

  it('of schedules are refused for a part of a second: two would share one', () => {
    expect(() => slotOf(1_000_500)).toThrow(RangeError);
  });
});

describe('slots of unscheduled runs', () => {
  it('sort by time as text', () => {
    fc.assert(
      fc.property(instants, instants, fc.nat(), fc.nat(), (one, other, n, m) => {
        fc.pre(one < other);
        expect(unscheduledSlot(one, n) < unscheduledSlot(other, m)).toBe(true);
      }),
    );
  });

  it('of one millisecond differ by their counter', () => {
    fc.assert(
      fc.property(instants, fc.nat(), fc.nat(), (ms, n, m) => {
        expect(unscheduledSlot(ms, n) === unscheduledSlot(ms, m)).toBe(n === m);
      }),
    );
  });
});
