/** One probe that passed: how far it is from usual, what that does to the averages, and whether it may be learned from. */
import type { Context } from './context.ts';
import { climb, deviationOf, hold, learnScales, settle } from './ladder.ts';
import { closingKnown, expected, learn, learnClosing } from './learn.ts';
import { at, DAY, HALF_HOUR, type Series, type Shape } from './series.ts';
import { noteRun } from './spell.ts';
import { tailScore } from './tail.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Deviations that are an alert. */
const ALERT = 5.8;
const FREEZES = 3;
const THAWS = 1.8;
/** So long a deviation lasts until it is the new normal. */
const ACCEPTED_MS = 60 * HOUR_MS;
/** Latency alerts not at all until then, and carefully until the other. */
const SILENT_MS = 7 * DAY_MS;
const CAREFUL_MS = 14 * DAY_MS;
const CAREFUL = 0.7;
const ANNOUNCED = 0.4;
/** Deviations of a run that is beyond the middle 90 %, and at least so much slower. */
const UNUSUAL = 1.645;
const LEAST_SLOW = Math.log(1.1);
/** Of probes in a slot of a closing, by all tenants. */
const CLOSING_KNOWN = 400;

export interface Seen {
  readonly latency: number;
  readonly tail: number;
  /** It lasted, and is the new normal now. */
  readonly accepted: boolean;
  readonly residual: number;
}

export interface Look {
  readonly t: number;
  readonly ms: number;
  readonly context: Context;
  readonly intervalMs: number;
  readonly learns?: boolean;
}

/** Scores of 1 or more are alerts. */
export function observe(series: Series, shape: Shape, look: Look): Seen {
  const { t, context, intervalMs } = look;
  const y = Math.log(Math.max(look.ms, 1));
  if (series.firstT === 0) begin(series, t, y);
  const residual = y - expected(series, shape, context);
  // What was missing is neither good nor bad: an average goes on where it stood.
  const minutes = Math.min(Math.max(0, t - series.lastT), 1.5 * intervalMs) / 60_000;
  series.lastT = t;
  const { z, shift } = climb(series, residual, minutes, context.group);
  const factor = trust(series, shape, look);
  series.z = z * factor;
  if (shift > 0) series.shift = shift;
  series.pull = factor * deviationOf(series);
  const latency = hold(series, series.z) / ALERT;
  const tail = tailScore(series, residual, t) * factor;
  const isSlow = residual > Math.max(LEAST_SLOW, UNUSUAL * series.sigma);
  noteRun(series.slowSpell, t, { bad: isSlow, weight: 1 });
  const accepted = freeze(series, t);
  learnClosing(series, shape, context, y);
  if (look.learns !== false && series.frozenSince === 0 && !context.announced) {
    learn(series, shape, context, { y, residual });
    learnScales(series, context.group);
  }
  settle(series, t);
  return { latency, tail, accepted, residual };
}

function begin(series: Series, t: number, y: number): void {
  series.firstT = t;
  series.lastT = t;
  series.level = y;
}

/** How far a deviation is believed, 0 to 1. */
function trust(series: Series, shape: Shape, { t, context }: Look): number {
  const age = t - series.firstT;
  if (age < SILENT_MS) return 0;
  let factor = age < CAREFUL_MS ? CAREFUL : 1;
  if (context.announced) factor *= ANNOUNCED;
  if (context.closing >= 0 && closingKnown(shape, context.closing) < CLOSING_KNOWN) factor *= 0.7;
  return factor;
}

/** An incident teaches nothing; answers whether it has lasted so long that it is normal from now on. */
function freeze(series: Series, t: number): boolean {
  const { z } = series;
  if (series.frozenSince === 0) {
    if (z > FREEZES) series.frozenSince = t;
    return false;
  }
  if (z < THAWS) {
    series.frozenSince = 0;
    return false;
  }
  if (t - series.frozenSince < ACCEPTED_MS) return false;
  accept(series, at(series.averages, DAY));
  return true;
}

/** What it takes now is normal from now on. */
export const acceptNow = (series: Series): void => {
  accept(series, at(series.averages, HALF_HOUR));
};

function accept(series: Series, shift: number): void {
  series.level += shift;
  series.averages.fill(0);
  series.last.fill(0);
  series.held.fill(0);
  series.frozenSince = 0;
  series.z = 0;
  series.latency = 0;
  series.tail = 0;
  series.slowRuns = 0;
  series.slowSpell.sum = 0;
  series.tailSpell.sum = 0;
}

/** Too new to alert as much as later. */
export const isLearning = (series: Series, t: number): boolean => t - series.firstT < CAREFUL_MS;
