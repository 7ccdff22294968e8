/**
 * The ladder: averages of the residual over ten minutes to a day, each held against how large it usually is itself, so
 * that nothing is assumed about how probes depend on each other.
 */
import { GROUPS } from './context.ts';
import { at, clip, sharesOver } from './numbers.ts';

/** Minutes after which each average has forgotten two thirds. */
const TAUS: readonly number[] = [12, 30, 100, 330, 1250];
const RUNGS = TAUS.length;
const sharesOf = sharesOver(TAUS);
const HALF_HOUR = 1;
/** Probes over which a deviation must hold. */
const HELD = 3;

/** Of a step, of a scenario or of a tenant. Deviations are natural logarithms, times epoch milliseconds, 0 for never. */
export interface Ladder {
  /** The averages, and the usual size of each by group. */
  readonly averages: Float32Array;
  readonly scales: Float32Array;
  readonly scalesSeen: Float32Array;
  /** In all groups. */
  readonly overall: Float32Array;
  seen: number;
  readonly blended: Float32Array;
  /** Residuals in a row that were clipped. */
  beyond: number;
  /** Usual deviation of one residual. */
  spread: number;
  /** The two residuals before this one. */
  readonly last: Float32Array;
  readonly held: Float32Array;
  heldAt: number;
  z: number;
  frozenSince: number;
  calmSince: number;
  /** 1 is an alert. */
  score: number;
}

export const freshLadder = (): Ladder => ({
  averages: new Float32Array(RUNGS),
  scales: new Float32Array(RUNGS * GROUPS),
  scalesSeen: new Float32Array(GROUPS),
  overall: new Float32Array(RUNGS),
  seen: 0,
  blended: new Float32Array(RUNGS),
  beyond: 0,
  spread: 0,
  last: new Float32Array(2),
  held: new Float32Array(HELD),
  heldAt: 0,
  z: 0,
  frozenSince: 0,
  calmSince: 0,
  score: 0,
});

/** Usual deviations at which a residual is cut, twice as far once more than so many in a row went beyond. */
const CLIP = 4;
const SUSTAINED = 3;
const WEIGHTS: readonly number[] = [1.1, 1.1, 1, 0.9, 1];
const SCALE_RATE = 0.0004;
/** Weight of all groups together in the scale of one, of which less was seen. */
const SHRINK = 0.5;
const LEAST_SCALE = 0.04;
const LEAST_SPREAD = 0.07;
/** Slower by less is nobody's trouble. */
const LEAST_SHIFT = Math.log(1.15);
const CALM_MS = 45 * 60_000;
/** Deviations that are an alert; and when they held for two probes only. */
const ALERT = 5.6;
const SWIFT = 5.8;
const FREEZES = 3;
const THAWS = 1.8;
/** So long a deviation lasts until it is the new normal. */
const ACCEPTED_MS = 60 * 3_600_000;

/** What a residual comes with. */
interface Climb {
  /** Since the one before. */
  readonly minutes: number;
  readonly group: number;
  /** How far a deviation is believed, 0 to 1. */
  readonly trust: number;
}

/** The averages with one more residual, and the score of their largest deviation. */
export function climb(ladder: Ladder, residual: number, { minutes, group, trust }: Climb): void {
  const r = clipped(ladder, middle(ladder, residual));
  const { averages, scales, blended, overall } = ladder;
  const shares = sharesOf(minutes);
  let best = 0;
  for (let rung = 0; rung < RUNGS; rung += 1) {
    const share = at(shares, rung);
    const average = at(averages, rung) + share * (r - at(averages, rung));
    averages[rung] = average;
    const own = Math.max(
      LEAST_SCALE,
      (1 - SHRINK) * at(scales, group * RUNGS + rung) + SHRINK * at(overall, rung),
    );
    const mixed = at(blended, rung) + share * (own - at(blended, rung));
    blended[rung] = mixed;
    const z = (at(WEIGHTS, rung) * average) / Math.max(own, mixed);
    if (average > LEAST_SHIFT && z > best) best = z;
  }
  ladder.z = best * trust;
  ladder.score = hold(ladder);
}

/** Of the last half hour, up or down: what the pools are told. */
export const deviationOf = ({ averages, blended }: Ladder): number =>
  at(averages, HALF_HOUR) / Math.max(LEAST_SCALE, at(blended, HALF_HOUR));

/** What goes on and on counts in full, two that are far off do not. */
function clipped(ladder: Ladder, residual: number): number {
  const limit = CLIP * Math.max(ladder.spread, LEAST_SPREAD);
  ladder.beyond = residual > limit ? ladder.beyond + 1 : 0;
  return clip(residual, ladder.beyond > SUSTAINED ? 2 * limit : limit);
}

/** Of three, so that one outlier raises no average. */
function middle({ last }: Ladder, residual: number): number {
  const a = at(last, 0);
  const b = at(last, 1);
  last[0] = b;
  last[1] = residual;
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), residual));
}

/** The least of the last few, which an outlier does not raise; a larger deviation waits less. */
function hold(ladder: Ladder): number {
  const { held, heldAt, z } = ladder;
  const before = at(held, (heldAt + HELD - 1) % HELD);
  held[heldAt] = z;
  ladder.heldAt = (heldAt + 1) % HELD;
  const two = Math.min(z, before);
  const three = Math.min(two, at(held, (heldAt + 1) % HELD));
  return Math.max(three / ALERT, two / SWIFT);
}

/** Remembers how large the averages usually are. */
export function learnScales(ladder: Ladder, residual: number, group: number): void {
  const seen = at(ladder.scalesSeen, group) + 1;
  ladder.scalesSeen[group] = seen;
  const rate = Math.max(SCALE_RATE, 1 / (seen + 1));
  ladder.seen += 1;
  const slow = Math.max(SCALE_RATE / 2, 1 / (ladder.seen + 1));
  for (let rung = 0; rung < RUNGS; rung += 1) {
    const index = group * RUNGS + rung;
    const size = 1.25 * Math.abs(at(ladder.averages, rung));
    ladder.overall[rung] = at(ladder.overall, rung) + slow * (size - at(ladder.overall, rung));
    ladder.scales[index] = at(ladder.scales, index) + rate * (size - at(ladder.scales, index));
  }
  const size = 1.25 * Math.min(Math.abs(residual), 1);
  ladder.spread += (size - ladder.spread) * Math.max(0.002, rate);
}

/** Once the fast average was calm for a while the slow ones follow it: what is over alerts no more. */
export function settle(ladder: Ladder, t: number): void {
  const { averages, blended } = ladder;
  const fast = at(averages, HALF_HOUR);
  const calm = Math.abs(fast) < 1.5 * Math.max(LEAST_SCALE, at(blended, HALF_HOUR));
  if (!calm) {
    ladder.calmSince = 0;
    return;
  }
  if (ladder.calmSince === 0) ladder.calmSince = t;
  if (t - ladder.calmSince < CALM_MS) return;
  for (let rung = HALF_HOUR + 1; rung < RUNGS; rung += 1) {
    const scale = 2 * Math.max(LEAST_SCALE, at(blended, rung));
    if (Math.abs(at(averages, rung)) > scale) averages[rung] = fast;
  }
}

/** An incident teaches nothing; answers whether it has lasted so long that it is normal from now on. */
export function freeze(ladder: Ladder, t: number): boolean {
  const { z } = ladder;
  if (ladder.frozenSince === 0) {
    if (z > FREEZES) ladder.frozenSince = t;
    return false;
  }
  if (z < THAWS) {
    ladder.frozenSince = 0;
    return false;
  }
  return t - ladder.frozenSince >= ACCEPTED_MS;
}

/** As if it had never deviated. */
export function stepDown(ladder: Ladder): void {
  ladder.averages.fill(0);
  ladder.last.fill(0);
  ladder.held.fill(0);
  ladder.frozenSince = 0;
  ladder.z = 0;
  ladder.score = 0;
}
