/** Small things that are done with numbers everywhere here. */

/** Of a list whose length is known. */
export const at = (list: Float32Array | readonly number[], index: number): number =>
  list[index] ?? 0;

/** Not further from nought. */
export const clip = (value: number, limit: number): number =>
  Math.max(-limit, Math.min(limit, value));

/** Of a value in averages that forget two thirds of what was so many minutes ago; mostly asked for the same minutes. */
export function sharesOver(taus: readonly number[]): (minutes: number) => readonly number[] {
  let asked = Number.NaN;
  let last: readonly number[] = [];
  return (minutes) => {
    if (minutes !== asked) {
      asked = minutes;
      last = taus.map((tau) => 1 - Math.exp(-minutes / tau));
    }
    return last;
  };
}
