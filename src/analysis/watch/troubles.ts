/** What is wrong with one tenant, scenario and transport: from its last runs and from what the detector thinks of them. */
import type { Trouble } from '../../domain/incident.ts';
import type { Series } from '../../domain/past-run.ts';
import type { Standing } from '../baseline/standing.ts';
import type { Usual } from '../baseline/usual.ts';
import { isFailed, isPartial, isWell, type RecentRun, sinceItFails, WELL } from './recent.ts';

/** The most that a lone failure weighs. */
const LONE = 0.5;

export interface Seen {
  readonly series: Series;
  /** The last of them is the run just seen. */
  readonly recent: readonly RecentRun[];
  /** A second run has failed that was asked for because of the first. */
  readonly isConfirmed: boolean;
  /** Undefined of what the detector has never seen. */
  readonly standing: Standing | undefined;
  /** Of the step that leads: how long it took, and what is usual then. */
  readonly nowMs: number | undefined;
  readonly usual: Usual | undefined;
  /** As it was after the run before. */
  readonly before: Trouble | undefined;
  /** What was slow takes as long as usual again, though its averages have not forgotten yet. */
  readonly isOver: boolean;
}

/** Undefined where nothing is wrong. */
export function troubleIn(seen: Seen): Trouble | undefined {
  const { standing } = seen;
  const fails = failing(seen);
  if (standing?.isAlert !== true || standing.kind === 'failures') return fails;
  // One run that fails alone does not hide that the others are slow.
  if (fails !== undefined && (fails.score >= 1 || seen.isOver)) return fails;
  return seen.isOver ? undefined : slowness(seen, standing, standing.kind);
}

function failing(seen: Seen): Trouble | undefined {
  const { series, recent, isConfirmed, standing } = seen;
  if (!goesOn(seen)) return undefined;
  const since = sinceItFails(recent);
  const failed = since.filter(isFailed);
  const [first, last] = [failed[0], failed.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return {
    ...series,
    step: last.failed.step,
    kind: 'failures',
    score: Math.max(failureScoreOf(seen, failed.length), isConfirmed ? 1 : 0),
    sinceMs: first.atMs,
    ...lastSeen(last),
    runs: { bad: failed.length, of: since.length },
    code: last.failed.code,
    ...sharedBy(standing),
  };
}

/** While the detector thinks more of how slow it is, as many failures as end a trouble when they pass are an alert. */
function failureScoreOf({ standing }: Seen, failed: number): number {
  if (standing === undefined) return 0;
  if (standing.kind === 'failures') return standing.score;
  return failed >= WELL ? 1 : Math.min(standing.score, LONE);
}

/** Only a run that fails begins it. Failures in a row are over as soon as it is well; of others only the detector can tell. */
function goesOn({ recent, before, standing }: Seen): boolean {
  const last = recent.at(-1);
  if (last !== undefined && isFailed(last)) return true;
  if (before?.kind !== 'failures') return false;
  return !isWell(recent) || (isPartial(recent) && standing?.isAlert === true);
}

function slowness(
  { series, recent, nowMs, usual, before }: Seen,
  standing: Standing,
  kind: 'latency' | 'tail',
): Trouble | undefined {
  const last = recent.at(-1);
  if (last === undefined) return undefined;
  const { score, sinceMs, runs, step } = standing;
  const telling = recent.findLast(({ layers, atMs }) => layers.length > 0 && atMs >= sinceMs);
  return {
    ...series,
    step,
    kind,
    score,
    sinceMs,
    ...lastSeen(telling ?? last),
    atMs: last.atMs,
    runs,
    ...howSlow(usual, nowMs, before?.step === step ? before.slow : undefined),
    ...sharedBy(standing),
  };
}

/** One run in between that is as usual says nothing of how slow the others are. */
function howSlow(
  usual: Usual | undefined,
  nowMs: number | undefined,
  before: Trouble['slow'],
): Pick<Trouble, 'slow'> {
  if (usual === undefined || nowMs === undefined) return {};
  const { usualMs, lowMs, highMs, words } = usual;
  if (nowMs <= highMs && before !== undefined) return { slow: before };
  return { slow: { ratio: nowMs / usualMs, nowMs, lowMs, highMs, words } };
}

const lastSeen = ({
  atMs,
  layers,
  because,
  runId,
  worker,
}: RecentRun): Pick<Trouble, 'atMs' | 'layers' | 'because' | 'runId' | 'worker'> => ({
  atMs,
  layers,
  because,
  runId,
  ...(worker === undefined ? {} : { worker }),
});

const sharedBy = (standing: Standing | undefined): Pick<Trouble, 'sharedHost'> =>
  standing?.sharedHost === undefined ? {} : { sharedHost: standing.sharedHost };
