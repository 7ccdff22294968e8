/** Runs that are slow now and then while most are not: the averages do not show them, their number does. */
import { at } from './numbers.ts';
import type { Series } from './series.ts';
import { noteRun } from './spell.ts';

const FAR = 2.5;
const FACTOR = Math.log(2.2);
const QUARTER_MS = 15 * 60_000;
const CLEARED_MS = 150 * 60_000;
/** Of quarters of an hour with a slow run: in trouble, and at least when not. */
const TROUBLE = 0.4;
const LEAST = 0.02;
const RATE = 0.002;
const WEIGHT = 0.085;
const MOST = 25;
/** One slow run keeps a spell for so many. */
const SLOW = 12;

/** The score of slow runs, once a quarter of an hour; 1 is an alert. `tailUsual` is learned outside of trouble. */
export function tailScore(series: Series, residual: number, t: number): number {
  const slow = residual - at(series.ladder.averages, 1);
  const isSlow = slow > FAR * series.sigma && slow > FACTOR;
  if (isSlow) series.slowInQuarter = 1;
  if (isSlow) series.tailAt = t;
  noteRun(series.tailSpell, t, { bad: isSlow, weight: SLOW });
  const quarter = Math.floor(t / QUARTER_MS);
  if (isSlow && series.slowQuarter !== quarter) {
    series.slowQuarter = quarter;
    series.tail = Math.min(MOST, series.tail + Math.log(TROUBLE / usual(series)));
  }
  if (quarter !== series.tailQuarter) closeQuarter(series, quarter);
  if (series.tail > 0 && t - series.tailAt > CLEARED_MS) series.tail = 0;
  return WEIGHT * series.tail;
}

const usual = ({ tailUsual }: Series): number => Math.max(LEAST, Math.min(0.2, tailUsual));

function closeQuarter(series: Series, quarter: number): void {
  if (series.slowQuarter !== series.tailQuarter) {
    series.tail = Math.max(0, series.tail + Math.log((1 - TROUBLE) / (1 - usual(series))));
  }
  if (series.tail * WEIGHT < 0.6) {
    series.tailUsual += RATE * (series.slowInQuarter - series.tailUsual);
  }
  series.slowInQuarter = 0;
  series.tailQuarter = quarter;
}
