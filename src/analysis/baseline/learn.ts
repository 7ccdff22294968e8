/** What is usual in a context, and how it is learned: slowly, from what is usual, and of others where it was not seen yet. */
import { CELLS, type Context } from './context.ts';
import { at, clip } from './numbers.ts';
import type { Series, Shape } from './series.ts';

const LEVEL_RATE = 0.0012;
const HABIT_RATE = 0.01;
/** One own look at a cell weighs as much as these of others. */
const HABIT_DOUBT = 6;
const CLOSING_DOUBT = 60;
const CLOSING_RATE = 0.01;
const SHARED_RATE = 0.003;
const SIGMA_RATE = 0.002;
const LEAST_SIGMA = 0.04;
/** Deviations beyond which a probe teaches no more. */
const MOST = 2;
/** Natural logarithm: what a closing teaches at most. */
const MOST_UPLIFT = 1.2;

/** Expected natural logarithm of milliseconds. */
export function expected(series: Series, shape: Shape, { cell, closing }: Context): number {
  const own = at(series.habitSeen, cell);
  const habit = blend(at(series.habit, cell), at(shape.habit, cell), own / (own + HABIT_DOUBT));
  return series.level + habit + (closing < 0 ? 0 : upliftOf(series, shape, closing));
}

function upliftOf(series: Series, shape: Shape, slot: number): number {
  const seen = at(series.closingSeen, slot);
  const weight = seen / (seen + CLOSING_DOUBT);
  return blend(at(series.closing, slot), at(shape.closing, slot), weight);
}

/** So many probes of closings were seen in this slot, by all tenants. */
export const closingKnown = (shape: Shape, slot: number): number => at(shape.closingSeen, slot);

/** Learns from a probe that is usual; `y` and `residual` natural logarithms. */
export function learn(
  series: Series,
  shape: Shape,
  { cell, closing }: Context,
  { y, residual }: { readonly y: number; readonly residual: number },
): void {
  const limit = MOST * Math.max(series.sigma, LEAST_SIGMA);
  const early = series.seen < 24;
  const clipped = early ? residual : clip(residual, limit);
  series.seen += 1;
  const size = Math.min(Math.abs(residual), early ? 1 : 2 * limit) * 1.25;
  series.sigma += (size - series.sigma) * Math.max(SIGMA_RATE, 1 / (series.seen + 1));
  if (closing >= 0) {
    learnSlot(series.closing, series.closingSeen, closing, {
      value: at(series.closing, closing) + clip(upliftError(series, y, cell, closing), limit * 2),
      rate: CLOSING_RATE,
    });
    return;
  }
  series.level += clipped * Math.max(LEVEL_RATE, 1 / (series.seen + 1));
  const own = at(series.habit, cell);
  const away = y - series.level - own;
  const value = at(series.habitSeen, cell) < 3 ? own + away : own + clip(away, limit * 1.5);
  learnSlot(series.habit, series.habitSeen, cell, { value, rate: HABIT_RATE });
  learnSlot(shape.habit, shape.habitSeen, cell, {
    value: at(shape.habit, cell) + clip(y - series.level - at(shape.habit, cell), 0.5),
    rate: SHARED_RATE,
  });
}

/** All tenants teach what a closing does, also where it looks like an incident: seldom is it one everywhere. */
export function learnClosing(
  series: Series,
  shape: Shape,
  { cell, closing }: Context,
  y: number,
): void {
  if (closing < 0 || series.seen < CELLS) return;
  const away = y - series.level - habitOf(series, shape, cell);
  learnSlot(shape.closing, shape.closingSeen, closing, {
    value: clip(away, MOST_UPLIFT),
    rate: SHARED_RATE,
  });
}

function habitOf(series: Series, shape: Shape, cell: number): number {
  const own = at(series.habitSeen, cell);
  return blend(at(series.habit, cell), at(shape.habit, cell), own / (own + HABIT_DOUBT));
}

const upliftError = (series: Series, y: number, cell: number, slot: number): number =>
  y - series.level - at(series.habit, cell) - at(series.closing, slot);

function learnSlot(
  values: Float32Array,
  seen: Float32Array,
  index: number,
  { value, rate }: { readonly value: number; readonly rate: number },
): void {
  const count = at(seen, index);
  values[index] = at(values, index) + (value - at(values, index)) * Math.max(rate, 1 / (count + 1));
  seen[index] = count + 1;
}

const blend = (own: number, other: number, weight: number): number =>
  weight * own + (1 - weight) * other;
