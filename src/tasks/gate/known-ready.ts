/** What passed before was ready before: so that a gate without memory tells a lost capability from one never offered. */
import { scenarioId } from '../../domain/ids.ts';
import type { PastRun } from '../../domain/past-run.ts';
import { judge } from '../../domain/readiness.ts';
import { needsIn } from '../../engine/assess.ts';
import type { Engine } from '../../engine/run-state.ts';
import type { Wanted } from '../run.ts';

/** Rejects with Failed `state.unusable`. */
export async function rememberReadiness(
  { tenant, scenario }: Wanted,
  before: readonly PastRun[],
  { readiness }: Pick<Engine, 'readiness'>,
): Promise<void> {
  const { revision } = scenario;
  // Another revision may need other things.
  const passed = before.some((run) => run.failure === undefined && run.revision === revision);
  if (!passed) return;
  const id = scenarioId(scenario.id);
  if ((await readiness.get(tenant.id, id)) !== undefined) return;
  await readiness.put(tenant.id, id, judge(undefined, needsIn(tenant, scenario.needs), []));
}
