/** How long steps took before a deployment and after it, all steps of a gate compared at once, and what that says. */
import type { Finding, GatedStep } from '../../domain/gate.ts';
import type { PastRun, Series } from '../../domain/past-run.ts';
import { criterionFor, type Policy } from '../../domain/policy.ts';
import { compareAll, durationsOf, type Pair, type Timed } from '../comparison/compare.ts';
import { placeOf } from './series.ts';
import { latencyWords, neededWords } from './words.ts';

export interface Timings extends Series {
  readonly timeZone: string;
  /** As the scenario's revision declares them. */
  readonly steps: readonly string[];
  readonly revision: number;
  readonly before: readonly PastRun[];
  readonly after: readonly PastRun[];
}

/** In the order of what is given, the steps in theirs. What told nothing after the deployment has no steps. */
export function latenciesOf(
  all: readonly Timings[],
  policy: Policy,
): readonly (Series & { readonly steps: readonly GatedStep[] })[] {
  const pairs = all.map((timings) => pairsOf(timings));
  const latencies = compareAll(pairs.flat(), policy)[Symbol.iterator]();
  return all.map(({ tenant, scenario, transport, steps }, index) => ({
    ...{ tenant, scenario, transport },
    steps: (pairs[index] ?? []).flatMap((pair, at) => {
      const latency = latencies.next().value;
      const step = steps[at];
      if (latency === undefined || step === undefined) return [];
      const [before, after] = [durationsOf(pair.before), durationsOf(pair.after)];
      return [{ step, before, after, latency }];
    }),
  }));
}

/** Only what was measured alike: one revision of the scenario, one wire. */
function pairsOf({ timeZone, steps, revision, before, after }: Timings): readonly Pair[] {
  if (after.length === 0) return [];
  const wire = after.at(-1)?.wire;
  const comparable = (run: PastRun): boolean =>
    run.revision === revision && run.wire === wire && run.stepsMs.length === steps.length;
  const [old, fresh] = [before.filter(comparable), after.filter(comparable)];
  return steps.map((_, step) => ({
    timeZone,
    before: timedAt(old, step),
    after: timedAt(fresh, step),
  }));
}

const timedAt = (runs: readonly PastRun[], step: number): readonly Timed[] =>
  runs.map(({ atMs, stepsMs }) => ({ atMs, ms: stepsMs[step] ?? 0 }));

export function latencyFindings(
  series: Series & { readonly steps: readonly GatedStep[] },
  policy: Policy,
): readonly Finding[] {
  const { scenario, steps } = series;
  const slower = steps.flatMap(({ step, latency }): readonly Finding[] => {
    if (latency.kind !== 'worse') return [];
    const criterion = criterionFor(policy, 'slower', { scenario, step });
    const decided = criterion?.level === 'blocking' ? 'rollback' : 'advice';
    const says = criterion === undefined ? 'hold' : decided;
    const because = latencyWords(latency);
    return [{ code: 'slower', says, ...placeOf(series), step, because, runs: [] }];
  });
  const needed = neededWords(series);
  if (!policy.requireLatency || needed === undefined) return slower;
  const because = `the policy requires its latency, and there is ${needed}`;
  const unknown = { code: 'too-little-data', says: 'inconclusive', because, runs: [] } as const;
  return [...slower, { ...unknown, ...placeOf(series) }];
}
