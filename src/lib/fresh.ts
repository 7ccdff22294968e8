/** A value that is read anew at most so often: what changes rarely and is asked for all the time. */
import type { Clock } from './clock.ts';

/** While a reading fails nothing is remembered, and each asking reads again. */
export function fresh<T>(clock: Clock, forMs: number, read: () => Promise<T>): () => Promise<T> {
  let known: { readonly value: T; readonly untilMs: number } | undefined;
  return async () => {
    if (known !== undefined && clock.monotonic() < known.untilMs) return known.value;
    known = undefined;
    const value = await read();
    known = { value, untilMs: clock.monotonic() + forMs };
    return value;
  };
}
