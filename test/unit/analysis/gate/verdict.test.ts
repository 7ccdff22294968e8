import { describe, expect, it } from 'vitest';
import { type GateSeen, isSure, judgeGate } from '../../../../src/analysis/gate/verdict.ts';
import type { GatedStep } from '../../../../src/domain/gate.ts';
import { scenarioId } from '../../../../src/domain/ids.ts';
import { pastFailureOf } from '../../../../src/domain/past-run.ts';
import { DEFAULT_POLICY } from '../../../../src/domain/policy.ts';
import { broken, ours, pastOf, runOf, seenOf } from '../../../support/unit/gate-runs.ts';

const gateOf = (change: Partial<GateSeen> = {}): GateSeen => ({
  policy: DEFAULT_POLICY,
  named: [],
  series: [seenOf(['passed', 'passed'])],
  latencies: [],
  ...change,
});
const verdict = (change: Partial<GateSeen>): string => {
  const { kind, code } = judgeGate(gateOf(change)).verdict;
  return `${kind} ${code}`;
};
const timed = (latency: GatedStep['latency']): GateSeen['latencies'] => [
  {
    tenant: 'north',
    scenario: 'order-confirmation',
    transport: 'rpc',
    steps: [{ step: 'confirm order', before: { runs: 20 }, after: { runs: 20 }, latency }],
  },
];
const worse = timed({ kind: 'worse', ratio: 1.8, low: 1.5, high: 2.1, confidence: 0.999 });
const unknown = timed({ kind: 'not-enough-data', moreRuns: 12, of: 'after' });
const already = seenOf([broken, broken], { before: [pastOf(pastFailureOf(broken))] });

describe('the verdict', () => {
  it('promotes when everything passed, and says how much', () => {
    expect(verdict({})).toBe('promote sound');
    expect(judgeGate(gateOf()).verdict.because).toContain('2 runs passed');
  });

  it('rolls back for one confirmed failure, whatever else there is', () => {
    const series = [already, seenOf(['passed']), seenOf([ours, ours]), seenOf([broken, broken])];
    expect(verdict({ series })).toBe('rollback failure');
    expect(isSure({ policy: DEFAULT_POLICY, series })).toBe(true);
    expect(isSure({ policy: DEFAULT_POLICY, series: series.slice(0, 3) })).toBe(false);
  });

  it('holds what was broken already', () => {
    expect(verdict({ series: [seenOf(['passed']), already] })).toBe('hold already-broken');
  });

  it('never promotes when nothing ran', () => {
    expect(verdict({ series: [] })).toBe('inconclusive nothing-ran');
    expect(verdict({ series: [seenOf(['skipped'])] })).toBe('inconclusive nothing-ran');
    const { because } = judgeGate(gateOf({ series: [seenOf(['skipped'])] })).verdict;
    expect(because).toContain('no consent');
  });

  it('waits for what any run left behind, also one that does not count', () => {
    const compensation = { kind: 'pending', actions: [], reason: 'Odoo went away' } as const;
    const others = [runOf('passed', { compensation, tenant: 'south' })];
    expect(verdict({ others })).toBe('inconclusive not-undone');
    expect(judgeGate(gateOf({ others })).findings[0]).toMatchObject({ tenant: 'south' });
    expect(verdict({ others, series: [seenOf([broken, broken])] })).toBe('rollback failure');
  });

  it('cannot tell what is ours', () => {
    expect(verdict({ series: [seenOf([ours, ours])] })).toBe('inconclusive our-side');
  });

  it('promotes beside what is ours where the policy wants less', () => {
    const policy = { ...DEFAULT_POLICY, coverage: { ratio: 0.5, scenarios: [] } };
    const series = [seenOf(['passed']), seenOf([ours, ours])];
    expect(verdict({ series, policy })).toBe('promote sound');
    expect(verdict({ series })).toBe('inconclusive our-side');
  });

  it('does not promote when all there is failed, even if that is only advice', () => {
    const policy = { ...DEFAULT_POLICY, rollback: [{ on: 'failure', level: 'advisory' }] } as const;
    const failed = seenOf([broken, broken]);
    expect(verdict({ policy, series: [failed] })).toBe('inconclusive coverage');
    expect(verdict({ policy, series: [failed, seenOf(['passed'])] })).toBe('promote sound');
  });

  it('does not let a scenario be skipped that was named, that the policy wants, or that passed before', () => {
    const login = scenarioId('login');
    const skipped = seenOf(['skipped'], { scenario: login });
    const series = [seenOf(['passed']), skipped];
    expect(verdict({ series })).toBe('promote sound');
    expect(verdict({ series, named: ['login'] })).toBe('inconclusive coverage');
    const policy = { ...DEFAULT_POLICY, coverage: { ratio: 1, scenarios: [login] } };
    expect(verdict({ series, policy })).toBe('inconclusive coverage');
    const passedBefore = [seenOf(['passed']), { ...skipped, before: [pastOf()] }];
    expect(verdict({ series: passedBefore })).toBe('inconclusive coverage');
  });

  it('is content with one transport of what is required', () => {
    const overBrowser = seenOf(['skipped'], { transport: 'browser' });
    const series = [seenOf(['passed']), overBrowser];
    expect(verdict({ series, named: ['order-confirmation'] })).toBe('promote sound');
  });

  it('is out of time when it was not complete, but a rollback needs no more', () => {
    const stopped = 'timed-out';
    expect(verdict({ stopped })).toBe('inconclusive timed-out');
    expect(verdict({ stopped, series: [already] })).toBe('inconclusive timed-out');
    expect(verdict({ stopped, series: [seenOf([broken, broken])] })).toBe('rollback failure');
  });

  it('is nobody’s when somebody interrupted it', () => {
    const series = [seenOf([broken, broken])];
    expect(verdict({ stopped: 'interrupted', series })).toBe('inconclusive interrupted');
  });

  it('holds what is slower for sure, unless the policy says otherwise', () => {
    expect(verdict({ latencies: worse })).toBe('hold slower');
    const { rollback } = DEFAULT_POLICY;
    const blocking = { on: 'slower', steps: ['confirm order'], level: 'blocking' } as const;
    const elsewhere = { on: 'slower', steps: ['read back'], level: 'blocking' } as const;
    const advisory = { on: 'slower', level: 'advisory' } as const;
    const withRules = (
      ...rules: readonly (typeof blocking | typeof elsewhere | typeof advisory)[]
    ) => ({
      policy: { ...DEFAULT_POLICY, rollback: [...rollback, ...rules] },
      latencies: worse,
    });
    expect(verdict(withRules(blocking))).toBe('rollback slower');
    expect(verdict(withRules(elsewhere))).toBe('hold slower');
    expect(verdict(withRules(elsewhere, advisory))).toBe('promote sound');
  });

  it('waits for data about latency only where the policy requires it', () => {
    expect(verdict({ latencies: unknown })).toBe('promote sound');
    const policy = { ...DEFAULT_POLICY, requireLatency: true };
    expect(verdict({ latencies: unknown, policy })).toBe('inconclusive too-little-data');
    const fine = timed({ kind: 'not-worse', ratio: 1.01, low: 0.95, high: 1.08 });
    expect(verdict({ latencies: fine, policy })).toBe('promote sound');
  });

  it('lists the gravest finding first', () => {
    const series = [seenOf([ours, ours]), seenOf([broken, 'passed']), already];
    const { findings } = judgeGate(gateOf({ series, latencies: worse }));
    expect(findings.map(({ says }) => says)).toEqual(
      ['hold', 'hold', 'inconclusive', 'advice', 'inconclusive'].toSorted(
        (a, b) => order.indexOf(a) - order.indexOf(b),
      ),
    );
  });
});

const order = ['rollback', 'hold', 'inconclusive', 'advice'];
