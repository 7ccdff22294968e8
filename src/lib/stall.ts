/** How long this process itself stood still: a frozen or starved prober must not be read as a slow tenant. */
import type { Clock } from './clock.ts';

const BEAT_MS = 50;
/** A beat that is late by less is a busy machine: an answer that came meanwhile is only read that much later. */
const STILL_MS = 200;

export interface StallWatch {
  /** Milliseconds, since the watch began, in which nothing of ours ran, in stretches of 200 ms and more. */
  stalledMs(): number;
  stop(): void;
}

/** Beats every 50 ms; what a beat is late by is time in which nothing of ours could run. */
export function watchStalls(clock: Clock): StallWatch {
  let last = clock.monotonic();
  let stalled = 0;
  const lateness = (): number => {
    const late = clock.monotonic() - last - BEAT_MS;
    return late >= STILL_MS ? late : 0;
  };
  const beat = (): void => {
    stalled += lateness();
    last = clock.monotonic();
  };
  const timer = setInterval(beat, BEAT_MS);
  timer.unref();
  return {
    stalledMs: () => stalled + lateness(),
    stop: () => {
      clearInterval(timer);
    },
  };
}
