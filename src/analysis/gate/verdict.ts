/** The verdict of a gate: a fold over what its runs, their latencies and its own end say. */
import { type Finding, type GatedStep, gravity, type Verdict } from '../../domain/gate.ts';
import type { Series } from '../../domain/past-run.ts';
import type { Policy } from '../../domain/policy.ts';
import type { RunReport } from '../../domain/report.ts';
import { coverageFindings, isCovered } from './coverage.ts';
import { latencyFindings } from './latency.ts';
import { findingsOf, notUndone, type SeriesSeen } from './series.ts';
import { placeWords } from './words.ts';

export interface GateSeen {
  readonly policy: Policy;
  /** Scenarios that were asked for by name. */
  readonly named: readonly string[];
  readonly series: readonly SeriesSeen[];
  /** Runs that do not count, such as of the tenant that is compared with: only what they left behind does. */
  readonly others?: readonly RunReport[];
  readonly latencies: readonly (Series & { readonly steps: readonly GatedStep[] })[];
  /** Why it ended before everything was played, when it did. */
  readonly stopped?: 'timed-out' | 'interrupted';
}

export interface Judged {
  readonly verdict: Verdict;
  /** The gravest first. */
  readonly findings: readonly Finding[];
}

/** Whether nothing that is still to be played can change the verdict. */
export function isSure({ policy, series }: Pick<GateSeen, 'policy' | 'series'>): boolean {
  return series.some((one) =>
    findingsOf(one, policy, false).some(({ says }) => says === 'rollback'),
  );
}

export function judgeGate(seen: GateSeen): Judged {
  const { policy, series, others = [] } = seen;
  const isEnough = isCovered(series, policy);
  const found = [
    ...series.flatMap((one) => findingsOf(one, policy, isEnough)),
    ...seen.latencies.flatMap((one) => latencyFindings(one, policy)),
    ...others.flatMap((run) => notUndone(run)),
  ];
  const findings = [...found, ...endOf(seen, found)].toSorted((a, b) => rank(a) - rank(b));
  return { verdict: verdictOf(findings, seen), findings };
}

/** What is not complete proves nothing, but a rollback needs no more. */
function endOf(seen: GateSeen, found: readonly Finding[]): readonly Finding[] {
  const { series, policy, named, stopped } = seen;
  const common = { says: 'inconclusive', runs: [] } as const;
  if (stopped === 'interrupted') {
    return [{ ...common, code: stopped, because: 'it was interrupted before its end' }];
  }
  if (found.some(({ says }) => says === 'rollback')) return [];
  if (stopped === 'timed-out') {
    return [
      { ...common, code: stopped, because: 'its time was over before everything was played' },
    ];
  }
  const lacking = coverageFindings(series, policy, named);
  // Failures that are only advice are no reason to go on either.
  const isOpen = [...found, ...lacking].every(({ says }) => says === 'advice');
  if (!isOpen || passedIn(series) > 0) return lacking;
  return [...lacking, { ...common, code: 'coverage', because: 'nothing passed' }];
}

/** An end that came too early outranks everything, that nothing ran only what does not matter. */
function rank({ code, says }: Finding): number {
  if (code === 'interrupted') return -2;
  if (code === 'timed-out') return -1;
  return gravity.indexOf(says) + (code === 'nothing-ran' || code === 'coverage' ? 0.5 : 0);
}

function verdictOf(findings: readonly Finding[], { series }: GateSeen): Verdict {
  for (const finding of findings) {
    const { says, code, because } = finding;
    if (says !== 'advice') return { kind: says, code, because: `${placeText(finding)}${because}` };
  }
  const passed = passedIn(series);
  const but = findings.length === 0 ? '' : ' but advice';
  const because = `${passed} ${passed === 1 ? 'run' : 'runs'} passed, and nothing${but} stands against it`;
  return { kind: 'promote', code: 'sound', because };
}

const passedIn = (series: readonly SeriesSeen[]): number =>
  series.flatMap(({ runs }) => runs).filter(({ outcome }) => outcome.kind === 'passed').length;

function placeText(finding: Finding): string {
  const { tenant, step } = finding;
  if (tenant === undefined) return '';
  const at = step === undefined ? '' : ` at "${step}"`;
  return `${placeWords(finding)}${at}: `;
}
