/** The only source of time, so that every deadline can be tested; refuses nothing and knows no zone. */

export interface Clock {
  /** Wall-clock time, epoch milliseconds. */
  now(): number;
  /** A clock that never jumps, in milliseconds from an arbitrary start. */
  monotonic(): number;
  /** Acts after so many milliseconds, unless what it answers is called before. */
  after(ms: number, act: () => void): () => void;
  /** Waits; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => {
      clearTimeout(timer);
    };
  },
  // By hand: the promise of node:timers makes an error with a stack for every sleep that is cut short, and nearly
  // all are, for they are the deadlines of work that ends in time.
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const abort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, ms);
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    }),
};
