/** How long this process itself stood still: a frozen or starved prober must not be read as a slow tenant. */
import type { Clock } from './clock.ts';

const BEAT_MS = 50;

export interface StallWatch {
  /** Milliseconds, since the watch began, by which the event loop came late in all. */
  stalledMs(): number;
  stop(): void;
}

/** Beats every 50 ms; what a beat is late by is time in which nothing of ours could run. */
export function watchStalls(clock: Clock): StallWatch {
  let last = clock.monotonic();
  let stalled = 0;
  const beat = (): void => {
    const now = clock.monotonic();
    stalled += Math.max(0, now - last - BEAT_MS);
    last = now;
  };
  const timer = setInterval(beat, BEAT_MS);
  timer.unref();
  return {
    stalledMs: () => stalled + Math.max(0, clock.monotonic() - last - BEAT_MS),
    stop: () => {
      clearInterval(timer);
    },
  };
}
