/** One probe that passed: how far it is from usual, what that does to the averages, and whether it may be learned from. */
import type { Context } from './context.ts';
import { climb, freeze, learnScales, settle, stepDown } from './ladder.ts';
import { closingKnown, expected, learn, learnClosing } from './learn.ts';
import { at, clip, sharesOver } from './numbers.ts';
import type { Series, Shape } from './series.ts';
import { noteRun } from './spell.ts';
import { tailScore } from './tail.ts';

const DAY_MS = 86_400_000;
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
const SHARED_RATE = 0.001;
/** Probes until it is known how much a step shares. */
const SHARED_KNOWN = 288;
const MOST_SHARED = 1;
const WANDER_RATE = 0.001;
const rawShares = sharesOver([10, 30, 60, 1250]);

export interface Seen {
  /** It lasted, and is the new normal now. */
  readonly accepted: boolean;
  readonly residual: number;
  /** Without what the tenant's other scenarios show too. */
  readonly own: number;
  readonly trust: number;
  readonly minutes: number;
}

export interface Look {
  readonly t: number;
  readonly ms: number;
  readonly context: Context;
  readonly intervalMs: number;
  /** What the tenant's other scenarios deviate by. */
  readonly others: number;
  /** Its scenario or tenant deviates, or it is only judged: it teaches nothing. */
  readonly frozen: boolean;
}

export function observe(series: Series, shape: Shape, look: Look): Seen {
  const { t, context, intervalMs, others } = look;
  const y = Math.log(Math.max(look.ms, 1));
  if (series.firstT === 0) begin(series, t, y);
  const { ladder } = series;
  const residual = y - expected(series, shape, context);
  const own = residual - shareOf(series) * others;
  // What was missing is neither good nor bad: an average goes on where it stood.
  const minutes = Math.min(Math.max(0, t - series.lastT), 1.5 * intervalMs) / 60_000;
  series.lastT = t;
  const trust = trustOf(series, shape, look);
  climb(ladder, own, { minutes, group: context.group, trust });
  average(series, residual, minutes);
  series.slowRuns = tailScore(series, own, t) * trust;
  const isSlow = residual > Math.max(LEAST_SLOW, UNUSUAL * series.sigma);
  noteRun(series.slowSpell, t, { bad: isSlow, weight: 1 });
  const accepted = freeze(ladder, t);
  learnClosing(series, shape, context, y);
  if (ladder.frozenSince === 0 && !look.frozen && !context.announced) {
    learn(series, shape, context, { y, residual });
    learnScales(ladder, own, context.group);
    learnShare(series, residual, others);
    learnWander(series, context.group);
  }
  settle(ladder, t);
  return { accepted, residual, own, trust, minutes };
}

function begin(series: Series, t: number, y: number): void {
  series.firstT = t;
  series.lastT = t;
  series.level = y;
}

/** A regression without intercept, between 0 and 1. */
const shareOf = ({ shared, othersSquared, seen }: Series): number =>
  seen < SHARED_KNOWN || othersSquared <= 0
    ? 0
    : Math.max(0, Math.min(MOST_SHARED, shared / othersSquared));

function learnShare(series: Series, residual: number, others: number): void {
  const rate = Math.max(SHARED_RATE, 1 / (series.seen + 1));
  const r = clip(residual, 3 * series.sigma);
  series.shared += rate * (r * others - series.shared);
  series.othersSquared += rate * (others * others - series.othersSquared);
}

function average(series: Series, residual: number, minutes: number): void {
  const r = clip(residual, 1.5);
  const shares = rawShares(minutes);
  series.recent += at(shares, 0) * (r - series.recent);
  series.halfHour += at(shares, 1) * (r - series.halfHour);
  series.twoHours += at(shares, 2) * (r - series.twoHours);
  series.day += at(shares, 3) * (r - series.day);
}

function learnWander(series: Series, group: number): void {
  const rate = Math.max(WANDER_RATE, 1 / (series.seen + 1));
  const size = 1.25 * Math.abs(series.twoHours - series.day);
  series.wander[group] = (series.wander[group] ?? 0) + rate * (size - (series.wander[group] ?? 0));
}

/** How far a deviation is believed, 0 to 1. */
function trustOf(series: Series, shape: Shape, { t, context }: Look): number {
  const age = t - series.firstT;
  if (age < SILENT_MS) return 0;
  let factor = age < CAREFUL_MS ? CAREFUL : 1;
  if (context.announced) factor *= ANNOUNCED;
  if (context.closing >= 0 && closingKnown(shape, context.closing) < CLOSING_KNOWN) factor *= 0.7;
  return factor;
}

/** What a step takes now is normal from now on: as of the last day, or of the last half hour at once. */
export function accept(series: Series, over: 'day' | 'halfHour'): void {
  series.level += series[over];
  series.recent = 0;
  series.halfHour = 0;
  series.twoHours = 0;
  series.day = 0;
  stepDown(series.ladder);
  series.tail = 0;
  series.slowRuns = 0;
  series.slowSpell.sum = 0;
  series.tailSpell.sum = 0;
}

/** Too new to alert as much as later. */
export const isLearning = (series: Series, t: number): boolean => t - series.firstT < CAREFUL_MS;
