/** What is remembered of one tenant, scenario and step: a fixed number of numbers, whatever was seen of it. */
import { CELLS, CLOSING_SLOTS, GROUPS } from './context.ts';
import { freshLadder, type Ladder } from './ladder.ts';
import { freshSpell, type Spell } from './spell.ts';

/** Residuals before a deployment. */
export const BEFORE = 288;
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
  /** Of the residual without what the tenant's other scenarios show too. */
  readonly ladder: Ladder;
  /** How much of that it takes part in: products of both, and of that with itself. */
  shared: number;
  othersSquared: number;
  /** Averages of the whole residual over ten minutes, half an hour, two hours and a day; and by how much the third usually leaves the fourth. */
  recent: number;
  halfHour: number;
  twoHours: number;
  day: number;
  readonly wander: Float32Array;
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
  /** What it deviated by already when that came. */
  slowAlready: number;
  /** A score; 1 is an alert. */
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
    ladder: freshLadder(),
    shared: 0,
    othersSquared: 0,
    recent: 0,
    halfHour: 0,
    twoHours: 0,
    day: 0,
    wander: new Float32Array(GROUPS),
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
    slowAlready: 0,
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
