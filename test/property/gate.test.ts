import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSure, judgeGate } from '../../src/analysis/gate/verdict.ts';
import { verdictKinds } from '../../src/domain/gate.ts';
import { pastFailureOf } from '../../src/domain/past-run.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import { broken, type Ended, lost, ours, pastOf, seenOf } from '../support/unit/gate-runs.ts';

const script: Ended = { code: 'scenario.threw', blame: 'scenario', message: 'a bug' };
const notTheTenants = fc.constantFrom<Ended>('passed', 'skipped', ours, script);
const anything = fc.oneof(notTheTenants, fc.constantFrom<Ended>(broken, lost));
const seriesOf = (ended: fc.Arbitrary<Ended>) =>
  fc.array(fc.array(ended, { maxLength: 6 }), { maxLength: 4 });
const ratios = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const judged = (
  series: Parameters<typeof judgeGate>[0]['series'],
  ratio = 1,
): ReturnType<typeof judgeGate> =>
  judgeGate({
    policy: { ...DEFAULT_POLICY, coverage: { ratio, scenarios: [] } },
    ...{ named: [], latencies: [], series },
  });

describe('the laws of a gate', () => {
  it('what is ours or the scenario’s is never a rollback', () => {
    fc.assert(
      fc.property(seriesOf(notTheTenants), ratios, (all, ratio) => {
        const series = all.map((ended) => seenOf(ended));
        expect(judged(series, ratio).verdict.kind).not.toBe('rollback');
        expect(isSure({ policy: DEFAULT_POLICY, series })).toBe(false);
      }),
    );
  });

  it('nothing is promoted that did not pass anywhere', () => {
    const nothing = fc.constantFrom<Ended>('skipped', ours, script, broken);
    fc.assert(
      fc.property(seriesOf(nothing), ratios, (all, ratio) => {
        const { verdict } = judged(
          all.map((ended) => seenOf(ended)),
          ratio,
        );
        expect(verdict.kind).not.toBe('promote');
      }),
    );
  });

  it('nothing is promoted while a failure is unexplained or confirmed', () => {
    fc.assert(
      fc.property(seriesOf(anything), (all) => {
        const { verdict } = judged([
          ...all.map((ended) => seenOf(ended)),
          seenOf([broken, broken]),
        ]);
        expect(verdict.kind).toBe('rollback');
      }),
    );
  });

  it('a tenant that failed alike before is never rolled back for it', () => {
    fc.assert(
      fc.property(seriesOf(fc.constantFrom<Ended>('passed', ours, broken)), (all) => {
        const before = [pastOf(), pastOf(pastFailureOf(broken))];
        const series = all.map((ended) => seenOf(ended, { before }));
        expect(judged(series).verdict.kind).not.toBe('rollback');
      }),
    );
  });

  it('one more series never makes a verdict better than without it', () => {
    const badness = (kind: string): number => (kind === 'promote' ? 0 : 1);
    fc.assert(
      fc.property(
        seriesOf(anything),
        fc.array(anything, { minLength: 1, maxLength: 6 }),
        (all, more) => {
          const series = all.map((ended) => seenOf(ended));
          const without = judged(series).verdict;
          // Where nothing ran, more can only help.
          fc.pre(without.code !== 'nothing-ran');
          const { verdict } = judged([...series, seenOf(more)]);
          expect(badness(verdict.kind)).toBeGreaterThanOrEqual(badness(without.kind));
        },
      ),
    );
  });

  it('the verdict is that of a finding, or there is none against it', () => {
    fc.assert(
      fc.property(seriesOf(anything), (all) => {
        const { verdict, findings } = judged(all.map((ended) => seenOf(ended)));
        expect(verdictKinds).toContain(verdict.kind);
        const against = findings.filter(({ says }) => says !== 'advice');
        if (verdict.kind === 'promote') expect(against).toEqual([]);
        else expect(against.map(({ code }) => code)).toContain(verdict.code);
      }),
    );
  });
});
