/** The only source of time, so that every deadline can be tested; refuses nothing and knows no zone. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** Wall-clock time, epoch milliseconds. */
  now(): number;
  /** A clock that never jumps, in milliseconds from an arbitrary start. */
  monotonic(): number;
  /** Waits; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
