/** One step before and after: by how much it differs, how well that is known, and how probable it is by chance. */
import { median } from 'simple-statistics';
import { effectiveSize } from './autocorrelation.ts';
import { type Point, residualsOf } from './calendar.ts';
import { normalOf, rankScore, shiftOf, upperTail } from './ranks.ts';
import { keptOver, noiseOf, wanderOf } from './wander.ts';

export interface Timed {
  /** When the run began, epoch milliseconds. */
  readonly atMs: number;
  /** How long the step took. */
  readonly ms: number;
}

export interface Pair {
  readonly before: readonly Timed[];
  readonly after: readonly Timed[];
  /** IANA zone of the tenant. */
  readonly timeZone: string;
}

/** Differences of logarithms of durations, after less before. */
export interface Difference {
  readonly shift: number;
  /** What the middle after would be without the shift. */
  readonly usualMs: number;
  /** How probable so much or more is where nothing changed. */
  readonly chance: number;
  /** What is known of the shift after so many further runs at the pace of those that were made. */
  readonly knowledge: (moreRuns: number) => Knowledge;
}

/** The error is a standard deviation; `freedom` says how well it is known itself. */
export interface Knowledge {
  readonly error: number;
  readonly freedom: number;
}

export interface Lack {
  readonly moreRuns: number;
  readonly of: 'before' | 'after';
}

/** Of each side; of the side after one more is wanted, for the first meets cold caches. */
const LEAST = 12;
/** Of the mean to the Hodges-Lehmann estimate, in the variance of normal noise (Hodges & Lehmann 1963). */
const OF_RANKS = Math.PI / 3;

/** The larger lack where both sides are short; of equal ones `after`, which a gate can mend itself. */
export function lackOf({ before, after }: Pair): Lack | undefined {
  const ofBefore = LEAST - before.length;
  const ofAfter = LEAST + 1 - after.length;
  if (ofBefore <= 0 && ofAfter <= 0) return undefined;
  return ofBefore > ofAfter
    ? { moreRuns: ofBefore, of: 'before' }
    : { moreRuns: ofAfter, of: 'after' };
}

/** Of sides without a lack. */
export function differenceOf(pair: Pair): Difference {
  const kept = inOrder(pair.after).slice(1);
  const { before, after } = residualsOf(
    inOrder(pair.before).map(pointOf),
    kept.map(pointOf),
    pair.timeZone,
  );
  const [was, is] = [before, after].map((points) => points.map(({ y }) => y)) as [
    number[],
    number[],
  ];
  const shift = shiftOf(was, is);
  const knowledge = knowledgeOf(before, after);
  return {
    shift,
    usualMs: median(kept.map(({ ms }) => ms)) / Math.exp(shift),
    chance: Math.max(
      upperTail(rankScore(was, is) * deflation(was, is)),
      chanceOf(shift, knowledge(0)),
    ),
    knowledge,
  };
}

/** How probable such a shift or more is where there is none. */
export function chanceOf(shift: number, { error, freedom }: Knowledge): number {
  return upperTail(normalOf(shift / error, freedom));
}

/** Of two at one instant the slower is the first, so that the order in which they came never matters. */
const inOrder = (timed: readonly Timed[]): readonly Timed[] =>
  [...timed].sort((a, b) => a.atMs - b.atMs || b.ms - a.ms);

const pointOf = ({ atMs, ms }: Timed): Point => ({ atMs, y: Math.log(Math.max(ms, 1)) });

/** The level, drawn once after and averaged before, and the noise of both sides; degrees of freedom by Satterthwaite 1946. */
function knowledgeOf(
  before: readonly Point[],
  after: readonly Point[],
): (moreRuns: number) => Knowledge {
  const spanMs = (after.at(-1)?.atMs ?? 0) - (after[0]?.atMs ?? 0);
  const wander = wanderOf(before, spanMs);
  const [noiseBefore, noiseAfter] = [noiseOf(before), noiseOf(after)];
  return (moreRuns) => {
    const runs = after.length + moreRuns;
    const longerMs = (spanMs * (runs - 1)) / (after.length - 1);
    const kept = keptOver(longerMs, wander.tauMs) / keptOver(spanMs, wander.tauMs);
    const level = wander.level * (kept + wander.left);
    const noise = OF_RANKS * (noiseBefore / before.length + noiseAfter / runs);
    const spread = level ** 2 / wander.freedom + ((OF_RANKS * noiseAfter) / runs) ** 2 / runs;
    return { error: Math.sqrt(level + noise), freedom: (level + noise) ** 2 / spread };
  };
}

/** What autocorrelation leaves of a rank score: by the effective sizes of both samples. */
function deflation(before: readonly number[], after: readonly number[]): number {
  const information = (n: number, m: number): number => (n * m) / (n + m + 1);
  const [n, m] = [effectiveSize(before), effectiveSize(after)];
  return Math.sqrt(information(n, m) / information(before.length, after.length));
}
