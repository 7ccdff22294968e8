/** Which Redis may forget what it is given. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectRedis } from '../../../src/store/redis.ts';
import { riskOf } from '../../../src/store/redis-safety.ts';
import { type RedisServer, startRedisServer } from '../../support/redis-servers.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { until } from '../../support/unit/redis.ts';

const folder = temporaryFolder();
let count = 0;

async function riskWith(
  options: readonly string[],
  prepare?: (server: RedisServer) => Promise<unknown>,
): ReturnType<typeof riskOf> {
  count += 1;
  const server = await startRedisServer(join(folder, String(count)), options);
  await prepare?.(server);
  const redis = connectRedis({ url: `redis://127.0.0.1:${server.port}` });
  try {
    await until(() => redis.status === 'ready');
    return await riskOf(redis);
  } finally {
    redis.disconnect();
    await server.kill();
  }
}

it('finds nothing where each write is logged, or snapshots are made', async () => {
  expect(await riskWith([])).toBeUndefined();
  expect(await riskWith(['--appendonly', 'no', '--save', '3600 1'])).toBeUndefined();
});

it('names what it throws away, and where nothing is on disk', async () => {
  const options = ['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru'];
  const risk = await riskWith(options);
  expect(risk?.what).toMatch(/maxmemory-policy allkeys-lru.* and .*nothing to disk/);
  expect(risk?.remedy).toBe('set maxmemory-policy noeviction and set appendonly yes');
});

it('says that it cannot tell where CONFIG is refused', async () => {
  const refused = (server: RedisServer): Promise<string> =>
    server.ask('acl', 'setuser', 'default', '-config');
  const risk = await riskWith(['--appendonly', 'no', '--save', '3600 1'], refused);
  expect(risk?.what).toMatch(/does not say whether/);
  expect(await riskWith([], refused)).toBeUndefined();
});
