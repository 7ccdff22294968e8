/** Run reports as JUnit XML: failed is a failure, inconclusive or unfinished clean-up an error. */
import junit, { type Builder } from 'junit-report-builder';
import type { RunReport } from '../domain/report.ts';

// The package's types describe its bundler build; what Node loads is the builder itself.
const factory = junit as unknown as Builder;

export function junitXml(reports: readonly RunReport[]): string {
  const report = factory.newBuilder();
  for (const tenant of new Set(reports.map((run) => run.tenant))) {
    const suite = report.testSuite().name(tenant);
    for (const run of reports.filter((one) => one.tenant === tenant)) {
      const test = suite
        .testCase()
        .className(`${run.tenant}.${run.scenario}`)
        .name(`${run.scenario} ${run.transport} ${run.slot}`)
        .time(run.durationMs / 1_000);
      const { outcome, compensation } = run;
      if (outcome.kind === 'skipped') test.skipped().standardOutput(outcome.reason);
      if (outcome.kind === 'failed') test.failure(outcome.failure.message, outcome.failure.code);
      if (outcome.kind === 'inconclusive') {
        test.error(outcome.failure.message, outcome.failure.code);
      }
      if (outcome.kind === 'passed' && compensation.kind !== 'clean') {
        test.error(compensation.reason ?? 'not undone', `clean-up.${compensation.kind}`);
      }
    }
  }
  return report.build();
}
