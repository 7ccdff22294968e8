/** Run reports as people read them: a plain line in a pipe, a table on a terminal, the story of a failure. */
import type { RunReport } from '../domain/report.ts';
import { formatDuration } from '../lib/duration.ts';
import { colours, paintOutcome, table } from './terminal.ts';

export function runLine(report: RunReport): string {
  const { tenant, scenario, transport, outcome, compensation } = report;
  const duration = formatDuration(report.durationMs);
  const line = `${paintOutcome(outcome.kind)} ${tenant} ${scenario} ${transport} ${duration}`;
  return `${line}, clean-up ${compensation.kind}, ${documentsOf(report)}`;
}

export function runTable(reports: readonly RunReport[]): string {
  return table(
    ['tenant', 'scenario', 'transport', 'outcome', 'duration', 'clean-up', 'document'],
    reports.map((report) => [
      report.tenant,
      report.scenario,
      report.transport,
      paintOutcome(report.outcome.kind),
      formatDuration(report.durationMs),
      paintOutcome(report.compensation.kind),
      documentsOf(report),
    ]),
  );
}

/** Why a run did not pass or is not clean, and where to look next; nothing for a run that is fine. */
export function failureLines(
  report: RunReport,
  { artifacts, config }: { readonly artifacts?: string; readonly config: string },
): readonly string[] {
  const { outcome, compensation, runId } = report;
  const lines: string[] = [];
  if (outcome.kind === 'skipped') lines.push(`  skipped: ${outcome.reason}`);
  if (outcome.kind === 'failed' || outcome.kind === 'inconclusive') {
    const { failure } = outcome;
    const layer = failure.blame === 'target' ? `, layer ${failure.layer}` : '';
    const step = failure.step === undefined ? '' : ` at "${failure.step}"`;
    lines.push(`  ${outcome.kind}${step}: ${failure.message}`);
    lines.push(`  blame ${failure.blame}${layer}, code ${failure.code}`);
    if (artifacts !== undefined) lines.push(`  kept: ${artifacts}/${runId}`);
  }
  if (compensation.kind !== 'clean') {
    lines.push(`  clean-up ${compensation.kind}: ${compensation.reason ?? 'unknown'}`);
    lines.push(`  next: orderwatch sweep --config ${config} --tenant ${report.tenant}`);
  }
  return lines.length === 0 ? [] : [colours.bold(runId), ...lines];
}

function documentsOf({ documents }: RunReport): string {
  return documents.length === 0 ? 'no document' : documents.map((d) => d.reference).join(', ');
}
