import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { startPrivateRedis } from '../../../src/store/private-redis.ts';
import { connectRedis } from '../../../src/store/redis.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { until } from '../../support/unit/redis.ts';

const root = temporaryFolder();

async function connected(url: string): Promise<ReturnType<typeof connectRedis>> {
  const redis = connectRedis({ url });
  await until(() => redis.status === 'ready');
  return redis;
}

describe('a private Redis', () => {
  it('starts on its folder, keeps what was written, and ends when nobody uses it', async () => {
    const folder = join(root, 'a');
    const first = await startPrivateRedis(folder, systemClock);
    const redis = await connected(first.url);
    await redis.set('k', 'v');
    redis.disconnect();
    await first.close();
    expect(existsSync(join(folder, 'redis/redis.sock'))).toBe(false);
    const second = await startPrivateRedis(folder, systemClock);
    const again = await connected(second.url);
    expect(await again.get('k')).toBe('v');
    again.disconnect();
    await second.close();
  });

  it('is shared by whoever starts it meanwhile, and ends with the last', async () => {
    const folder = join(root, 'b');
    const first = await startPrivateRedis(folder, systemClock);
    const second = await startPrivateRedis(folder, systemClock);
    await first.close();
    const redis = await connected(second.url);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
    await until(() => redis.status === 'end');
    await second.close();
  });

  it('says what to do about a path that is too long for a socket', async () => {
    const folder = join(root, 'x'.repeat(100));
    await expect(startPrivateRedis(folder, systemClock)).rejects.toMatchObject({
      failure: { code: 'state.unusable', message: expect.stringContaining('--state') as string },
    });
  });

  it('says what to do about a server that does not start', async () => {
    const folder = join(root, 'c');
    // Somebody else's data, which Redis does not read.
    mkdirSync(join(folder, 'redis', 'appendonlydir'), { recursive: true });
    writeFileSync(join(folder, 'redis/appendonlydir/appendonly.aof.manifest'), 'no manifest\n');
    await expect(startPrivateRedis(folder, systemClock)).rejects.toMatchObject({
      failure: { message: expect.stringContaining('redis.log') as string },
    });
  });
});
