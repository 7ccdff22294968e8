/** The last runs of one tenant, scenario and transport, as far as they tell whether it works. */
import { z } from 'zod';
import { layerSchema } from '../../domain/failure.ts';
import type { RunReport } from '../../domain/report.ts';

/** So many of them are remembered. */
const RECENT = 12;
/** So many in a row that passed end failures that came one after the other. */
export const WELL = 3;

export const recentRunSchema = z
  .strictObject({
    runId: z.string(),
    /** When it ended, epoch milliseconds. */
    atMs: z.int(),
    worker: z.string().exactOptional(),
    /** Of a run that failed or was looked at because it was slow. */
    layers: z.array(layerSchema).readonly(),
    because: z.string(),
    /** Of a run that failed. */
    failed: z.strictObject({ code: z.string(), step: z.string() }).readonly().exactOptional(),
  })
  .readonly();

export type RecentRun = z.infer<typeof recentRunSchema>;
export type FailedRun = RecentRun & Required<Pick<RecentRun, 'failed'>>;

/** Where no step of the scenario was under way. */
export const SET_UP = 'set-up';

export const isFailed = (run: RecentRun): run is FailedRun => run.failed !== undefined;

/** Of a run that passed or failed. */
export function withRun(before: readonly RecentRun[], report: RunReport): readonly RecentRun[] {
  const { runId, worker, finishedAt, diagnosis } = report;
  const run = {
    runId,
    atMs: Date.parse(finishedAt),
    ...(worker === undefined ? {} : { worker }),
    layers: diagnosis?.layers ?? [],
    because: diagnosis?.because ?? '',
    ...failureIn(report),
  };
  return [...before, run].slice(-RECENT);
}

/** What was seen around it says more than the failure itself. */
function failureIn({ outcome, diagnosis }: RunReport): Partial<RecentRun> {
  if (outcome.kind !== 'failed') return {};
  const { failure } = outcome;
  const failed = { code: failure.code, step: failure.step ?? SET_UP };
  if (diagnosis !== undefined) return { failed };
  return {
    failed,
    layers: failure.blame === 'target' ? [failure.layer] : [],
    because: failure.message,
  };
}

/** Whether the last ones passed. */
export function isWell(recent: readonly RecentRun[]): boolean {
  return recent.length >= WELL && !recent.slice(-WELL).some(isFailed);
}

/** Whether it fails now and then, and works in between. */
export function isPartial(recent: readonly RecentRun[]): boolean {
  const [first, last] = [recent.findIndex(isFailed), recent.findLastIndex(isFailed)];
  const between = recent.slice(first, last).filter((run) => !isFailed(run)).length;
  return between > WELL;
}

/** From the first failure after it was well last. */
export function sinceItFails(recent: readonly RecentRun[]): readonly RecentRun[] {
  const last = recent.findLastIndex(isFailed);
  let first = last;
  for (let at = last - 1; at >= 0 && first - at <= WELL; at -= 1) {
    const run = recent[at];
    if (run !== undefined && isFailed(run)) first = at;
  }
  return first === -1 ? [] : recent.slice(first);
}
