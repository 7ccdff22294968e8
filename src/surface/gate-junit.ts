/** A gate's result as JUnit XML: a suite for each scenario, a case for each step of the run that decides. */
import junit, { type Builder, type TestSuite } from 'junit-report-builder';
import { isOf, placeWords } from '../analysis/gate/words.ts';
import type { Finding, GatedSeries, GateResult } from '../domain/gate.ts';
import { groupBy } from '../lib/group.ts';
import { oneLine } from '../lib/thrown.ts';
import { type Case, casesOf, decidingRun } from './gate-cases.ts';

// The package's types describe its bundler build; what Node loads is the builder itself.
const factory = junit as unknown as Builder;

const MOST_LETTERS = 2_000;

/** Never without a case, and never green unless the gate lets the deployment through. */
export function gateJunitXml(result: GateResult): string {
  const report = factory.newBuilder();
  const begin = (name: string): TestSuite => suiteOf(report, name, result);
  const red = new Set<GatedSeries>();
  for (const [scenario, all] of groupBy(result.series, (series) => series.scenario)) {
    const suite = begin(scenario);
    for (const series of all) {
      const run = decidingRun(series, result);
      if (run !== undefined) suite.property(`run.${series.tenant}.${series.transport}`, run.runId);
      const cases = casesOf(series, run, result.findings);
      for (const one of cases) write(suite, placeWords(series), one);
      if (cases.some(isRed)) red.add(series);
    }
  }
  const others = otherCases(result, red);
  if (others.length > 0) {
    const suite = begin('gate');
    for (const { place, ...one } of others) write(suite, place, one);
  }
  return report.build();
}

const isRed = ({ kind }: Case): boolean => kind === 'failure' || kind === 'error';

/** What was found and no step shows, such as that nothing ran. */
function otherCases(
  { findings, verdict }: GateResult,
  red: ReadonlySet<GatedSeries>,
): readonly (Case & { readonly place: string })[] {
  const untold = findings.filter(
    (one) => one.says !== 'advice' && ![...red].some((series) => isOf(series, one)),
  );
  if (untold.length > 0) {
    return untold.map((one) => ({ place: placeWords(one) || 'gate', ...findingCase(one) }));
  }
  if (red.size > 0) return [];
  const { kind, code, because } = verdict;
  const says = kind === 'promote' ? 'advice' : kind;
  return [{ place: 'gate', ...findingCase({ says, code, because }) }];
}

function findingCase({
  says,
  code,
  because,
  step,
}: Pick<Finding, 'says' | 'because' | 'step'> & { readonly code: string }): Case {
  const name = step === undefined ? code : `${code}: ${step}`;
  if (says === 'advice') return { name, kind: 'passed' };
  const kind = says === 'inconclusive' ? 'error' : 'failure';
  return { name, kind, message: because, type: `gate.${code}` };
}

function suiteOf(report: Builder, name: string, result: GateResult): TestSuite {
  const { gateId, policy, tenants, verdict } = result;
  return report
    .testSuite()
    .name(name)
    .property('gate', gateId)
    .property('verdict', verdict.kind)
    .property('policy', oneLine(policy, MOST_LETTERS))
    .property('tenants', tenants.join(', '));
}

/** `place` in words becomes a class name: `tenant.scenario.transport`. */
function write(suite: TestSuite, place: string, { name, seconds, ...one }: Case): void {
  const test = suite.testCase().className(place.replaceAll(' ', '.')).name(oneLine(name, 200));
  if (seconds !== undefined) test.time(seconds);
  const message = oneLine(one.message ?? '', MOST_LETTERS);
  if (one.kind === 'failure') test.failure(message, one.type);
  if (one.kind === 'error') test.error(message, one.type);
  // The builder writes it as CDATA, and lets only the first end of such a section stand for text.
  if (one.kind === 'skipped') test.skipped().standardOutput(message.replaceAll(']]>', ']] >'));
}
