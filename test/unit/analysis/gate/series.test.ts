import { describe, expect, it } from 'vitest';
import { brokenBefore, findingsOf } from '../../../../src/analysis/gate/series.ts';
import { scenarioId } from '../../../../src/domain/ids.ts';
import { pastFailureOf } from '../../../../src/domain/past-run.ts';
import { type Criterion, DEFAULT_POLICY, type Policy } from '../../../../src/domain/policy.ts';
import { broken, lost, ours, pastOf, runOf, seenOf } from '../../../support/unit/gate-runs.ts';

const policyWith = (...rollback: readonly Criterion[]): Policy => ({ ...DEFAULT_POLICY, rollback });
const says = (...args: Parameters<typeof findingsOf>): readonly string[] =>
  findingsOf(...args).map((finding) => `${finding.says} ${finding.code}`);
const confirmed = seenOf([broken, broken]);

describe('what the runs of one series say', () => {
  it('is nothing when all passed', () => {
    expect(says(seenOf(['passed', 'passed']), DEFAULT_POLICY, true)).toEqual([]);
  });

  it('is a rollback once a failure is confirmed, and not before', () => {
    expect(says(seenOf([broken]), DEFAULT_POLICY, true)).toEqual(['inconclusive not-confirmed']);
    expect(says(confirmed, DEFAULT_POLICY, true)).toEqual(['rollback failure']);
  });

  it('names place, step and the runs that show it', () => {
    const [finding] = findingsOf(confirmed, DEFAULT_POLICY, true);
    expect(finding).toMatchObject({
      tenant: 'north',
      scenario: 'order-confirmation',
      transport: 'rpc',
      step: 'confirm order',
      runs: confirmed.runs.map(({ runId }) => runId),
    });
    expect(finding?.because).toContain('the module raised');
  });

  it('is the gravest of two attempts that failed in different ways', () => {
    const known = { ...broken, step: 'read back' };
    const before = [pastOf(pastFailureOf(known))];
    const both = [seenOf([known, broken], { before }), seenOf([broken, known], { before })];
    for (const seen of both) {
      expect(says(seen, DEFAULT_POLICY, true)).toEqual(['rollback failure']);
      expect(findingsOf(seen, DEFAULT_POLICY, true)[0]?.step).toBe('confirm order');
    }
    const advisory = policyWith(
      { on: 'failure', steps: ['read back'], level: 'advisory' },
      { on: 'failure', level: 'blocking' },
    );
    expect(says(seenOf([known, broken]), advisory, true)).toEqual(['rollback failure']);
  });

  it('cannot be told when what had failed was skipped when repeated', () => {
    expect(says(seenOf(['passed', broken, 'skipped']), DEFAULT_POLICY, true)).toEqual([
      'inconclusive not-confirmed',
    ]);
  });

  it('is our own slip where nobody knows the name and nothing ever passed', () => {
    const observations = [{ look: 'dns', seen: 'unknown-name' }] as const;
    const diagnosis = {
      rule: 'r',
      because: 'b',
      blame: 'target',
      layers: [],
      observations,
    } as const;
    const away = { ...broken, code: 'odoo.unreachable' };
    const runs = [runOf(away, { diagnosis }), runOf(away, { diagnosis })];
    expect(says(seenOf([], { runs }), DEFAULT_POLICY, true)).toEqual(['inconclusive our-side']);
    const before = [pastOf()];
    expect(says(seenOf([], { runs, before }), DEFAULT_POLICY, true)).toEqual(['rollback failure']);
  });

  it('is said once however often it was met', () => {
    expect(says(seenOf([broken, broken, broken, broken]), DEFAULT_POLICY, true)).toHaveLength(1);
  });

  it('is the first criterion that fits scenario and step', () => {
    const level = 'advisory';
    const other = { on: 'failure', scenarios: [scenarioId('login')], level } as const;
    const step = { on: 'failure', steps: ['confirm order'], level } as const;
    const all = { on: 'failure', level: 'blocking' } as const;
    expect(says(confirmed, policyWith(other, step, all), true)).toEqual(['advice failure']);
    expect(says(confirmed, policyWith(other, all, step), true)).toEqual(['rollback failure']);
    const { step: _, ...nowhere } = broken;
    expect(says(seenOf([nowhere, nowhere]), policyWith(step), true)).toEqual(['hold failure']);
  });

  it('is a hold where no criterion fits: nobody said that it does not matter', () => {
    expect(says(confirmed, policyWith(), true)).toEqual(['hold failure']);
  });

  it('tells a lost capability from another failure', () => {
    const lostOnly = policyWith({ on: 'lost-capability', level: 'blocking' });
    expect(says(seenOf([lost, lost]), lostOnly, true)).toEqual(['rollback lost-capability']);
    expect(says(confirmed, lostOnly, true)).toEqual(['hold failure']);
  });

  it('is a hold when the tenant had failed alike before', () => {
    const before = [pastOf(), pastOf(pastFailureOf(broken))];
    expect(says({ ...confirmed, before }, DEFAULT_POLICY, true)).toEqual(['hold already-broken']);
  });

  it('is advice when a failure was an accident, and a hold when there were two', () => {
    expect(says(seenOf([broken, 'passed', 'passed']), DEFAULT_POLICY, true)).toEqual([
      'advice intermittent',
    ]);
    expect(says(seenOf([broken, 'passed', broken, 'passed']), DEFAULT_POLICY, true)).toEqual([
      'hold intermittent',
    ]);
  });

  it('is never a rollback for what is ours, and advice only where enough else was told', () => {
    expect(says(seenOf([ours, ours]), DEFAULT_POLICY, false)).toEqual(['inconclusive our-side']);
    expect(says(seenOf(['passed', ours, ours]), DEFAULT_POLICY, true)).toEqual(['advice our-side']);
    expect(says(seenOf([broken, ours, ours]), DEFAULT_POLICY, true)).toEqual([
      'inconclusive not-confirmed',
    ]);
  });

  it('cannot be told while something is not undone', () => {
    const pending = { kind: 'pending', actions: [], reason: 'Odoo went away' } as const;
    const runs = [runOf('passed', { compensation: pending })];
    expect(says(seenOf([], { runs }), DEFAULT_POLICY, true)).toEqual(['inconclusive not-undone']);
  });
});

describe('broken before', () => {
  const alike = pastOf(pastFailureOf(broken));
  const other = pastOf({ code: 'odoo.locked', step: 'confirm order' });

  it('is what failed alike when it was last played, or twice lately', () => {
    expect(brokenBefore([pastOf(), alike], broken)).toBe(true);
    expect(brokenBefore([alike, pastOf(), alike, pastOf()], broken)).toBe(true);
  });

  it('is not what was mended since, or failed otherwise, or long ago', () => {
    expect(brokenBefore([], broken)).toBe(false);
    expect(brokenBefore([alike, pastOf()], broken)).toBe(false);
    expect(brokenBefore([pastOf(), other], broken)).toBe(false);
    const passed = Array.from({ length: 5 }, () => pastOf());
    expect(brokenBefore([alike, alike, ...passed], broken)).toBe(false);
  });
});
