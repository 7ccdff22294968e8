import { describe, expect, it } from 'vitest';
import {
  latenciesOf,
  latencyFindings,
  type Timings,
} from '../../../../src/analysis/gate/latency.ts';
import type { GatedStep } from '../../../../src/domain/gate.ts';
import type { PastRun } from '../../../../src/domain/past-run.ts';
import { type Criterion, DEFAULT_POLICY, type Policy } from '../../../../src/domain/policy.ts';
import { pastOf } from '../../../support/unit/gate-runs.ts';

const DEPLOYED = Date.UTC(2026, 6, 8, 10);
const MINUTE_MS = 60_000;

/** Runs a few milliseconds apart in length, as of a quiet tenant. */
function runs(
  count: number,
  fromMs: number,
  apartMs: number,
  stepsMs: readonly number[],
): readonly PastRun[] {
  return Array.from({ length: count }, (_, index) =>
    pastOf(undefined, {
      atMs: fromMs + index * apartMs,
      stepsMs: stepsMs.map((ms) => ms * (1 + ((index * 7) % 11) / 100)),
    }),
  );
}
const history = (count: number, ...stepsMs: readonly number[]): readonly PastRun[] =>
  runs(count, DEPLOYED - count * 5 * MINUTE_MS, 5 * MINUTE_MS, stepsMs);
const fresh = (count: number, ...stepsMs: readonly number[]): readonly PastRun[] =>
  runs(count, DEPLOYED + MINUTE_MS, 4_000, stepsMs);

const timings = (change: Partial<Timings> = {}): Timings => ({
  ...{ tenant: 'north', scenario: 'order-confirmation', transport: 'rpc' },
  ...{ timeZone: 'Europe/Paris', revision: 1, steps: ['create', 'confirm'] },
  before: history(576, 200, 400),
  after: fresh(25, 200, 1_200),
  ...change,
});
const stepsOf = (
  change: Partial<Timings> = {},
  policy: Policy = DEFAULT_POLICY,
): readonly GatedStep[] => latenciesOf([timings(change)], policy)[0]?.steps ?? [];
const kindsOf = (...args: Parameters<typeof stepsOf>): readonly string[] =>
  stepsOf(...args).map(({ step, latency }) => `${step} ${latency.kind}`);

describe('how long steps took', () => {
  it('is told of each step in its order, before and after', () => {
    const steps = stepsOf();
    expect(steps.map(({ step, latency }) => `${step} ${latency.kind}`)).toEqual([
      'create not-worse',
      'confirm worse',
    ]);
    expect(steps[1]).toMatchObject({ before: { runs: 576 }, after: { runs: 25 } });
    expect(steps[1]?.before.medianMs).toBeGreaterThan(400);
    expect(steps[1]?.before.medianMs).toBeLessThan(450);
    expect(steps[1]?.after.medianMs).toBeGreaterThan(1_200);
  });

  it('says what is missing where there is too little, on the side where more is', () => {
    const few = stepsOf({ before: history(5, 200, 400) });
    expect(few[0]?.latency).toEqual({ kind: 'not-enough-data', moreRuns: 7, of: 'before' });
    const short = stepsOf({ after: fresh(3, 200, 400) });
    expect(short[1]?.latency).toEqual({ kind: 'not-enough-data', moreRuns: 10, of: 'after' });
  });

  it('does not mix what is not measured alike: another revision, another wire, other steps', () => {
    const others = [{ revision: 2 }, { wire: 'json2' }, { stepsMs: [1] }, { stepsMs: [] }] as const;
    for (const other of others) {
      const before = history(20, 200, 400).map((run) => ({ ...run, ...other }));
      expect(stepsOf({ before })[0]?.before).toEqual({ runs: 0 });
    }
    const failed = [...fresh(3, 200, 400), pastOf({ code: 'odoo.error' })];
    expect(stepsOf({ after: failed })[0]?.after.runs).toBe(3);
  });

  it('is told of no step of what told nothing after the deployment', () => {
    expect(stepsOf({ after: [] })).toEqual([]);
  });

  it('belongs to its series, also where another one has no steps', () => {
    const all = latenciesOf(
      [timings({ after: [] }), timings({ tenant: 'south', steps: ['create', 'confirm'] })],
      DEFAULT_POLICY,
    );
    expect(all.map(({ tenant, steps }) => [tenant, steps.length])).toEqual([
      ['north', 0],
      ['south', 2],
    ]);
    expect(all[1]?.steps[1]?.latency.kind).toBe('worse');
  });

  it('counts what the policy calls worse', () => {
    const after = fresh(25, 200, 800);
    expect(kindsOf({ after })).toContain('confirm worse');
    expect(kindsOf({ after }, { ...DEFAULT_POLICY, worseBy: 5 })).toContain('confirm not-worse');
  });
});

describe('what the latencies of a series say', () => {
  const policyWith = (...rollback: readonly Criterion[]): Policy => ({
    ...DEFAULT_POLICY,
    rollback,
  });
  const says = (change: Partial<Timings>, policy: Policy): readonly string[] =>
    latenciesOf([timings(change)], policy)
      .flatMap((one) => latencyFindings(one, policy))
      .map((one) => `${one.says} ${one.code} ${one.step ?? ''}`.trim());

  it('is a hold for what got slower, unless a criterion decides', () => {
    expect(says({}, policyWith())).toEqual(['hold slower confirm']);
    const blocking = { on: 'slower', steps: ['confirm'], level: 'blocking' } as const;
    expect(says({}, policyWith(blocking))).toEqual(['rollback slower confirm']);
    expect(says({}, policyWith({ on: 'slower', level: 'advisory' }))).toEqual([
      'advice slower confirm',
    ]);
  });

  it('is nothing for too little data, unless the policy requires latency', () => {
    const after = fresh(3, 200, 400);
    expect(says({ after }, DEFAULT_POLICY)).toEqual([]);
    const requiring = { ...DEFAULT_POLICY, requireLatency: true };
    expect(says({ after }, requiring)).toEqual(['inconclusive too-little-data']);
    const [series] = latenciesOf([timings({ after })], requiring);
    const [finding] = latencyFindings(series!, requiring);
    expect(finding?.because).toBe(
      'the policy requires its latency, and there is not enough data: 10 more runs',
    );
  });
});
