import { describe, expect, it } from 'vitest';
import { failureLines, runLine, runTable } from '../../../src/cli/run-output.ts';
import type { Diagnosis, Failure } from '../../../src/domain/failure.ts';
import { reportOf } from '../../support/unit/reports.ts';

const target: Failure = {
  code: 'odoo.timeout',
  blame: 'target',
  layer: 'application',
  message: 'no answer',
  step: 'confirm order',
};
const config = 'orderwatch.yaml';

describe('a run in one line', () => {
  it('has outcome, tenant, scenario, transport, duration, clean-up and document', () => {
    expect(runLine(reportOf())).toBe(
      'passed north order-confirmation rpc 2.40 s, clean-up clean, ZZOW/000007',
    );
  });

  it('says that there was no document', () => {
    expect(runLine(reportOf({ documents: [], outcome: { kind: 'skipped', reason: 'x' } }))).toBe(
      'skipped north order-confirmation rpc 2.40 s, clean-up clean, no document',
    );
  });
});

describe('runs as a table', () => {
  it('have a row each under a head', () => {
    const lines = runTable([reportOf(), reportOf({ tenant: 'a-longer-name' })]).split('\n');
    expect(lines).toEqual([
      'tenant         scenario            transport  outcome  duration  clean-up  document',
      'north          order-confirmation  rpc        passed   2.40 s    clean     ZZOW/000007',
      'a-longer-name  order-confirmation  rpc        passed   2.40 s    clean     ZZOW/000007',
    ]);
  });
});

describe('the story of a failure', () => {
  it('is nothing for a run that is fine', () => {
    expect(failureLines(reportOf(), { config })).toEqual([]);
  });

  it('says what, where, whose, and where more is kept', () => {
    const report = reportOf({ outcome: { kind: 'failed', failure: target } });
    expect(failureLines(report, { config, artifacts: 'kept' })).toEqual([
      report.runId,
      '  failed at "confirm order": no answer',
      '  blame target, layer application, code odoo.timeout',
      `  kept: kept/${report.runId}`,
    ]);
  });

  it('says why, and of a run that passed too where it waited', () => {
    const diagnosis: Diagnosis = {
      rule: 'lock',
      because: 'a query waited for a lock',
      blame: 'target',
      layers: ['database', 'application'],
      observations: [],
    };
    const why = '  why: orderwatch explain --config orderwatch.yaml';
    const failed = reportOf({ outcome: { kind: 'failed', failure: target }, diagnosis });
    expect(failureLines(failed, { config: 'orderwatch.yaml' })).toEqual([
      failed.runId,
      '  failed at "confirm order": no answer',
      '  blame target, layer database or application, code odoo.timeout',
      '  because a query waited for a lock',
      `${why} ${failed.runId}`,
    ]);
    const slow = reportOf({ diagnosis });
    expect(failureLines(slow, { config: 'orderwatch.yaml' })).toEqual([
      slow.runId,
      '  passed, after a long wait: layer database or application',
      `${why} ${slow.runId}`,
    ]);
  });

  it('names no layer where there is none', () => {
    const failure: Failure = { code: 'fleet.stalled', blame: 'fleet', message: 'we stood still' };
    const report = reportOf({ outcome: { kind: 'inconclusive', failure } });
    expect(failureLines(report, { config })).toEqual([
      report.runId,
      '  inconclusive: we stood still',
      '  blame fleet, code fleet.stalled',
    ]);
  });

  it('says why a run was skipped', () => {
    const report = reportOf({ outcome: { kind: 'skipped', reason: 'consent is read-only' } });
    expect(failureLines(report, { config })[1]).toBe('  skipped: consent is read-only');
  });

  it('says what to do about a clean-up that is not finished, also when the run passed', () => {
    const report = reportOf({
      compensation: { kind: 'pending', actions: [], reason: 'a create was cut off' },
    });
    expect(failureLines(report, { config })).toEqual([
      report.runId,
      '  clean-up pending: a create was cut off',
      '  next: orderwatch sweep --config orderwatch.yaml --tenant north',
    ]);
  });
});
