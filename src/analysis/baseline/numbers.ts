/** Small things that are done with numbers everywhere here. */

/** Of a list whose length is known. */
export const at = (list: Float32Array | readonly number[], index: number): number =>
  list[index] ?? 0;

/** Not further from nought. */
export const clip = (value: number, limit: number): number =>
  Math.max(-limit, Math.min(limit, value));
