import { expect, it } from 'vitest';
import { observed } from '../../../src/domain/evidence.ts';
import type { Diagnosis } from '../../../src/domain/failure.ts';
import type { Outcome, RunReport } from '../../../src/domain/report.ts';
import { faults } from '../../faults/all.ts';
import { asItIs, type Expected, type Fault, ORDER } from '../../faults/fault.ts';
import { judge as judgePlayed, type Verdict } from '../../faults/judge.ts';
import { reportOf } from '../../support/unit/reports.ts';

const faultOf = (expected: Expected): Fault => ({
  ...ORDER,
  id: 'one',
  what: 'one',
  expected,
  inject: () => Promise.resolve(asItIs),
});

const failed = (layer: 'application' | 'ingress'): Outcome => ({
  kind: 'failed',
  failure: { blame: 'target', layer, code: 'odoo.timeout', message: 'no answer' },
});
const judge = (
  fault: Fault,
  report: RunReport | undefined,
  withDsn: boolean,
  warnings: readonly string[] = [],
): Verdict => judgePlayed(fault, { report, warnings }, withDsn);

const DATABASE = { blame: 'target', layer: 'database' } as const;
const diagnosisOf = (
  blame: Diagnosis['blame'],
  ...layers: Diagnosis['layers']
): { readonly diagnosis: Diagnosis } => ({
  diagnosis: {
    ...{ rule: 'a-rule', because: 'of something', blame, layers },
    observations: [observed('health', 'ok'), observed('postgres', 'locked')],
  },
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
  const report = reportOf({ outcome: failed('application'), ...diagnosisOf('target', ...layers) });
  expect(judge(faultOf(DATABASE), report, withDsn)).toMatchObject({
    blame: 'target',
    rule: 'a-rule',
    evidence: 'odoo.timeout, postgres locked',
    blameRight: true,
    layerRight,
  });
});

it('knows a tenant that is blamed for us, and one that is not blamed', () => {
  const report = reportOf({ outcome: failed('ingress'), ...diagnosisOf('target', 'ingress') });
  expect(judge(faultOf({ blame: 'fleet' }), report, true).blameRight).toBe(false);
  expect(judge(faultOf(DATABASE), reportOf(), true)).toMatchObject({
    blame: 'none',
    blameRight: false,
    layerRight: false,
  });
  expect(judge(faultOf(DATABASE), undefined, true).blameRight).toBe(false);
});

it('wants a slow run to pass and to say why it was slow', () => {
  const slow = faultOf({ ...DATABASE, slow: true });
  const diagnosis = diagnosisOf('target', 'database');
  expect(judge(slow, reportOf(diagnosis), true)).toMatchObject({
    blameRight: true,
    layerRight: true,
  });
  expect(
    judge(slow, reportOf({ outcome: failed('application'), ...diagnosis }), true).blameRight,
  ).toBe(false);
  expect(judge(slow, reportOf(), true).blameRight).toBe(false);
});

it('wants a run that passes and a doctor who warns to blame nobody', () => {
  const warning = faultOf({ warning: 'certificate' });
  expect(judge(warning, reportOf(), true).blameRight).toBe(false);
  expect(judge(warning, reportOf(), true, ['certificate'])).toMatchObject({
    blameRight: true,
    evidence: 'doctor warns: certificate',
    layerRight: undefined,
  });
  expect(
    judge(
      warning,
      reportOf({ outcome: failed('ingress'), ...diagnosisOf('target', 'ingress') }),
      true,
    ).blameRight,
  ).toBe(false);
});
