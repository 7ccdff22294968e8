import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXIT, type ExitCode, worst } from '../../src/cli/exit.ts';

/** The worst first, as people are told. */
const PRECEDENCE: readonly ExitCode[] = [130, 2, 5, 1, 6, 4, 3, 0];
const code = fc.constantFrom(...PRECEDENCE);
const codes = fc.array(fc.option(code, { nil: undefined }), { maxLength: 12 });

describe('the exit code of a command', () => {
  it('is one of those that happened, or 3 when nothing did', () => {
    fc.assert(
      fc.property(codes, (all) => {
        const happened = all.filter((one) => one !== undefined);
        const answer = worst(all);
        if (happened.length === 0) expect(answer).toBe(3);
        else expect(happened).toContain(answer);
      }),
    );
  });

  it('is never outranked by another that happened', () => {
    fc.assert(
      fc.property(codes, (all) => {
        const ranks = all.filter((one) => one !== undefined).map((one) => PRECEDENCE.indexOf(one));
        if (ranks.length > 0) expect(PRECEDENCE.indexOf(worst(all))).toBe(Math.min(...ranks));
      }),
    );
  });

  it('does not depend on the order in which things happened', () => {
    fc.assert(
      fc.property(codes, fc.integer(), (all, turn) => {
        const cut = Math.abs(turn) % (all.length + 1);
        expect(worst([...all.slice(cut), ...all.slice(0, cut)])).toBe(worst(all));
      }),
    );
  });

  it('ignores what was skipped beside anything else', () => {
    fc.assert(
      fc.property(codes, (all) => {
        expect(worst([...all, undefined])).toBe(worst(all));
      }),
    );
  });

  it('may be made up part by part', () => {
    fc.assert(
      fc.property(fc.array(code, { minLength: 1 }), fc.array(code, { minLength: 1 }), (a, b) => {
        expect(worst([worst(a), worst(b)])).toBe(worst([...a, ...b]));
      }),
    );
  });

  it('has one meaning each', () => {
    expect(EXIT).toEqual({
      passed: 0,
      failed: 1,
      usage: 2,
      nothingRan: 3,
      inconclusive: 4,
      timedOut: 5,
      hold: 6,
      interrupted: 130,
    });
    expect(Object.values(EXIT).toSorted()).toEqual(PRECEDENCE.toSorted());
  });
});
