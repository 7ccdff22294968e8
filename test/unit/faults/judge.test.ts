import { expect, it } from 'vitest';
import type { Outcome, RunReport } from '../../../src/domain/report.ts';
import { faults } from '../../faults/all.ts';
import { asItIs, type Expected, type Fault, ORDER } from '../../faults/fault.ts';
import { judge } from '../../faults/judge.ts';

const faultOf = (expected: Expected): Fault => ({
  ...ORDER,
  id: 'one',
  what: 'one',
  expected,
  inject: () => Promise.resolve(asItIs),
});

const reportOf = (outcome: Outcome, diagnosis?: object): RunReport =>
  ({ outcome, ...(diagnosis === undefined ? {} : { diagnosis }) }) as unknown as RunReport;

const PASSED = { kind: 'passed' } as const;
const failed = (layer: 'application' | 'ingress'): Outcome => ({
  kind: 'failed',
  failure: { blame: 'target', layer, code: 'odoo.timeout', message: 'no answer' },
});
const DATABASE = { blame: 'target', layer: 'database' } as const;
const diagnosisOf = (blame: string, ...layers: readonly string[]): object => ({
  rule: 'a-rule',
  blame,
  layers,
  because: ['seen'],
  observations: [],
});

it('gives every fault a name of its own', () => {
  expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length);
});

it.each([
  [['database'], true, true],
  [['database', 'application'], false, true],
  [['application', 'database'], false, true],
  [['application', 'database'], true, false],
  [['application'], false, false],
  [['network', 'database'], false, false],
  [['application', 'database', 'network'], false, true],
] as const)('layers %j, with a look into the database: %s', (layers, withDsn, layerRight) => {
  const report = reportOf(failed('application'), diagnosisOf('target', ...layers));
  expect(judge(faultOf(DATABASE), report, withDsn)).toMatchObject({
    blame: 'target',
    rule: 'a-rule',
    evidence: 'seen',
    blameRight: true,
    layerRight,
  });
});

it('takes a failure for its own diagnosis where there is none', () => {
  const verdict = judge(faultOf(DATABASE), reportOf(failed('ingress')), true);
  expect(verdict).toMatchObject({ layers: ['ingress'], blameRight: true, layerRight: false });
});

it('knows a tenant that is blamed for us, and one that is not blamed', () => {
  const report = reportOf(failed('ingress'));
  expect(judge(faultOf({ blame: 'fleet' }), report, true).blameRight).toBe(false);
  expect(judge(faultOf(DATABASE), reportOf(PASSED), true)).toMatchObject({
    blame: 'none',
    blameRight: false,
    layerRight: false,
  });
  expect(judge(faultOf(DATABASE), undefined, true).blameRight).toBe(false);
});

it('wants a slow run to pass and to say why it was slow', () => {
  const slow = faultOf({ ...DATABASE, slow: true });
  const diagnosis = diagnosisOf('target', 'database');
  expect(judge(slow, reportOf(PASSED, diagnosis), true)).toMatchObject({
    blameRight: true,
    layerRight: true,
  });
  expect(judge(slow, reportOf(failed('application'), diagnosis), true).blameRight).toBe(false);
  expect(judge(slow, reportOf(PASSED), true).blameRight).toBe(false);
});

it('wants a run that only warns to blame nobody', () => {
  const warning = faultOf({ warning: 'certificate' });
  expect(judge(warning, reportOf(PASSED), true)).toMatchObject({
    blameRight: true,
    layerRight: undefined,
  });
  expect(judge(warning, reportOf(failed('ingress')), true).blameRight).toBe(false);
});
