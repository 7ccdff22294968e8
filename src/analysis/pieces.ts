/** The time that counts for one workflow, piece by piece: what several series were together, and what maintenance took. */
import { apart, type Span } from '../domain/span.ts';
import type { Stretch } from './stretches.ts';

type PieceState = 'good' | 'bad' | 'slow' | 'unknown' | 'maintenance';

export interface Piece extends Span {
  readonly state: PieceState;
}

/** What is said of one workflow; of each series the stretches, none before its first slot. */
export interface Workflow {
  readonly series: readonly (readonly Stretch[])[];
  readonly counted: readonly Span[];
  readonly maintenance: readonly Span[];
  /** A run that takes longer is slow. */
  readonly latencyMs?: number | undefined;
}

/** Ascending and apart; time before the first slot of any of the series is left out. */
export function piecesOf(workflow: Workflow): readonly Piece[] {
  const { counted, maintenance } = workflow;
  const inside = within(together(workflow), counted);
  const planned = apart(maintenance);
  const taken = within(inside, planned).map((piece) => ({
    ...piece,
    state: 'maintenance' as const,
  }));
  return joined([...outside(inside, planned), ...taken].sort((a, b) => a.fromMs - b.fromMs));
}

/** Valid planned runs in the time that counts. */
export function runsOf(workflow: Workflow): { readonly good: number; readonly bad: number } {
  const spans = outside(
    workflow.counted.map((span) => ({ ...span, state: 'good' as const })),
    apart(workflow.maintenance),
  );
  const runs = { good: 0, bad: 0 };
  for (const series of workflow.series) {
    let at = 0;
    for (const stretch of series) {
      if (stretch.run === undefined) continue;
      while ((spans[at]?.toMs ?? Infinity) <= stretch.fromMs) at += 1;
      const span = spans[at];
      if (span === undefined || span.fromMs > stretch.fromMs) continue;
      runs[stateOf(stretch, workflow) === 'good' ? 'good' : 'bad'] += 1;
    }
  }
  return runs;
}

/** The later ones outweigh the earlier ones: what is known to be bad is bad whatever is not known beside it. */
const WEIGHT = { absent: 0, good: 1, unknown: 2, slow: 3, bad: 4 } as const;
type Weighed = keyof typeof WEIGHT;

function together(workflow: Workflow): readonly Piece[] {
  const events = workflow.series
    .flatMap((stretches, index) => [
      ...stretches.map((one) => ({ atMs: one.fromMs, index, state: stateOf(one, workflow) })),
      ...stretches.slice(-1).map(({ toMs }) => ({ atMs: toMs, index, state: 'absent' as const })),
    ])
    .sort((a, b) => a.atMs - b.atMs);
  const now: Weighed[] = workflow.series.map(() => 'absent');
  const pieces: Piece[] = [];
  for (const [at, { atMs, index, state }] of events.entries()) {
    now[index] = state;
    const toMs = events[at + 1]?.atMs ?? atMs;
    const worst = now.reduce((a, b) => (WEIGHT[b] > WEIGHT[a] ? b : a), 'absent');
    if (worst !== 'absent' && toMs > atMs) pieces.push({ fromMs: atMs, toMs, state: worst });
  }
  return joined(pieces);
}

function stateOf(
  { state, seconds = 0 }: Stretch,
  { latencyMs = Infinity }: Workflow,
): 'good' | 'bad' | 'slow' | 'unknown' {
  return state === 'good' && seconds * 1_000 > latencyMs ? 'slow' : state;
}

/** What of the pieces lies in the spans; both ascend. */
export function within(pieces: readonly Piece[], spans: readonly Span[]): readonly Piece[] {
  const found: Piece[] = [];
  let first = 0;
  for (const piece of pieces) {
    while ((spans[first]?.toMs ?? Infinity) <= piece.fromMs) first += 1;
    for (let at = first; (spans[at]?.fromMs ?? Infinity) < piece.toMs; at += 1) {
      const span = spans[at];
      if (span === undefined) break;
      const fromMs = Math.max(piece.fromMs, span.fromMs);
      const toMs = Math.min(piece.toMs, span.toMs);
      if (toMs > fromMs) found.push({ ...piece, fromMs, toMs });
    }
  }
  return found;
}

function outside(pieces: readonly Piece[], spans: readonly Span[]): readonly Piece[] {
  const ends = [-Infinity, ...spans.map(({ toMs }) => toMs)];
  const gaps = ends.map((fromMs, at) => ({ fromMs, toMs: spans[at]?.fromMs ?? Infinity }));
  return within(pieces, gaps);
}

function joined(pieces: readonly Piece[]): readonly Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (last?.toMs === piece.fromMs && last.state === piece.state) {
      all[all.length - 1] = { ...last, toMs: piece.toMs };
    } else {
      all.push(piece);
    }
  }
  return all;
}
