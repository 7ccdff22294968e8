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
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const abort = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = systemClock.after(ms, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    }),
};

/** The same clock, but its time of day goes on from now as the one that never jumps. */
export function steadyClock(clock: Clock): Clock {
  const offsetMs = clock.now() - clock.monotonic();
  return {
    now: () => Math.round(clock.monotonic() + offsetMs),
    monotonic: () => clock.monotonic(),
    after: (ms, act) => clock.after(ms, act),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}
