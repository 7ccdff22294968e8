import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlineOf, isOverdue } from '../../../src/domain/limits.ts';
import { findMark } from '../../../src/domain/mark.ts';
import { isResidue, type OpenDocument } from '../../../src/domain/residue.ts';

const limits = { runMs: 60_000, compensationMs: 30_000, callMs: 10_000, sweepGraceMs: 5_000 };
const anyLimits = fc.record({
  runMs: fc.nat(3_600_000),
  compensationMs: fc.nat(3_600_000),
  callMs: fc.nat(3_600_000),
  sweepGraceMs: fc.nat(86_400_000),
});

const document = (parts: Partial<OpenDocument>): OpenDocument => ({
  model: 'sale.order',
  id: 1,
  reference: 'S00001',
  state: 'sale',
  createdMs: 0,
  ...parts,
});

describe('the deadline', () => {
  it('is the start plus run time plus compensation time', () => {
    expect(deadlineOf(1_000, limits)).toBe(91_000);
  });

  it('is never before either time is used up, whatever the limits', () => {
    fc.assert(
      fc.property(fc.nat(), anyLimits, (start, given) => {
        const deadline = deadlineOf(start, given);
        expect(deadline).toBeGreaterThanOrEqual(start + given.runMs);
        expect(deadline - start - given.runMs).toBe(given.compensationMs);
      }),
    );
  });
});

describe('overdue', () => {
  it.each([
    [99_999, false],
    [105_000, false],
    [105_001, true],
  ])('at %d ms, for a deadline of 100 000 and a grace of 5000: %s', (now, overdue) => {
    expect(isOverdue(100_000, limits, now)).toBe(overdue);
  });

  it('never before the deadline, and once it is, for ever', () => {
    fc.assert(
      fc.property(fc.nat(), anyLimits, fc.nat(), fc.nat(), (deadline, given, now, later) => {
        if (now <= deadline) expect(isOverdue(deadline, given, now)).toBe(false);
        if (isOverdue(deadline, given, now)) {
          expect(isOverdue(deadline, given, now + later)).toBe(true);
        }
      }),
    );
  });
});

describe('residue', () => {
  const mark = findMark('SYN~n~s~rpc~20260701T100000Z~1782900120')!;

  it('is a marked document past its mark’s own deadline and the grace', () => {
    const marked = document({ mark });
    expect(isResidue(marked, limits, mark.deadlineMs + 5_000)).toBe(false);
    expect(isResidue(marked, limits, mark.deadlineMs + 5_001)).toBe(true);
  });

  it('is never a marked document before its deadline, however old it is', () => {
    const old = document({ mark, createdMs: 0 });
    expect(
      isResidue(old, { ...limits, runMs: 0, compensationMs: 0, sweepGraceMs: 0 }, mark.deadlineMs),
    ).toBe(false);
  });

  it('is an unmarked document older than the longest run and the grace', () => {
    const created = 1_000_000;
    const unmarked = document({ createdMs: created });
    expect(isResidue(unmarked, limits, created + 95_000)).toBe(false);
    expect(isResidue(unmarked, limits, created + 95_001)).toBe(true);
  });
});
