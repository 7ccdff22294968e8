/** What the run that decides about a series comes to, step by step, as the cases of a test report. */
import { isOf, latencyWords } from '../analysis/gate/words.ts';
import type { Finding, GatedSeries, GateResult } from '../domain/gate.ts';
import type { RunReport } from '../domain/report.ts';

export interface Case {
  readonly name: string;
  readonly seconds?: number;
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  /** Of all but those that passed: why, and a word for what it is. */
  readonly message?: string;
  readonly type?: string;
}

const CONFIRMING: readonly Finding['code'][] = [
  'failure',
  'lost-capability',
  'already-broken',
  'not-confirmed',
];

/**
 * The last run that shows the gravest of what was found, for a policy plays each several times; else the last of all.
 * Undefined where nothing was played.
 */
export function decidingRun(
  series: GatedSeries,
  { findings, runs }: Pick<GateResult, 'findings' | 'runs'>,
): RunReport | undefined {
  const played = runs.filter((run) => isOf(series, run));
  const troubled = played.filter((run) => 'failure' in run.outcome || !isClean(run));
  return (
    findings
      .filter((one) => isOf(series, one) && counts(one))
      .map((one) => troubled.findLast(({ runId }) => one.runs.includes(runId)))
      .find((run) => run !== undefined) ?? played.at(-1)
  );
}

const counts = ({ code, says }: Finding): boolean => says !== 'advice' || CONFIRMING.includes(code);
const isClean = ({ compensation }: RunReport): boolean => compensation.kind === 'clean';

/** In the order in which the steps were played, at least one; `run` is the one that decides. */
export function casesOf(
  series: GatedSeries,
  run: RunReport | undefined,
  findings: readonly Finding[],
): readonly Case[] {
  if (run === undefined) return [unplayed(series.scenario, series.skipped ?? 'not played')];
  if (run.outcome.kind === 'skipped') return [unplayed(series.scenario, run.outcome.reason)];
  const cases = [...playedCases(run), ...failureCase(run)];
  const missed = series.steps.filter(({ step }) => !cases.some(({ name }) => name === step));
  return [
    ...cases.map((one) => withLatency(one, series, findings)),
    ...missed.map(({ step }) => unplayed(step, 'not reached')),
    ...cleanUpCase(run),
  ];
}

const unplayed = (name: string, message: string): Case => ({ name, kind: 'skipped', message });

function playedCases(run: RunReport): readonly Case[] {
  return run.steps.map((step) => ({
    name: step.name,
    seconds: Math.round(step.durationMs) / 1_000,
    ...(failedAt(run, step) ? trouble(run) : { kind: 'passed' }),
  }));
}

function failedAt({ outcome }: RunReport, step: RunReport['steps'][number]): boolean {
  return 'failure' in outcome && (step.outcome === 'failed' || outcome.failure.step === step.name);
}

/** What failed in no step that was played. */
function failureCase(run: RunReport): readonly Case[] {
  const { outcome } = run;
  if (!('failure' in outcome) || run.steps.some((step) => failedAt(run, step))) return [];
  const name = outcome.failure.step ?? 'whole run';
  return [{ name, seconds: Math.round(run.durationMs) / 1_000, ...trouble(run) }];
}

function trouble({ outcome }: RunReport): Omit<Case, 'name'> {
  if (!('failure' in outcome)) return { kind: 'passed' };
  const { code, message } = outcome.failure;
  return { kind: outcome.kind === 'failed' ? 'failure' : 'error', message, type: code };
}

/** Slower is a failure where it is in the way of the deployment. */
function withLatency(one: Case, series: GatedSeries, findings: readonly Finding[]): Case {
  const found = findings.find(
    ({ code, says, step, ...place }) =>
      code === 'slower' && says !== 'advice' && step === one.name && isOf(series, place),
  );
  if (one.kind !== 'passed' || found === undefined) return one;
  const latency = series.steps.find(({ step }) => step === one.name)?.latency;
  const message = latency?.kind === 'worse' ? latencyWords(latency) : found.because;
  return { ...one, kind: 'failure', message, type: 'latency.worse' };
}

function cleanUpCase({ compensation }: RunReport): readonly Case[] {
  const { kind, reason = 'not undone' } = compensation;
  if (kind === 'clean') return [];
  return [{ name: 'clean-up', kind: 'error', message: reason, type: `clean-up.${kind}` }];
}
