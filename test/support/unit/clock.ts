/** Virtual time: sleeps end in order as soon as nothing else can go on, so a minute of waiting costs nothing. */
import { vi } from 'vitest';
import type { Clock } from '../../../src/lib/clock.ts';

/** The beat of `watchStalls`; time is walked in such steps, so that only `stall` looks like a stall. */
const BEAT_MS = 50;

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export class FakeClock implements Clock {
  #now: number;
  #monotonic = 0;
  readonly #sleepers = new Set<Sleeper>();
  #due: NodeJS.Immediate | undefined;

  constructor(now = Date.UTC(2026, 6, 1, 10, 0, 0)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, act: () => void): () => void {
    const sleeper = { at: this.#monotonic + ms, wake: act };
    this.#sleepers.add(sleeper);
    this.#schedule();
    return () => {
      this.#sleepers.delete(sleeper);
    };
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      signal?.addEventListener('abort', abort);
    });
  }

  /** Time passes while the process works: both clocks move and every beat comes in time. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= BEAT_MS) {
      const part = Math.min(left, BEAT_MS);
      this.#now += part;
      this.#monotonic += part;
      if (vi.isFakeTimers()) vi.advanceTimersByTime(part);
    }
  }

  /** Time passes while the process stands still: no beat comes. */
  stall(ms: number): void {
    this.#now += ms;
    this.#monotonic += ms;
  }

  /** The wall clock is set to another time; the monotonic one does not notice. */
  jump(ms: number): void {
    this.#now += ms;
  }

  #schedule(): void {
    // By then every promise that could go on without time has done so: our fakes answer in microtasks.
    this.#due ??= setImmediate(() => {
      this.#due = undefined;
      const [next] = [...this.#sleepers].sort((a, b) => a.at - b.at);
      if (next === undefined) return;
      this.#sleepers.delete(next);
      this.pass(Math.max(0, next.at - this.#monotonic));
      next.wake();
      if (this.#sleepers.size > 0) this.#schedule();
    });
  }
}

/** Puts the beats of `watchStalls` under the fake clock; undo with `vi.useRealTimers()`. */
export function virtualBeats(): void {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
}
