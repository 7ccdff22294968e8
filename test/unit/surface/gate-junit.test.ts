import { describe, expect, it } from 'vitest';
import type { Finding, GateResult } from '../../../src/domain/gate.ts';
import { gateJunitXml } from '../../../src/surface/gate-junit.ts';
import {
  alreadyBroken,
  gatedRun,
  gateResultOf,
  gateResultProblem,
  gateResults,
  nothingRan,
  playedStep,
  promoted,
  rolledBack,
} from '../../support/unit/gate-results.ts';
import { expectGolden } from '../../support/unit/golden.ts';

const counts = (xml: string): string => /<testsuites ([^>]*)>/.exec(xml)?.[1] ?? '';
const place = { tenant: 'north', scenario: 'order-confirmation', transport: 'rpc' } as const;

const finding = (change: Partial<Finding>): Finding => ({
  code: 'failure',
  says: 'rollback',
  because: 'so it is',
  runs: [],
  ...place,
  ...change,
});

/** The first series and the first run of the promotion, with this in its place. */
function changed(run: Partial<GateResult['runs'][number]>, found: readonly Finding[] = []) {
  const runs = [gatedRun(1, place, run)];
  return gateJunitXml({ ...promoted, series: promoted.series.slice(0, 1), runs, findings: found });
}

describe('a gate as JUnit XML', () => {
  it.each(gateResults)('is as it was read and agreed: %s', (name, result) => {
    expect(gateResultProblem(result)).toBeUndefined();
    expectGolden(`golden/gate/${name}.xml`, gateJunitXml(result));
  });

  it('keeps failure, error and skipped apart', () => {
    expect(counts(gateJunitXml(rolledBack))).toBe('tests="9" failures="2" errors="0" skipped="1"');
    expect(counts(gateJunitXml(promoted))).toBe('tests="7" failures="0" errors="0" skipped="1"');
  });

  it('shows the run that confirmed a failure, also when a later one passed', () => {
    const passed = gatedRun(9, { ...place, scenario: 'stock-reservation' });
    const xml = gateJunitXml({ ...alreadyBroken, runs: [...alreadyBroken.runs, passed] });
    expect(xml).toContain('type="odoo.timeout"');
    expect(xml).not.toContain(passed.runId);
  });

  it('shows the last run of what failed once and passed when it was played again', () => {
    const xml = gateJunitXml(rolledBack);
    expect(xml).not.toContain('odoo.conflict');
  });

  it('fails a slower step only where that is in the way', () => {
    const advice = rolledBack.findings.map((one): Finding => ({ ...one, says: 'advice' }));
    expect(gateJunitXml(rolledBack)).toContain('type="latency.worse"');
    expect(gateJunitXml({ ...rolledBack, findings: advice })).not.toContain('latency.worse');
  });

  it('calls what is not the target’s an error', () => {
    const failure = { code: 'fleet.stalled', blame: 'fleet', message: 'we stood still' } as const;
    const xml = changed({ outcome: { kind: 'inconclusive', failure }, steps: [] });
    expect(xml).toContain('name="whole run" time="2.4"');
    expect(xml).toContain('<error message="we stood still" type="fleet.stalled"/>');
    expect(counts(xml)).toContain('errors="1" skipped="3"');
  });

  it('names the step of a failure that was never begun', () => {
    const failure = {
      code: 'a.b',
      blame: 'scenario',
      message: 'x',
      step: 'confirm order',
    } as const;
    const steps = [playedStep('create order', 200)];
    const xml = changed({ outcome: { kind: 'inconclusive', failure }, steps });
    expect([...xml.matchAll(/<testcase [^>]*name="([^"]*)"/g)].map(([, name]) => name)).toEqual([
      'create order',
      'confirm order',
      'read order',
    ]);
  });

  it('has a case for a clean-up that is not finished', () => {
    const xml = changed({ compensation: { kind: 'pending', actions: [], reason: 'cut off' } });
    expect(xml).toContain('<error message="cut off" type="clean-up.pending"/>');
  });

  it('is never green when the gate does not promote', () => {
    const all: Partial<GateResult>[] = [
      nothingRan,
      { findings: [finding({ code: 'intermittent', says: 'hold' })] },
      { findings: [finding({ code: 'coverage', says: 'inconclusive' })] },
      { verdict: { kind: 'inconclusive', code: 'interrupted', because: 'Ctrl-C' } },
      { verdict: { kind: 'hold', code: 'slower', because: 'slower' } },
    ];
    for (const change of all) {
      const xml = gateJunitXml({ ...promoted, ...change });
      expect(xml).toMatch(/<(?:failure|error) /);
    }
  });

  it('calls an inconclusive gate an error, and one that holds a failure', () => {
    expect(counts(gateJunitXml(nothingRan))).toContain('failures="0" errors="1"');
    const held = finding({ code: 'intermittent', says: 'hold' });
    const xml = gateJunitXml({ ...promoted, findings: [held] });
    expect(xml).toContain('classname="north.order-confirmation.rpc" name="intermittent"');
    expect(counts(xml)).toContain('failures="1" errors="0"');
  });

  it('is never without a case', () => {
    expect(gateJunitXml(gateResultOf())).toContain('<testcase classname="gate" name="sound"/>');
  });
});
