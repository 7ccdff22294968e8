/** Run reports as people read them: a plain line in a pipe, a table on a terminal, the story of a failure. */
import type { Diagnosis, Failure } from '../domain/failure.ts';
import type { RunReport } from '../domain/report.ts';
import { formatDuration } from '../lib/duration.ts';
import { sameOptions } from './options.ts';
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
  options: { readonly artifacts?: string; readonly config: string; readonly state?: string },
): readonly string[] {
  const { compensation, runId } = report;
  const { artifacts } = options;
  const lines = [...storyOf(report)];
  const { outcome, diagnosis } = report;
  if ('failure' in outcome && artifacts !== undefined) lines.push(`  kept: ${artifacts}/${runId}`);
  if (diagnosis !== undefined) {
    lines.push(`  why: orderwatch explain ${sameOptions(options)} ${runId}`);
  }
  if (compensation.kind !== 'clean') {
    lines.push(`  clean-up ${compensation.kind}: ${compensation.reason ?? 'unknown'}`);
    lines.push(`  next: orderwatch sweep ${sameOptions(options)} --tenant ${report.tenant}`);
  }
  return lines.length === 0 ? [] : [colours.bold(runId), ...lines];
}

/** What became of a run that did not pass, or passed slowly; empty otherwise. */
export function storyOf({ outcome, diagnosis }: RunReport): readonly string[] {
  if (outcome.kind === 'skipped') return [`  skipped: ${outcome.reason}`];
  if (outcome.kind === 'passed') {
    if (diagnosis === undefined) return [];
    return [`  passed, after a long wait: layer ${diagnosis.layers.join(' or ')}`];
  }
  return [
    `  ${outcome.kind}${atStep(outcome.failure)}: ${outcome.failure.message}`,
    `  ${blameOf(outcome.failure, diagnosis)}`,
    ...(diagnosis === undefined ? [] : [`  because ${diagnosis.because}`]),
  ];
}

const atStep = ({ step }: Failure): string => (step === undefined ? '' : ` at "${step}"`);

function blameOf(failure: Failure, diagnosis: Diagnosis | undefined): string {
  const layers = diagnosis?.layers ?? ('layer' in failure ? [failure.layer] : []);
  const layer = layers.length === 0 ? '' : `, layer ${layers.join(' or ')}`;
  const trace = failure.trace === undefined ? '' : `, traceback ${failure.trace}`;
  return `blame ${failure.blame}${layer}, code ${failure.code}${trace}`;
}

function documentsOf({ documents }: RunReport): string {
  return documents.length === 0 ? 'no document' : documents.map((d) => d.reference).join(', ');
}
