/** Producer and consumer over a real Redis. */
import { Queue } from 'bullmq';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import { runIdOf } from '../../../src/domain/mark.ts';
import { type RunRequest, runRequestOf } from '../../../src/domain/run-request.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { Consumer, type DeadLetter } from '../../../src/queue/consumer.ts';
import { Producer } from '../../../src/queue/producer.ts';
import { queueOf } from '../../../src/queue/runs.ts';
import { connectRedis, Keys, type RedisConnection } from '../../../src/store/redis.ts';
import { freePort } from '../../support/ports.ts';
import { ownRedis, until } from '../../support/unit/redis.ts';

const { prefix } = new Keys('test');
/** Begins the keys of the queue. */
const jobs = `${prefix}:${queueOf('rpc')}`;
const START_MS = Date.UTC(2026, 6, 1);

const requestAt = (second: number): RunRequest =>
  runRequestOf({
    tenant: tenantId('north'),
    scenario: scenarioId('login'),
    transport: 'rpc',
    slotMs: START_MS + second * 1_000,
  });
const due = (second: number, dueMs = 0, priority = 10) => ({
  request: requestAt(second),
  dueMs,
  priority,
});
const seconds = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

const server = ownRedis();
const { redis } = server;
const producer = new Producer(redis, prefix, systemClock);
let patient: RedisConnection;
const consumers: Consumer[] = [];

beforeAll(async () => {
  patient = await server.connectPatiently();
});
afterEach(async () => {
  await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
});

type Handle = (request: RunRequest, again: boolean) => unknown;

function consume(
  handle: Handle,
  concurrency = 1,
): { readonly consumer: Consumer; readonly dead: DeadLetter[] } {
  const dead: DeadLetter[] = [];
  const consumer = consumerOn(patient, handle, {
    concurrency,
    onDead: (letter) => {
      dead.push(letter);
    },
  });
  consumers.push(consumer);
  return { consumer, dead };
}

/** On a connection of its own; whoever makes it closes it. */
function consumerOn(
  connection: RedisConnection,
  handle: Handle,
  {
    concurrency = 1,
    onDead = () => undefined,
  }: { readonly concurrency?: number; readonly onDead?: (letter: DeadLetter) => void } = {},
): Consumer {
  return new Consumer(connection, {
    transport: 'rpc',
    prefix,
    clock: systemClock,
    places: { count: concurrency, most: concurrency },
    handle: async (request, again) => {
      const handled = await handle(request, again);
      return handled === 'later' || handled === 'elsewhere' ? handled : 'done';
    },
    onDead,
  });
}

/** A handler that holds each request until it is let go. */
function gate() {
  const held: RunRequest[] = [];
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const handle = async (request: RunRequest): Promise<void> => {
    held.push(request);
    await opened;
  };
  return { held, handle, open };
}

const letters = async (): Promise<readonly unknown[]> =>
  (await redis.lrange(`${prefix}:dead-letters`, 0, -1)).map((text) => JSON.parse(text) as unknown);

describe('the producer', () => {
  it('makes one job of requests added twice, by one or by several', async () => {
    const other = new Producer(await server.connect(), prefix, systemClock);
    const requests = seconds(20).map((n) => due(n, Date.now() + 60_000));
    await Promise.all([producer.add(requests), other.add(requests), producer.add(requests)]);
    expect(await producer.counts()).toEqual({ active: 0, waiting: 0, delayed: 20 });
    await other.close();
  });

  it('makes no second job of one that has ended', async () => {
    const seen: string[] = [];
    consume(({ slot }) => void seen.push(slot));
    await producer.add([due(1)]);
    await until(() => seen.length === 1);
    await until(async () => (await producer.counts()).active === 0);
    await producer.add([due(1), due(2)]);
    await until(() => seen.length === 2);
    expect(seen).toEqual([requestAt(1).slot, requestAt(2).slot]);
  });

  it('writes nothing into a job but the request, under the run id', async () => {
    await producer.add([due(1)]);
    const id = runIdOf(requestAt(1));
    expect(await redis.hget(`${jobs}:${id}`, 'data')).toBe(JSON.stringify(requestAt(1)));
  });

  it('keeps all its keys in one slot of a cluster', async () => {
    await producer.add([due(1), due(2, Date.now() + 60_000)]);
    const names = await redis.keys('*');
    expect(names.filter((name) => !name.startsWith('{orderwatch-test}:'))).toEqual([]);
  });

  it('holds a request back until it is due', async () => {
    const handledMs: number[] = [];
    consume(() => void handledMs.push(Date.now()));
    const dueMs = Date.now() + 400;
    await producer.add([due(1, dueMs)]);
    await until(() => handledMs.length === 1);
    expect(handledMs[0]! - dueMs).toBeGreaterThanOrEqual(0);
    expect(handledMs[0]! - dueMs).toBeLessThan(300);
  });

  it('lets the lowest priority number go first, also among what was held back', async () => {
    const dueMs = Date.now() + 100;
    await producer.add([due(1, dueMs, 20), due(2, dueMs, 0), due(3, 0, 10), due(4, 0, 5)]);
    await systemClock.sleep(150);
    const seen: string[] = [];
    consume(({ slot }) => void seen.push(slot));
    await until(() => seen.length === 4);
    // BullMQ looks at what is due when it takes its next job, so the first may have been taken before.
    expect(seen.filter((slot) => slot !== requestAt(2).slot)).toEqual(
      [4, 3, 1].map((n) => requestAt(n).slot),
    );
  });

  it('fails fast while Redis is away, adds nothing later, and works when it is back', async () => {
    await producer.add([due(1, Date.now() + 60_000)]);
    await server.kill();
    const before = performance.now();
    await expect(producer.add([due(2, Date.now() + 60_000)])).rejects.toMatchObject({
      failure: { code: 'queue.unusable', blame: 'fleet' },
    });
    expect(performance.now() - before).toBeLessThan(500);
    await server.start();
    expect(await producer.counts()).toEqual({ active: 0, waiting: 0, delayed: 1 });
    await producer.add([due(3, Date.now() + 60_000)]);
    expect(await producer.counts()).toEqual({ active: 0, waiting: 0, delayed: 2 });
  });

  it('fails within three seconds while Redis stands still, and adding again adds each once', async () => {
    server.freeze();
    const before = performance.now();
    await expect(producer.add([due(1), due(2)])).rejects.toMatchObject({
      failure: { code: 'queue.unusable' },
    });
    expect(performance.now() - before).toBeLessThan(3_000);
    server.thaw();
    await producer.add([due(1), due(2)]);
    expect(await producer.counts()).toEqual({ active: 0, waiting: 2, delayed: 0 });
  });

  it('fails fast when there never was a Redis', async () => {
    const nowhere = connectRedis({ url: `redis://127.0.0.1:${await freePort()}` });
    const alone = new Producer(nowhere, prefix, systemClock);
    await expect(alone.add([due(1)])).rejects.toMatchObject({
      failure: { code: 'queue.unusable' },
    });
    await alone.close();
    nowhere.disconnect();
  });
});

describe('the consumer', () => {
  it('hands on each request once, also beside a second one', async () => {
    const seen: string[] = [];
    for (let n = 0; n < 2; n += 1) consume(({ slot }) => void seen.push(slot), 5);
    await producer.add(seconds(60).map((n) => due(n)));
    await until(() => seen.length >= 60);
    await systemClock.sleep(50);
    expect(seen.toSorted()).toEqual(seconds(60).map((n) => requestAt(n).slot));
  });

  it('works on as many at once as it was told', async () => {
    const { held, handle, open } = gate();
    consume(handle, 2);
    await producer.add(seconds(8).map((n) => due(n)));
    await until(() => held.length === 2);
    await systemClock.sleep(50);
    expect(held).toHaveLength(2);
    open();
    await until(() => held.length === 8);
  });

  it('takes only what is of its transport', async () => {
    const seen: RunRequest[] = [];
    consume((request) => void seen.push(request));
    const byHand: RunRequest = { ...requestAt(1), transport: 'browser' };
    await producer.add([{ ...due(1), request: byHand }, due(2)]);
    await until(() => seen.length === 1);
    await systemClock.sleep(50);
    expect(seen).toEqual([requestAt(2)]);
    expect(await producer.counts()).toEqual({ active: 0, waiting: 1, delayed: 0 });
  });

  it('hands out again what is for later, and meanwhile others', async () => {
    const seen: string[] = [];
    const { dead } = consume(({ slot }, again) => {
      seen.push(again ? `${slot} again` : slot);
      return slot === requestAt(1).slot && seen.length < 4 ? 'later' : 'done';
    });
    await producer.add([due(1), due(2)]);
    await until(() => seen.length === 4);
    const [first, second] = [requestAt(1).slot, requestAt(2).slot];
    expect(seen).toEqual([first, second, `${first} again`, `${first} again`]);
    await until(async () => (await producer.counts()).active === 0);
    expect(await producer.counts()).toEqual({ active: 0, waiting: 0, delayed: 0 });
    expect(dead).toEqual([]);
  });

  it('gives back at once what is to be played elsewhere', async () => {
    const seen: string[] = [];
    const other = await server.connectPatiently();
    const first = consumerOn(patient, ({ slot }) => {
      seen.push(`first ${slot}`);
      return 'elsewhere';
    });
    await producer.add([due(1)]);
    await until(() => seen.length === 1);
    const second = consumerOn(other, ({ slot }) => {
      seen.push(`second ${slot}`);
    });
    await until(() => seen.some((name) => name.startsWith('second')));
    expect(seen.at(-1)).toBe(`second ${requestAt(1).slot}`);
    await Promise.all([first.close(), second.close()]);
    expect(await producer.counts()).toEqual({ active: 0, waiting: 0, delayed: 0 });
  });

  it.each<[string, unknown, RegExp]>([
    ['an unknown version', { ...requestAt(1), v: 2 }, /^unknown version 2$/],
    ['an unknown tenant form', { ...requestAt(1), tenant: 'A~B' }, /^malformed: .*tenant/],
    ['more than a request', { ...requestAt(1), key: 'hunter2' }, /^malformed: .*"key"/],
    ['no object', 'run it', /^malformed: /],
    ['nothing', undefined, /^malformed: /],
    ['a request under another id', requestAt(2), /^the job id is not the run id$/],
  ])('puts %s to the dead letters with the reason, once', async (_, payload, reason) => {
    const seen: RunRequest[] = [];
    const { dead } = consume((request) => void seen.push(request));
    const raw = new Queue(queueOf('rpc'), { connection: redis, prefix });
    const jobId = runIdOf(requestAt(1));
    await raw.add('run', payload, { jobId, attempts: 3 });
    await producer.add([due(3)]);
    await until(() => seen.length === 1 && dead.length === 1);
    await systemClock.sleep(50);
    expect(seen).toEqual([requestAt(3)]);
    expect(dead).toEqual([{ jobId, reason: expect.stringMatching(reason) as unknown }]);
    expect(dead[0]!.reason).not.toContain('hunter2');
    expect(await letters()).toMatchObject([{ v: 1, jobId, reason: dead[0]!.reason }]);
    await raw.close();
  });

  it('puts a request to the dead letters whose worker threw, and goes on', async () => {
    const seen: string[] = [];
    const { dead } = consume(({ slot }) => {
      seen.push(slot);
      if (slot === requestAt(1).slot) throw new Error('password hunter2');
    });
    await producer.add([due(1), due(2)]);
    await until(() => seen.length === 2);
    await until(() => dead.length === 1);
    expect(dead[0]!.reason).toBe('the worker ended with an unexpected error');
    expect(JSON.stringify(await letters())).not.toContain('hunter2');
  });

  it.each(['pause', 'close'] as const)(
    'told to %s takes nothing more and waits for what is under way',
    async (verb) => {
      const { held, handle, open } = gate();
      const { consumer } = consume(handle, 2);
      await producer.add([due(1)]);
      await until(() => held.length === 1);
      let ended = false;
      const ending = consumer[verb]().then(() => {
        ended = true;
      });
      // What is added at the very moment may still be on its way to the consumer.
      await systemClock.sleep(50);
      await producer.add([due(2), due(3)]);
      await systemClock.sleep(200);
      expect(ended).toBe(false);
      expect(held).toEqual([requestAt(1)]);
      open();
      await ending;
      expect(await producer.counts()).toEqual({ active: 0, waiting: 2, delayed: 0 });
    },
  );

  it('that was idle takes nothing after a pause', async () => {
    const seen: string[] = [];
    const { consumer } = consume(({ slot }) => void seen.push(slot));
    await producer.add([due(1)]);
    await until(() => seen.length === 1);
    await systemClock.sleep(100);
    await consumer.pause();
    await producer.add([due(2)]);
    await systemClock.sleep(200);
    expect(seen).toHaveLength(1);
  });

  it('closes while Redis is away, after what is under way', async () => {
    const { held, handle, open } = gate();
    const own = await server.connectPatiently();
    const consumer = consumerOn(own, handle);
    await producer.add([due(1)]);
    await until(() => held.length === 1);
    await server.kill();
    const before = performance.now();
    const ending = consumer.close();
    open();
    await ending;
    expect(performance.now() - before).toBeLessThan(3_000);
    await server.start();
    own.disconnect();
  });

  it('goes on when Redis comes back, with what was added since and what was under way', async () => {
    const { held, handle, open } = gate();
    consume(handle);
    await producer.add([due(1)]);
    await until(() => held.length === 1);
    await server.kill();
    open();
    await systemClock.sleep(100);
    await server.start();
    await producer.add([due(2)]);
    await until(() => held.length === 2);
    expect(held).toEqual([requestAt(1), requestAt(2)]);
    await until(async () => (await producer.counts()).active === 0);
  });

  it('takes what is added after Redis lost its memory', async () => {
    const seen: string[] = [];
    consume(({ slot }) => void seen.push(slot));
    await producer.add([due(1)]);
    await until(() => seen.length === 1);
    await redis.flushall();
    await producer.add([due(2)]);
    await until(() => seen.length === 2);
  });

  it('does not run again what a dead worker left, and says that it failed', async () => {
    const { held, handle } = gate();
    const first = await server.connectPatiently();
    // Never closed: its process is as good as gone once its connection is cut.
    consumerOn(first, handle);
    await producer.add([due(1)]);
    await until(() => held.length === 1);
    first.disconnect();
    const id = runIdOf(requestAt(1));
    const seen: string[] = [];
    // What takes half a minute each in life: the lock ends, and two looks for stalled jobs are due.
    for (let n = 0; n < 2; n += 1) {
      await redis.del(`${jobs}:${id}:lock`, `${jobs}:stalled-check`);
      consume(({ slot }) => void seen.push(slot));
      await systemClock.sleep(150);
    }
    await until(async () => (await producer.counts()).active === 0);
    await producer.add([due(2)]);
    await until(() => seen.length > 0);
    expect(seen).toEqual([requestAt(2).slot]);
    expect(held).toHaveLength(1);
    expect(await redis.hget(`${jobs}:${id}`, 'failedReason')).toContain('stalled');
  });
});
