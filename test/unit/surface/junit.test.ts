import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/domain/failure.ts';
import { junitXml } from '../../../src/surface/junit.ts';
import { expectGolden } from '../../support/unit/golden.ts';
import { reportOf } from '../../support/unit/reports.ts';

const hostile = 'no <answer> & "quotes" ]]> é';
const target: Failure = {
  code: 'odoo.timeout',
  blame: 'target',
  layer: 'application',
  message: hostile,
};
const fleet: Failure = { code: 'fleet.stalled', blame: 'fleet', message: hostile };

const reports = [
  reportOf(),
  reportOf({ outcome: { kind: 'failed', failure: target } }),
  reportOf({ outcome: { kind: 'inconclusive', failure: fleet } }),
  reportOf({ tenant: 'south', outcome: { kind: 'skipped', reason: hostile } }),
];

describe('JUnit XML', () => {
  it('is as it was read and agreed', () => {
    expectGolden('golden/junit.xml', junitXml(reports));
  });

  it('has a suite for each tenant and a case for each run', () => {
    const xml = junitXml(reports);
    expect(xml.match(/<testsuite /g)).toHaveLength(2);
    expect(xml.match(/<testcase /g)).toHaveLength(4);
    expect(xml).toContain('tests="4" failures="1" errors="1" skipped="1"');
  });

  it('calls only the target’s fault a failure', () => {
    expect(junitXml([reports[1]!])).toContain('<failure');
    expect(junitXml([reports[2]!])).not.toContain('<failure');
    expect(junitXml([reports[2]!])).toContain('<error');
  });

  it('is a document even when nothing ran', () => {
    expect(junitXml([])).toContain('<testsuites');
  });

  it('takes seconds', () => {
    expect(junitXml([reportOf({ durationMs: 2_400 })])).toContain('time="2.4"');
  });
});
