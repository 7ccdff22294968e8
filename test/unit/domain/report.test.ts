import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/domain/failure.ts';
import { outcomeOf, runReportSchema } from '../../../src/domain/report.ts';
import { reportOf } from '../../support/unit/reports.ts';

const accepts = (value: unknown): boolean => runReportSchema.safeParse(value).success;
const failure: Failure = {
  code: 'odoo.timeout',
  blame: 'target',
  layer: 'application',
  message: 'x',
};

describe('the report schema', () => {
  it.each<[string, object]>([
    ['a passed run', reportOf()],
    ['a failed run', reportOf({ outcome: { kind: 'failed', failure } })],
    [
      'an inconclusive run',
      reportOf({
        outcome: { kind: 'inconclusive', failure: { code: 'a.b', blame: 'fleet', message: '' } },
      }),
    ],
    ['a skipped run', reportOf({ outcome: { kind: 'skipped', reason: 'consent is read-only' } })],
    [
      'a pending clean-up with its reason',
      reportOf({ compensation: { kind: 'pending', actions: [], reason: 'x' } }),
    ],
  ])('accepts %s', (_, report) => {
    expect(runReportSchema.safeParse(report).error).toBeUndefined();
  });

  it.each<[string, object]>([
    ['another version', { v: 2 }],
    ['an outcome that there is not', { outcome: { kind: 'degraded' } }],
    ['a failed run without a failure', { outcome: { kind: 'failed' } }],
    ['a skipped run without a reason', { outcome: { kind: 'skipped' } }],
    ['a passed run with a failure', { outcome: { kind: 'passed', failure } }],
    ['a wire that is unknown', { wire: 'soap' }],
    ['a negative duration', { durationMs: -1 }],
    ['a duration that is no number', { durationMs: NaN }],
    ['an instant without its zone', { startedAt: '2026-07-01T10:00:00' }],
    [
      'a reason that is there and undefined',
      { compensation: { kind: 'clean', actions: [], reason: undefined } },
    ],
    ['a document without an id', { documents: [{ model: 'sale.order', reference: 'S1' }] }],
    ['a revision of 0', { revision: 0 }],
    ['a key that nobody knows', { degraded: true }],
  ])('refuses %s', (_, change) => {
    expect(accepts({ ...reportOf(), ...change })).toBe(false);
  });

  it('refuses a report that lacks any of its keys', () => {
    for (const key of Object.keys(reportOf())) {
      const rest = Object.entries(reportOf()).filter(([name]) => name !== key);
      expect(accepts(Object.fromEntries(rest)), key).toBe(false);
    }
  });
});

describe('outcomeOf', () => {
  it('fails a run for what the target is to blame for', () => {
    expect(outcomeOf(failure)).toEqual({ kind: 'failed', failure });
  });

  it.each(['scenario', 'fleet'] as const)('cannot tell where %s is to blame', (blame) => {
    const ours: Failure = { code: 'a.b', blame, message: 'x' };
    expect(outcomeOf(ours)).toEqual({ kind: 'inconclusive', failure: ours });
  });
});
