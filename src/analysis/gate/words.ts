/** How a gate's result is put into words: the same for the terminal, the summary and whoever else tells of it. */
import {
  type Finding,
  type GatedSeries,
  type GatedStep,
  type GateResult,
  gravity,
  type Latency,
} from '../../domain/gate.ts';
import type { RunReport } from '../../domain/report.ts';
import { formatDuration } from '../../lib/duration.ts';
import { groupBy } from '../../lib/group.ts';
import { oneLine } from '../../lib/thrown.ts';

type Place = Pick<GatedSeries, 'tenant' | 'scenario' | 'transport'>;

/** `north order-confirmation rpc`, or as much of it as is known. */
export function placeWords({
  tenant,
  scenario,
  transport,
}: { readonly [part in keyof Place]?: string | undefined }): string {
  return [tenant, scenario, transport].filter((word) => word !== undefined).join(' ');
}

/** Whether a run or a finding is about this series; a finding may name less than all three. */
export function isOf(
  series: Place,
  { tenant, scenario, transport }: { readonly [part in keyof Place]?: string | undefined },
): boolean {
  return (
    tenant === series.tenant &&
    (scenario ?? series.scenario) === series.scenario &&
    (transport ?? series.transport) === series.transport
  );
}

/** `1.6x slower (1.4 to 1.9), 99.8 % sure`, `not slower`, `not enough data: 12 more runs`. */
export function latencyWords(latency: Latency): string {
  switch (latency.kind) {
    case 'worse':
      return `${slowerWords(latency)} (${ratio(latency.low)} to ${ratio(latency.high)}), ${sureWords(latency.confidence)}`;
    case 'not-worse':
      return 'not slower';
    case 'not-enough-data':
      return moreRunsWords(latency);
  }
}

const slowerWords = (latency: { readonly ratio: number }): string =>
  `${ratio(latency.ratio)}x slower`;

/** As far as a comparison counts. */
const MOST_RUNS = 100;

function moreRunsWords({ moreRuns, of }: Extract<Latency, { kind: 'not-enough-data' }>): string {
  const runs = `${of === 'before' ? 'past ' : ''}run${moreRuns === 1 ? '' : 's'}`;
  return `not enough data: ${moreRuns}${moreRuns < MOST_RUNS ? '' : ' or'} more ${runs}`;
}

/** As many digits as tell something: 1.04, 1.15, 1.6, 12. */
function ratio(value: number): string {
  if (value >= 9.95) return value.toFixed(0);
  return value.toFixed(value < 1.25 ? 2 : 1);
}

/** Rounded down: nobody is surer than the numbers are. */
function sureWords(confidence: number): string {
  if (confidence >= 0.999) return 'over 99.9 % sure';
  return `${Math.floor(confidence * 1_000) / 10} % sure`;
}

/** `310 ms to 420 ms`. */
export const rangeWords = (lowMs: number, highMs: number): string =>
  `${formatDuration(lowMs)} to ${formatDuration(highMs)}`;

/** The step that got slower the most, of those that got slower for sure. */
export function slowestChange(
  series: GatedSeries,
): { readonly step: string; readonly ratio: number } | undefined {
  return worseSteps(series)
    .map(({ step, latency }) => ({ step, ratio: latency.ratio }))
    .toSorted((a, b) => b.ratio - a.ratio)[0];
}

type WorseStep = GatedStep & { readonly latency: Extract<Latency, { kind: 'worse' }> };

export function worseSteps({ steps }: GatedSeries): readonly WorseStep[] {
  return steps.filter((step): step is WorseStep => step.latency.kind === 'worse');
}

/** Whether anything can be said about how long its steps take now. */
export const latencyKnown = ({ steps }: GatedSeries): boolean =>
  steps.some(({ latency }) => latency.kind !== 'not-enough-data');

/** What is in the way of knowing: `not enough data: 12 more runs`, of the step that needs most; undefined without steps. */
export function neededWords({ steps }: Pick<GatedSeries, 'steps'>): string | undefined {
  const needs = steps
    .map(({ latency }) => latency)
    .filter((latency) => latency.kind === 'not-enough-data')
    .toSorted((a, b) => b.moreRuns - a.moreRuns)[0];
  return needs === undefined ? undefined : moreRunsWords(needs);
}

const PLAYED = ['passed', 'failed', 'inconclusive', 'skipped'] as const;

/** `2 passed, 1 failed`; `none` where nothing was played. */
export function countWords(counts: Partial<Record<(typeof PLAYED)[number], number>>): string {
  const some = PLAYED.filter((kind) => (counts[kind] ?? 0) > 0);
  return some.map((kind) => `${counts[kind]} ${kind}`).join(', ') || 'none';
}

/** `north, south, west and 9 more`. */
export function listWords(names: readonly string[], most = 5): string {
  if (names.length <= most) return names.join(', ') || 'none';
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** How long the gate took, milliseconds. */
export const gateLasted = ({ startedAt, finishedAt }: GateResult): number =>
  Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt));

/** By what they say, the gravest first within each. */
export function findingGroups(
  findings: readonly Finding[],
): readonly (readonly [Finding['says'], readonly Finding[]])[] {
  const groups = groupBy(findings, ({ says }) => says);
  return gravity.flatMap((says) => {
    const found = groups.get(says);
    return found === undefined ? [] : [[says, found] as const];
  });
}

/** The run to look at for a finding: of those it names the last, rather one that did not pass; undefined when none was played. */
export function shownBy({ runs: ids }: Finding, runs: readonly RunReport[]): RunReport | undefined {
  const named = runs.filter(({ runId }) => ids.includes(runId));
  return named.findLast(({ outcome }) => outcome.kind !== 'passed') ?? named.at(-1);
}

/** About a series as a whole: `1.6x slower: confirm order`, `not slower`, `not enough data: 12 more runs`; empty without steps. */
export function changeWords(series: GatedSeries, most: number): string {
  const slowest = slowestChange(series);
  if (slowest !== undefined) return `${slowerWords(slowest)}: ${oneLine(slowest.step, most)}`;
  return neededWords(series) ?? (series.steps.length === 0 ? '' : 'not slower');
}

/** `2026.11.3 (1a2b3c4)`. */
export function deploymentWords({ deployment }: GateResult): string {
  if (deployment === undefined) return 'version not told';
  const { version, commit } = deployment;
  return commit === undefined ? version : `${version} (${commit.slice(0, 12)})`;
}
