/** Chance that a seed repeats. */

export interface Random {
  /** From 0 to 1, 1 excluded. */
  readonly even: () => number;
  readonly between: (low: number, high: number) => number;
  /** Standard normal, by Box and Muller. */
  readonly normal: () => number;
}

/** Mulberry32. */
export function generator(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  const even = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    even,
    between: (low, high) => low + (high - low) * even(),
    normal: () => Math.sqrt(-2 * Math.log(1 - even())) * Math.cos(2 * Math.PI * even()),
  };
}
