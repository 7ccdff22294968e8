/** What is remembered of one tenant, scenario and step: a fixed number of numbers, whatever was seen of it. */
import { CELLS, CLOSING_SLOTS, GROUPS } from './context.ts';
import { freshSpell, type Spell } from './spell.ts';

/** Minutes after which each average has forgotten two thirds. */
export const TAUS: readonly number[] = [12, 30, 100, 330, 1250];
export const RUNGS = TAUS.length;
/** Of the ladder: the rungs of half an hour and of a day. */
export const HALF_HOUR = 1;
export const DAY = 4;
/** Residuals before a deployment. */
export const BEFORE = 288;
/** Probes over which a deviation must hold. */
const HELD = 3;

/** Times are epoch milliseconds, 0 for never; levels and deviations natural logarithms of milliseconds. */
export interface Series {
  firstT: number;
  lastT: number;
  /** When a run last came to this step. */
  reachedAt: number;
  /** How often it was learned from. */
  seen: number;
  level: number;
  /** Usual deviation of one probe. */
  sigma: number;
  readonly habit: Float32Array;
  readonly habitSeen: Float32Array;
  readonly closing: Float32Array;
  readonly closingSeen: Float32Array;
  /** The ladder: averages of the residual, and the usual size of each by group. */
  readonly averages: Float32Array;
  readonly scales: Float32Array;
  readonly scalesSeen: Float32Array;
  readonly blended: Float32Array;
  /** The two residuals before this one. */
  readonly last: Float32Array;
  readonly held: Float32Array;
  heldAt: number;
  z: number;
  /** The deviation that decided, for words. */
  shift: number;
  frozenSince: number;
  calmSince: number;
  tail: number;
  tailAt: number;
  /** Share of quarters of an hour with a slow run. */
  tailUsual: number;
  tailQuarter: number;
  slowQuarter: number;
  slowInQuarter: number;
  /** Residuals in thousandths, a ring. */
  readonly before: Int16Array;
  beforeAt: number;
  beforeSeen: number;
  /** Residuals since a deployment. */
  after: number[];
  /** What it says to its pools now, and what they were told. */
  pull: number;
  pooled: number;
  /** Scores; 1 is an alert. */
  latency: number;
  slowRuns: number;
  /** Of runs beyond what is usual, and of those that stand out of the runs around them. */
  readonly slowSpell: Spell;
  readonly tailSpell: Spell;
}

export function freshSeries(): Series {
  return {
    firstT: 0,
    lastT: 0,
    reachedAt: 0,
    seen: 0,
    level: 0,
    sigma: 0,
    habit: new Float32Array(CELLS),
    habitSeen: new Float32Array(CELLS),
    closing: new Float32Array(CLOSING_SLOTS),
    closingSeen: new Float32Array(CLOSING_SLOTS),
    averages: new Float32Array(RUNGS),
    scales: new Float32Array(RUNGS * GROUPS),
    scalesSeen: new Float32Array(GROUPS),
    blended: new Float32Array(RUNGS),
    last: new Float32Array(2),
    held: new Float32Array(HELD),
    heldAt: 0,
    z: 0,
    shift: 0,
    frozenSince: 0,
    calmSince: 0,
    tail: 0,
    tailAt: 0,
    tailUsual: 0.03,
    tailQuarter: 0,
    slowQuarter: 0,
    slowInQuarter: 0,
    before: new Int16Array(BEFORE),
    beforeAt: 0,
    beforeSeen: 0,
    after: [],
    pull: 0,
    pooled: 0,
    latency: 0,
    slowRuns: 0,
    slowSpell: freshSpell(),
    tailSpell: freshSpell(),
  };
}

/** What all tenants together show of one scenario and step: for those who have not seen it themselves. */
export interface Shape {
  readonly habit: Float32Array;
  readonly habitSeen: Float32Array;
  readonly closing: Float32Array;
  readonly closingSeen: Float32Array;
}

export function freshShape(): Shape {
  return {
    habit: new Float32Array(CELLS),
    habitSeen: new Float32Array(CELLS),
    closing: new Float32Array(CLOSING_SLOTS),
    closingSeen: new Float32Array(CLOSING_SLOTS),
  };
}

/** Of a list whose length is known. */
export const at = (list: Float32Array | readonly number[], index: number): number =>
  list[index] ?? 0;
