/** Fits how many requests BullMQ hands out at once to the places of a worker: a run that only waits gives its own away. */
import type { Worker } from 'bullmq';

export interface Places {
  /** Runs at once that have something to do; 0 takes none at all. */
  readonly count: number;
  /** Runs at once in all, with those that only wait; at least as many. */
  readonly most: number;
}

export class PlaceKeeper {
  readonly #worker: Worker<unknown>;
  #places: Places;
  #waiting = 0;
  #ended = false;

  constructor(worker: Worker<unknown>, places: Places) {
    this.#worker = worker;
    this.#places = places;
    this.#fit();
  }

  get count(): number {
    return this.#places.count;
  }

  /** Runs that only wait. */
  get waiting(): number {
    return this.#waiting;
  }

  change(places: Places): void {
    this.#places = places;
    this.#fit();
  }

  /** For one run: to be told as it begins to wait and as it goes on, and that it goes on when it ends. */
  follow(): (waiting: boolean) => void {
    let before = false;
    return (waiting) => {
      if (waiting === before) return;
      before = waiting;
      this.#waiting += waiting ? 1 : -1;
      this.#fit();
    };
  }

  /** The worker is left as it is from here on. */
  end(): void {
    this.#ended = true;
  }

  #fit(): void {
    const worker = this.#worker;
    const { count, most } = this.#places;
    if (this.#ended) return;
    if (count === 0) {
      void worker.pause(true);
      return;
    }
    const before = worker.isPaused() ? 0 : worker.concurrency;
    worker.concurrency = Math.min(most, count + this.#waiting);
    if (worker.concurrency <= before) return;
    // With all places taken its loop sleeps until a run ends; being resumed wakes it.
    void worker.pause(true);
    void worker.resume();
  }
}
