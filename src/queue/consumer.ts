/**
 * Takes run requests of one transport from the queue and hands each to the worker once, or again a little later
 * when the worker says so. What is no request, or of a version that is not known here, goes to the dead letters
 * with its reason; nothing is ever tried a second time.
 */
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { Failed } from '../domain/failure.ts';
import { runIdOf } from '../domain/mark.ts';
import { type RunRequest, runRequestSchema } from '../domain/run-request.ts';
import type { Transport } from '../domain/transport.ts';
import type { Clock } from '../lib/clock.ts';
import { within } from '../lib/deadline.ts';
import { oneLine } from '../lib/thrown.ts';
import { queueOf } from './runs.ts';

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

/** `later`: nothing was begun, and the place is free for another one meanwhile. */
export type Handled = 'done' | 'later';

interface ConsumerOptions {
  readonly transport: Transport;
  readonly prefix: string;
  readonly clock: Clock;
  /** How many requests at once. */
  readonly concurrency: number;
  /** `again`: it was for later before. */
  readonly handle: (request: RunRequest, again: boolean) => Promise<Handled>;
  readonly onDead: (letter: DeadLetter) => void;
}

export class Consumer {
  readonly #redis: Redis;
  readonly #options: ConsumerOptions;
  readonly #worker: Worker<unknown>;
  readonly #underWay = new Set<Promise<void>>();

  /** Takes requests from now on. The connection must be patient and stays its owner's. */
  constructor(redis: Redis, options: ConsumerOptions) {
    this.#redis = redis;
    this.#options = options;
    const { transport, prefix, concurrency } = options;
    const take = (job: Job<unknown>, token?: string): Promise<void> => this.#take(job, token);
    this.#worker = new Worker<unknown>(queueOf(transport), take, {
      connection: redis,
      prefix,
      concurrency,
      // A worker that stands still may go on later: its job is never given to another one.
      maxStalledCount: 0,
    });
    // Without a listener the process would die of it; the connection comes back by itself.
    this.#worker.on('error', () => undefined);
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
    const handled = await this.#options
      .handle(parsed.data, job.attemptsStarted > 1)
      .catch((error: unknown) => {
        // It never should; what it says may hold anything, so only its name goes further.
        const name = error instanceof Failed ? error.failure.code : 'an unexpected error';
        return this.#bury(job, `the worker ended with ${name}`);
      });
    if (handled === 'done') return;
    await job.moveToDelayed(this.#options.clock.now() + LATER_MS, token);
    throw new DelayedError();
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
