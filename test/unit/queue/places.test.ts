/** Places of a consumer over a real Redis: who only waits gives its own away, and their number changes while it runs. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import { type RunRequest, runRequestOf } from '../../../src/domain/run-request.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { Consumer } from '../../../src/queue/consumer.ts';
import type { Places } from '../../../src/queue/places.ts';
import { Producer } from '../../../src/queue/producer.ts';
import type { RedisConnection } from '../../../src/store/redis.ts';
import { Keys } from '../../../src/store/redis.ts';
import { ownRedis, until } from '../../support/unit/redis.ts';

const { prefix } = new Keys('test');
const server = ownRedis();
const producer = new Producer(server.redis, prefix, systemClock);
let patient: RedisConnection;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  patient = await server.connectPatiently();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Held {
  readonly request: RunRequest;
  readonly onWait: (waiting: boolean) => void;
  readonly end: () => void;
}

/** Holds each request until its end is called, or the test has ended. */
function holding(places: Places): { readonly consumer: Consumer; readonly held: Held[] } {
  const held: Held[] = [];
  let ended = false;
  const consumer = new Consumer(patient, {
    transport: 'rpc',
    prefix,
    clock: systemClock,
    places,
    handle: async (request, _again, onWait) => {
      await new Promise<void>((end) => {
        held.push({ request, onWait, end });
        if (ended) end();
      });
      return 'done';
    },
    onDead: ({ reason }) => {
      throw new Error(reason);
    },
  });
  ends.push(async () => {
    ended = true;
    for (const { end } of held) end();
    await consumer.close();
  });
  return { consumer, held };
}

const queue = async (count: number): Promise<void> => {
  const requests = Array.from({ length: count }, (_, n) =>
    runRequestOf({
      tenant: tenantId(`tenant-${n}`),
      scenario: scenarioId('login'),
      transport: 'rpc',
      slotMs: Date.UTC(2026, 6, 1),
    }),
  );
  await producer.add(requests.map((request) => ({ request, dueMs: 0, priority: 10 })));
};

/** Held, and no more a while later: a loop that was to wake has done so by then. */
async function holds(held: readonly unknown[], count: number): Promise<void> {
  await until(() => held.length >= count);
  await systemClock.sleep(100);
  expect(held).toHaveLength(count);
}

it('a run that only waits gives its place to another one at once, and only up to the most', async () => {
  const { consumer, held } = holding({ count: 2, most: 4 });
  await queue(8);
  await holds(held, 2);
  for (const { onWait } of held.slice(0, 2)) onWait(true);
  await holds(held, 4);
  expect(consumer.now).toEqual({ places: 2, playing: 2, waiting: 2 });
  for (const { onWait } of held.slice(2)) onWait(true);
  await holds(held, 4);
});

it('a run that goes on counts again: others wait for its end', async () => {
  const { consumer, held } = holding({ count: 1, most: 9 });
  await queue(4);
  await holds(held, 1);
  held[0]!.onWait(true);
  await holds(held, 2);
  held[0]!.onWait(false);
  held[1]!.end();
  await holds(held, 2);
  expect(consumer.now).toEqual({ places: 1, playing: 1, waiting: 0 });
  held[0]!.end();
  await holds(held, 3);
});

it('a run that ends while it waits leaves no place behind', async () => {
  const { consumer, held } = holding({ count: 1, most: 9 });
  await queue(4);
  await holds(held, 1);
  held[0]!.onWait(true);
  await holds(held, 2);
  held[0]!.end();
  await holds(held, 2);
  expect(consumer.now).toEqual({ places: 1, playing: 1, waiting: 0 });
});

it('more places are taken at once, fewer once runs have ended', async () => {
  const { consumer, held } = holding({ count: 1, most: 1 });
  await queue(8);
  await holds(held, 1);
  consumer.change({ count: 3, most: 3 });
  await holds(held, 3);
  consumer.change({ count: 1, most: 1 });
  held[0]!.end();
  held[1]!.end();
  await holds(held, 3);
  held[2]!.end();
  await holds(held, 4);
});

it('without a place it takes nothing, until it has one, and nothing any more when there is none again', async () => {
  const { consumer, held } = holding({ count: 0, most: 0 });
  await queue(4);
  await holds(held, 0);
  consumer.change({ count: 1, most: 1 });
  await holds(held, 1);
  consumer.change({ count: 0, most: 0 });
  held[0]!.end();
  await holds(held, 1);
  consumer.change({ count: 2, most: 2 });
  await holds(held, 3);
});

it('what was on its way when the last place went comes back to whoever has one', async () => {
  const idle = holding({ count: 1, most: 1 });
  await systemClock.sleep(100);
  idle.consumer.change({ count: 0, most: 0 });
  await queue(3);
  await holds(idle.held, 0);
  const other = holding({ count: 9, most: 9 });
  await holds(other.held, 3);
  expect(idle.held).toHaveLength(0);
});

it('once it is being paused nothing wakes it', async () => {
  const { consumer, held } = holding({ count: 1, most: 9 });
  await queue(4);
  await holds(held, 1);
  const paused = consumer.pause();
  held[0]!.onWait(true);
  consumer.change({ count: 9, most: 9 });
  await holds(held, 1);
  held[0]!.end();
  await paused;
  expect(held).toHaveLength(1);
});
