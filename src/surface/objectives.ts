/** The samples of objectives. */
import type { Standing } from '../analysis/objectives.ts';
import type { Objective } from '../domain/objective.ts';
import type { Labels, Sample } from './metrics.ts';

interface Shown {
  readonly tenant: string;
  readonly objective: Objective;
  readonly counts:
    | {
        readonly ms: Readonly<Record<'good' | 'bad' | 'unknown' | 'maintenance', number>>;
        readonly runs: Readonly<Record<'good' | 'bad', number>>;
      }
    | undefined;
  readonly standing: Standing | undefined;
}

/** What cannot be told has no series. */
export function* objectiveSamples(shown: Iterable<Shown>): Iterable<Sample> {
  for (const { tenant, objective, counts, standing } of shown) {
    const { workflow, level, target } = objective;
    const labels = { tenant, workflow };
    yield {
      name: 'orderwatch_objective_target_ratio',
      labels: { ...labels, level },
      value: target,
    };
    yield* countSamples(labels, counts);
    yield* windowSamples(labels, standing);
  }
}

function countSamples(labels: Labels, counts: Shown['counts']): readonly Sample[] {
  if (counts === undefined) return [];
  return [
    ...Object.entries(counts.ms).map(([state, ms]): Sample => {
      const own = { ...labels, state };
      return { name: 'orderwatch_objective_seconds_total', labels: own, value: ms / 1_000 };
    }),
    ...Object.entries(counts.runs).map(([result, value]): Sample => {
      return { name: 'orderwatch_objective_runs_total', labels: { ...labels, result }, value };
    }),
  ];
}

function windowSamples(labels: Labels, standing: Standing | undefined): readonly Sample[] {
  if (standing === undefined) return [];
  const { verdict, availability, budget, downtimeSeconds } = standing;
  const known: readonly (readonly [Sample['name'], number | undefined])[] = [
    ['orderwatch_objective_availability_ratio', availability],
    ['orderwatch_objective_budget_left_ratio', budget.leftRatio],
  ];
  return [
    ...known.flatMap(([name, value]) =>
      value === undefined || verdict === 'unknown' ? [] : [{ name, labels, value }],
    ),
    { name: 'orderwatch_objective_downtime_seconds', labels, value: downtimeSeconds },
  ];
}
