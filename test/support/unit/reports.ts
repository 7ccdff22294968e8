/** A run report that is valid and dull, for tests to change. */
import { type RunReport, runReportSchema } from '../../../src/domain/report.ts';

export function reportOf(change: Partial<RunReport> = {}): RunReport {
  return {
    v: 1,
    runId: 'SYN~north~order-confirmation~rpc~20260701T100000007Z-42',
    tenant: 'north',
    scenario: 'order-confirmation',
    revision: 1,
    transport: 'rpc',
    wire: 'xmlrpc',
    slot: '20260701T100000007Z-42',
    startedAt: '2026-07-01T10:00:00.007Z',
    finishedAt: '2026-07-01T10:00:02.407Z',
    durationMs: 2_400,
    outcome: { kind: 'passed' },
    steps: [
      {
        name: 'confirm order',
        phase: 'measured',
        transport: 'rpc',
        startedAt: '2026-07-01T10:00:01.000Z',
        durationMs: 340.1,
        outcome: 'passed',
      },
    ],
    documents: [{ model: 'sale.order', id: 7, reference: 'ZZOW/000007' }],
    compensation: {
      kind: 'clean',
      actions: [
        { action: 'sale.order.action_cancel', model: 'sale.order', id: 7, outcome: 'done' },
      ],
    },
    contaminated: false,
    ...change,
  };
}

/** Why a report is not what the published schema says; undefined when it is. */
export function reportProblem(report: unknown): string | undefined {
  return runReportSchema.safeParse(report).error?.message;
}
