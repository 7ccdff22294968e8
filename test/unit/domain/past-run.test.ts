import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/domain/failure.ts';
import {
  isAlike,
  type PastFailure,
  pastFailureOf,
  pastRunOf,
  pastRunSchema,
} from '../../../src/domain/past-run.ts';
import { outcomeOf } from '../../../src/domain/report.ts';
import { broken, ours } from '../../support/unit/gate-runs.ts';
import { reportOf } from '../../support/unit/reports.ts';

const step = {
  transport: 'rpc',
  startedAt: '2026-07-01T10:00:00.000Z',
  outcome: 'passed',
} as const;
const steps = [
  { ...step, name: 'sign in', phase: 'set-up', durationMs: 900 },
  { ...step, name: 'create', phase: 'measured', durationMs: 210.5 },
  { ...step, name: 'confirm', phase: 'measured', durationMs: 340 },
] as const;

describe('what is remembered of a run', () => {
  it('that passed are its measured steps, in order, without the set-up', () => {
    const past = pastRunOf(reportOf({ steps, revision: 3 }));
    expect(past).toEqual({
      v: 1,
      atMs: Date.parse('2026-07-01T10:00:00.007Z'),
      revision: 3,
      wire: 'xmlrpc',
      stepsMs: [210.5, 340],
    });
    expect(pastRunSchema.parse(past)).toEqual(past);
  });

  it('that was disturbed by ourselves is that it passed, and no duration', () => {
    expect(pastRunOf(reportOf({ steps, contaminated: true }))).toMatchObject({ stepsMs: [] });
    expect(pastRunOf(reportOf({ steps, contaminated: true }))).not.toHaveProperty('failure');
  });

  it('that failed is how, and no duration', () => {
    const failure: Failure = { ...broken, trace: '0123456789ab' };
    const past = pastRunOf(reportOf({ steps, outcome: outcomeOf(failure) }));
    expect(past?.stepsMs).toEqual([]);
    const known = { code: 'odoo.error', step: 'confirm order', trace: '0123456789ab' };
    expect(past?.failure).toEqual(known);
    expect(pastRunSchema.parse(past)).toEqual(past);
  });

  it('that tells nothing of the tenant is nothing', () => {
    expect(pastRunOf(reportOf({ outcome: outcomeOf(ours) }))).toBeUndefined();
    const skipped = { kind: 'skipped', reason: 'no consent' } as const;
    expect(pastRunOf(reportOf({ outcome: skipped }))).toBeUndefined();
  });

  it('leaves out what the failure does not tell', () => {
    expect(pastFailureOf(ours)).toEqual({ code: 'browser.missing' });
  });
});

describe('failures are alike', () => {
  const confirm: PastFailure = { code: 'odoo.error', step: 'confirm' };

  it('when code and step are', () => {
    expect(isAlike(confirm, { ...confirm })).toBe(true);
    expect(isAlike(confirm, { ...confirm, code: 'odoo.locked' })).toBe(false);
    expect(isAlike(confirm, { ...confirm, step: 'create' })).toBe(false);
    expect(isAlike(confirm, { code: 'odoo.error' })).toBe(false);
  });

  it('when their tracebacks are, where both have one', () => {
    const here = { ...confirm, trace: '0123456789ab' };
    expect(isAlike(here, here)).toBe(true);
    expect(isAlike(here, { ...confirm, trace: 'ba9876543210' })).toBe(false);
    expect(isAlike(here, confirm)).toBe(true);
  });

  it('when both found the tenant down, wherever and however', () => {
    const away = { code: 'odoo.unreachable', step: 'sign in' };
    expect(isAlike(away, { code: 'odoo.gateway-error', step: 'create' })).toBe(true);
    expect(isAlike(away, { code: 'odoo.error', step: 'sign in' })).toBe(false);
  });

  it('when both had no answer, whatever they were waiting for', () => {
    const silent = { code: 'odoo.timeout', step: 'sign in' };
    expect(isAlike(silent, { ...silent, step: 'confirm' })).toBe(true);
    expect(isAlike(silent, confirm)).toBe(false);
  });
});
