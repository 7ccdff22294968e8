/** A value that is read anew at most so often: what changes rarely and is asked for all the time. */
import type { Clock } from './clock.ts';

/** Who asks while it is read waits for the same; while a reading fails nothing is remembered, and each asking reads again. */
export function fresh<T>(clock: Clock, forMs: number, read: () => Promise<T>): () => Promise<T> {
  let known: { readonly value: T; readonly untilMs: number } | undefined;
  let reading: Promise<T> | undefined;
  const readAnew = async (): Promise<T> => {
    try {
      const value = await read();
      known = { value, untilMs: clock.monotonic() + forMs };
      return value;
    } finally {
      reading = undefined;
    }
  };
  return async () => {
    if (known !== undefined && clock.monotonic() < known.untilMs) return known.value;
    reading ??= readAnew();
    return await reading;
  };
}
