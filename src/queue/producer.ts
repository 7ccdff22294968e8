/**
 * Hands run requests to the workers. The job id is the run id, so that a request added twice, by whomever, is one
 * job; when Redis is away it says so at once instead of adding later.
 */
import { Queue } from 'bullmq';
import { runIdOf } from '../domain/mark.ts';
import type { RunRequest } from '../domain/run-request.ts';
import { type Transport, transports } from '../domain/transport.ts';
import type { Clock } from '../lib/clock.ts';
import { within } from '../lib/deadline.ts';
import { inQueue, type QueueConnection, queueOf } from './runs.ts';

const ADD_MS = 2_000;
/** Seconds for which an ended job still answers for its id: longer than any scheduler plans late, for it is 1.6 kB. */
const KEPT = { age: 600 } as const;

export interface QueuedRequest {
  readonly request: RunRequest;
  /** When the run is due, epoch milliseconds; at once when it is over. */
  readonly dueMs: number;
  /** 0 to 2,097,151; the lowest goes first, equal ones in the order of their adding. */
  readonly priority: number;
}

export class Producer {
  readonly #redis: QueueConnection;
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #queues = new Map<Transport, Queue>();

  /** The connection must fail fast and stays its owner's. */
  constructor(redis: QueueConnection, prefix: string, clock: Clock) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  /** Rejects with Failed `queue.unusable`; some may have been added then, and adding all again adds the others. */
  async add(requests: readonly QueuedRequest[]): Promise<void> {
    await Promise.all(
      transports.map(async (transport) => {
        const own = requests.filter(({ request }) => request.transport === transport);
        if (own.length > 0) await this.#addTo(transport, own);
      }),
    );
  }

  async #addTo(transport: Transport, requests: readonly QueuedRequest[]): Promise<void> {
    const nowMs = this.#clock.now();
    const jobs = requests.map(({ request, dueMs, priority }) => ({
      name: 'run',
      data: request,
      opts: {
        jobId: runIdOf(request),
        priority,
        attempts: 1,
        timestamp: nowMs,
        delay: Math.max(0, dueMs - nowMs),
        removeOnComplete: KEPT,
        removeOnFail: KEPT,
      },
    }));
    await this.#in(transport, (queue) => queue.addBulk(jobs));
  }

  /** Jobs by state; what waits for its time is delayed. Rejects with Failed `queue.unusable`. */
  async counts(): Promise<{
    readonly active: number;
    readonly waiting: number;
    readonly delayed: number;
  }> {
    const states = ['active', 'waiting', 'prioritized', 'delayed'] as const;
    const counts = await Promise.all(
      transports.map((transport) => this.#in(transport, (one) => one.getJobCounts(...states))),
    );
    const sum = (state: (typeof states)[number]): number =>
      counts.reduce((total, count) => total + (count[state] ?? 0), 0);
    const waiting = sum('waiting') + sum('prioritized');
    return { active: sum('active'), waiting, delayed: sum('delayed') };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }

  async #in<T>(transport: Transport, work: (queue: Queue) => Promise<T>): Promise<T> {
    return await inQueue(async () => {
      // BullMQ waits for a connection, and would add what we gave up on when it comes.
      if (this.#redis.status !== 'ready') throw new Error('no connection to Redis');
      const never = new AbortController().signal;
      const queue = await within(this.#clock, ADD_MS, never, () => this.#ready(transport));
      return await work(queue);
    });
  }

  async #ready(transport: Transport): Promise<Queue> {
    const queue = this.#queues.get(transport) ?? this.#open(transport);
    this.#queues.set(transport, queue);
    try {
      await queue.waitUntilReady();
      return queue;
    } catch (error) {
      // One that failed to begin stays so for ever.
      this.#queues.delete(transport);
      throw error;
    }
  }

  #open(transport: Transport): Queue {
    const queue = new Queue(queueOf(transport), {
      connection: this.#redis,
      prefix: this.#prefix,
    });
    // Without a listener the process would die of it; whoever adds hears of it.
    queue.on('error', () => undefined);
    return queue;
  }
}
