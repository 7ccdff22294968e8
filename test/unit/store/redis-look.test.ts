/** Our own Redis as evidence: well, full, frozen, gone. */
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { lookAtRedis } from '../../../src/store/redis-look.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const server = ownRedis();
const { redis } = server;
const look = () => lookAtRedis(redis, systemClock);

it('says how it is with it', async () => {
  expect((await look()).seen).toMatch(/^(?:ok|slow)$/);
  await redis.config('SET', 'maxmemory', '1');
  expect(await look()).toMatchObject({ look: 'redis', seen: 'full' });
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  expect((await look()).seen).not.toBe('full');
  await redis.config('SET', 'maxmemory', '0');
  server.freeze();
  expect(await look()).toMatchObject({ seen: 'gone' });
  server.thaw();
  await server.kill();
  expect(await look()).toMatchObject({ seen: 'gone' });
  await server.start();
});
