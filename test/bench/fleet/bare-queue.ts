/** The reference: the same jobs in BullMQ alone, with a processor that does nothing. */
import { Queue, Worker } from 'bullmq';
import { openRedis } from './fleet.ts';

/** Time between adding and being due: more than adding takes. */
const DELAY_MS = 5_000;

/**
 * Milliseconds for adding so many jobs and for taking them, as many at once as given, from the instant at which they
 * are due. Each has an id, a time, a priority and a retention as a run of ours has, or BullMQ would have less to do.
 */
export async function playBare(jobs: number, concurrency: number, prefix: string): Promise<number> {
  const [adding, taking] = [openRedis(), openRedis()];
  const queue = new Queue('bare', { connection: adding, prefix });
  let done = 0;
  const ended = new Promise<void>((resolve) => {
    const take = (): Promise<void> => {
      done += 1;
      if (done === jobs) resolve();
      return Promise.resolve();
    };
    new Worker('bare', take, { connection: taking, prefix, concurrency });
  });
  const startMs = Date.now();
  const kept = { age: 600 };
  const opts = { priority: 1_000, delay: DELAY_MS, removeOnComplete: kept, removeOnFail: kept };
  await queue.addBulk(
    Array.from({ length: jobs }, (_, n) => ({
      name: 'run',
      data: { v: 1, tenant: `tenant-${n}`, scenario: 'no-op', transport: 'rpc', slot: startMs },
      opts: { ...opts, jobId: `SYN~tenant-${n}~no-op~rpc~${startMs}`, timestamp: startMs },
    })),
  );
  const addedMs = Date.now();
  await ended;
  const endedMs = Date.now();
  await queue.obliterate({ force: true });
  for (const redis of [adding, taking]) redis.disconnect();
  return addedMs - startMs + (endedMs - startMs - DELAY_MS);
}
