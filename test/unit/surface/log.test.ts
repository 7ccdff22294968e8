import { describe, expect, it } from 'vitest';
import { logRun, openLog } from '../../../src/surface/log.ts';
import { tenantOf } from '../../support/unit/engine.ts';
import { reportOf } from '../../support/unit/reports.ts';

function logged(change: Parameters<typeof reportOf>[0] = {}): Record<string, unknown> {
  const lines: string[] = [];
  const log = openLog({ write: (line) => void lines.push(line) });
  logRun(log, reportOf(change), tenantOf());
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!) as Record<string, unknown>;
}

describe('the event of a run', () => {
  it('is one line with everything that somebody may ask of it', () => {
    const { time, ...event } = logged();
    expect(Date.parse(String(time))).toBeGreaterThan(0);
    expect(event).toEqual({
      level: 30,
      event: 'run',
      runId: 'SYN~north~order-confirmation~rpc~20260701T100000007Z-42',
      tenant: 'north',
      cluster: 'a',
      databaseHost: 'b',
      tier: '99.9',
      scenario: 'order-confirmation',
      revision: 1,
      transport: 'rpc',
      wire: 'xmlrpc',
      slot: '20260701T100000007Z-42',
      startedAt: '2026-07-01T10:00:00.007Z',
      durationMs: 2_400,
      outcome: 'passed',
      steps: { 'confirm order': 340.1 },
      documents: ['sale.order,7'],
      compensation: 'clean',
      contaminated: false,
    });
  });

  it('says of a failed one what, whose and where', () => {
    const failure = {
      code: 'odoo.timeout',
      blame: 'target',
      layer: 'application',
      message: 'no answer',
      step: 'confirm order',
    } as const;
    expect(logged({ outcome: { kind: 'failed', failure } })).toMatchObject({
      level: 40,
      outcome: 'failed',
      ...failure,
    });
  });

  it('says which rule decided, and between which layers', () => {
    const diagnosis = {
      ...{ rule: 'lock', because: 'of a lock', observations: [] },
      ...({ blame: 'target', layers: ['database'] } as const),
    };
    expect(logged({ diagnosis })).toMatchObject({ rule: 'lock', layers: ['database'] });
  });

  it('says of a skipped one why', () => {
    const outcome = { kind: 'skipped', reason: 'no module' } as const;
    expect(logged({ outcome })).toMatchObject({ outcome: 'skipped', reason: 'no module' });
  });
});
