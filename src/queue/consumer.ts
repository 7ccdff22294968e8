/**
 * Takes run requests of one transport from the queue and hands each to the worker once, or again a little later
 * when the worker says so. What is no request, or of a version that is not known here, goes to the dead letters
 * with its reason; nothing is ever tried a second time.
 */
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { z } from 'zod';
import { Failed } from '../domain/failure.ts';
import { runIdOf } from '../domain/mark.ts';
import { type RunRequest, runRequestSchema } from '../domain/run-request.ts';
import type { Transport } from '../domain/transport.ts';
import type { Clock } from '../lib/clock.ts';
import { within } from '../lib/deadline.ts';
import { oneLine } from '../lib/thrown.ts';
import { PlaceKeeper, type Places } from './places.ts';
import { type QueueConnection, queueOf } from './runs.ts';

/** What only Redis has still to hear of may take so long. */
const CLOSE_MS = 2_000;
/** What is for later comes again after this. */
const LATER_MS = 500;
const MOST_LETTERS = 1_000;
const LONGEST_PAYLOAD = 2_000;

export interface DeadLetter {
  readonly jobId: string;
  readonly reason: string;
}

/**
 * `later`: nothing was begun, and the place is free for another one meanwhile. `elsewhere`: nothing was begun, and
 * nothing will be here for now; another consumer may take it at once.
 */
export type Handled = 'done' | 'later' | 'elsewhere';

/** `again`: it was for later before. `onWait` is told as the run begins to wait long for an answer, and as it goes on. */
type Handle = (
  request: RunRequest,
  again: boolean,
  onWait: (waiting: boolean) => void,
) => Promise<Handled>;

interface ConsumerOptions {
  readonly transport: Transport;
  readonly prefix: string;
  readonly clock: Clock;
  readonly places: Places;
  readonly handle: Handle;
  readonly onDead: (letter: DeadLetter) => void;
}

export class Consumer {
  readonly #redis: QueueConnection;
  readonly #options: ConsumerOptions;
  readonly #worker: Worker<unknown>;
  readonly #keeper: PlaceKeeper;
  readonly #underWay = new Set<Promise<void>>();

  /** Takes requests from now on. The connection must be patient and stays its owner's. */
  constructor(redis: QueueConnection, options: ConsumerOptions) {
    this.#redis = redis;
    this.#options = options;
    const { transport, prefix, places } = options;
    const take = (job: Job<unknown>, token?: string): Promise<void> => this.#take(job, token);
    this.#worker = new Worker<unknown>(queueOf(transport), take, {
      connection: redis,
      prefix,
      concurrency: Math.max(1, places.count),
      // A worker that stands still may go on later: its job is never given to another one.
      maxStalledCount: 0,
    });
    // Without a listener the process would die of it; the connection comes back by itself.
    this.#worker.on('error', () => undefined);
    this.#keeper = new PlaceKeeper(this.#worker, places);
  }

  /** From now on; what is under way goes on. */
  change(places: Places): void {
    this.#keeper.change(places);
  }

  /** Runs under way that have something to do, and those that wait long for an answer. */
  get now(): { readonly places: number; readonly playing: number; readonly waiting: number } {
    const { count, waiting } = this.#keeper;
    return { places: count, playing: this.#underWay.size - waiting, waiting };
  }

  /** Takes nothing more, but for a request that is just on its way here; resolves when nothing is under way. */
  async pause(): Promise<void> {
    await this.#end(this.#worker.pause());
  }

  /** The same, and lets go of Redis. Resolves also while Redis is away, at most two seconds after the last request. */
  async close(): Promise<void> {
    await this.#end(this.#worker.close());
  }

  async #end(ended: Promise<void>): Promise<void> {
    this.#keeper.end();
    const never = new AbortController().signal;
    for (;;) {
      await Promise.allSettled(this.#underWay);
      const inTime = await within(this.#options.clock, CLOSE_MS, never, async () => {
        await ended;
        return true;
      }).catch(() => false);
      if (inTime || this.#underWay.size === 0) return;
    }
  }

  async #take(job: Job<unknown>, token: string | undefined): Promise<void> {
    const work = this.#handle(job, token);
    this.#underWay.add(work);
    try {
      await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  async #handle(job: Job<unknown>, token: string | undefined): Promise<void> {
    const parsed = runRequestSchema.safeParse(job.data);
    if (!parsed.success) return await this.#bury(job, refusalOf(job.data, parsed.error));
    if (runIdOf(parsed.data) !== job.id)
      return await this.#bury(job, 'the job id is not the run id');
    const handled = await this.#handOn(parsed.data, job);
    if (handled === 'done') return;
    if (handled === 'elsewhere') {
      // Without a time: ours may be what is wrong here.
      await job.moveToWait(token);
      await this.#options.clock.sleep(LATER_MS);
      throw new WaitingError();
    }
    await job.moveToDelayed(this.#options.clock.now() + LATER_MS, token);
    throw new DelayedError();
  }

  async #handOn(request: RunRequest, job: Job<unknown>): Promise<Handled> {
    // It was on its way here when the last place went.
    if (this.#keeper.count === 0) return 'later';
    const onWait = this.#keeper.follow();
    try {
      return await this.#options.handle(request, job.attemptsStarted > 1, onWait);
    } catch (error) {
      // It never should; what it says may hold anything, so only its name goes further.
      const name = error instanceof Failed ? error.failure.code : 'an unexpected error';
      return await this.#bury(job, `the worker ended with ${name}`);
    } finally {
      onWait(false);
    }
  }

  async #bury(job: Job<unknown>, reason: string): Promise<never> {
    const letter = { jobId: job.id ?? '', reason };
    const payload = (JSON.stringify(job.data) as string | undefined)?.slice(0, LONGEST_PAYLOAD);
    const text = JSON.stringify({ v: 1, ...letter, takenMs: job.processedOn, payload });
    const list = `${this.#options.prefix}:dead-letters`;
    await this.#redis
      .multi()
      .lpush(list, text)
      .ltrim(list, 0, MOST_LETTERS - 1)
      .exec();
    this.#options.onDead(letter);
    throw new UnrecoverableError(reason);
  }
}

function refusalOf(data: unknown, error: z.ZodError): string {
  const v: unknown = typeof data === 'object' && data !== null && 'v' in data ? data.v : undefined;
  if (typeof v === 'number' && v !== 1) return `unknown version ${v}`;
  return oneLine(`malformed: ${z.prettifyError(error)}`);
}
