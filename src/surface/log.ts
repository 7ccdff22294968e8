/** The log: one wide event for each run, and one for whatever the fleet could not do. No event holds a secret. */
import { type DestinationStream, type Logger, pino } from 'pino';
import type { RunReport } from '../domain/report.ts';
import type { Tenant } from '../domain/tenant.ts';

export function openLog(destination: DestinationStream): Logger {
  return pino(
    { base: {}, messageKey: 'event', timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  );
}

/** Everything that somebody may want to ask of a run, flat and in one line; the report was scrubbed when it was made. */
export function logRun(log: Logger, report: RunReport, tenant: Tenant): void {
  const { outcome, steps, compensation, documents, diagnosis } = report;
  const failure = 'failure' in outcome ? outcome.failure : undefined;
  log[outcome.kind === 'failed' ? 'warn' : 'info'](
    {
      runId: report.runId,
      tenant: report.tenant,
      cluster: tenant.platform.cluster,
      databaseHost: tenant.platform.databaseHost,
      tier: tenant.tier,
      scenario: report.scenario,
      revision: report.revision,
      transport: report.transport,
      wire: report.wire,
      slot: report.slot,
      startedAt: report.startedAt,
      durationMs: report.durationMs,
      outcome: outcome.kind,
      ...(outcome.kind === 'skipped' ? { reason: outcome.reason } : {}),
      ...failure,
      ...(diagnosis === undefined ? {} : { rule: diagnosis.rule, layers: diagnosis.layers }),
      steps: Object.fromEntries(steps.map(({ name, durationMs }) => [name, durationMs])),
      documents: documents.map(({ model, id }) => `${model},${id}`),
      compensation: compensation.kind,
      ...(compensation.reason === undefined ? {} : { compensationReason: compensation.reason }),
      contaminated: report.contaminated,
    },
    'run',
  );
}
