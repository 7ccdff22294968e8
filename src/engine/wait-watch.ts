/** Tells while a run does nothing but wait for somebody else, so that whoever plays it can play others meanwhile. */
import type { Clock } from '../lib/clock.ts';

/** Who waits longer for one answer wants to know why, and needs no processor. */
export const LONG_WAIT_MS = 2_000;
/** An answer that came is noticed within. */
const NOTICED_MS = 200;

export class WaitWatch {
  readonly #clock: Clock;
  readonly #told: ((waiting: boolean) => void) | undefined;
  readonly #longestWaitMs: () => number;
  #looksOn = false;
  #cancel: () => void = () => undefined;

  /** From now on, if there is anybody to be told. */
  constructor(
    clock: Clock,
    longestWaitMs: () => number,
    told: ((waiting: boolean) => void) | undefined,
  ) {
    this.#clock = clock;
    this.#told = told;
    this.#longestWaitMs = longestWaitMs;
    if (told !== undefined) this.#look();
  }

  /** The run has ended but for this, which only looks around. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#looksOn = true;
    this.#told?.(true);
    try {
      return await work();
    } finally {
      this.#looksOn = false;
      this.#told?.(false);
    }
  }

  stop(): void {
    this.#cancel();
    this.#told?.(false);
  }

  #look(): void {
    const waitedMs = this.#longestWaitMs();
    const waits = waitedMs >= LONG_WAIT_MS;
    this.#told?.(waits || this.#looksOn);
    this.#cancel = this.#clock.after(waits ? NOTICED_MS : LONG_WAIT_MS - waitedMs, () => {
      this.#look();
    });
  }
}
