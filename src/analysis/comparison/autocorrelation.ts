/** Values that follow their neighbours tell less than as many that do not. */
import { mean } from 'simple-statistics';
import { ranksOf } from './ranks.ts';

/** More correlation cannot be told from a trend. */
const MOST = 0.9;

/**
 * As many independent values would tell as much: by the rank correlation of neighbours, corrected for its bias (Kendall
 * 1954), never more than there are. `values` in order of time and not empty.
 */
export function effectiveSize(values: readonly number[]): number {
  const n = values.length;
  const seen = neighbourCorrelation(ranksOf(values));
  const r = Math.min(MOST, Math.max(0, seen + (1 + 3 * seen) / n));
  return (n * (1 - r)) / (1 + r);
}

/** 0 where all are equal. */
function neighbourCorrelation(values: readonly number[]): number {
  const centre = mean([...values]);
  const off = values.map((value) => value - centre);
  const own = off.reduce((sum, one) => sum + one ** 2, 0);
  const next = off.reduce((sum, one, index) => sum + one * (off[index + 1] ?? 0), 0);
  return own === 0 ? 0 : next / own;
}
