/** Records behave alike wherever they are kept. */
import { describe, expect, it } from 'vitest';
import { FolderRecords } from '../../../src/store/folder.ts';
import type { Records } from '../../../src/store/records.ts';
import { Keys, RedisRecords } from '../../../src/store/redis.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const server = ownRedis();
const { redis } = server;

describe.each<[string, () => Promise<Records>]>([
  ['a folder', () => Promise.resolve(new FolderRecords(temporaryFolder()))],
  [
    'Redis',
    async () => {
      await redis.flushall();
      return new RedisRecords(redis, new Keys('test'));
    },
  ],
])('records in %s', (_, open) => {
  it('are what was put last, and undefined when there is none', async () => {
    const records = await open();
    expect(await records.get('shelf/one', 'a')).toBeUndefined();
    await records.put('shelf/one', 'a', { text: 'é"\n', list: [1, false] });
    await records.put('shelf/one', 'a', { text: 'é"\n', list: [2, false] });
    expect(await records.get('shelf/one', 'a')).toEqual({ text: 'é"\n', list: [2, false] });
    expect(await records.get('shelf/two', 'a')).toBeUndefined();
  });

  it('are created once, also by many at once', async () => {
    const records = await open();
    const made = await Promise.all([1, 2, 3, 4].map((n) => records.create('shelf', 'a', { n })));
    expect(made.filter((first) => first)).toHaveLength(1);
  });

  it('are removed, also twice, and can be created again', async () => {
    const records = await open();
    await records.put('shelf', 'a', 1);
    await records.remove('shelf', 'a');
    await records.remove('shelf', 'a');
    expect(await records.get('shelf', 'a')).toBeUndefined();
    expect(await records.create('shelf', 'a', 2)).toBe(true);
  });

  it('are named in order, each shelf for itself', async () => {
    const records = await open();
    for (const name of ['b', 'a~1', 'c']) await records.put('shelf', name, name);
    await records.put('other', 'd', 1);
    expect(await records.names('shelf')).toEqual(['a~1', 'b', 'c']);
    expect(await records.names('none')).toEqual([]);
  });
});

describe('Redis', () => {
  const unusable = { failure: { code: 'state.unusable', blame: 'fleet' } };

  it('that is away is our own failure, at once', async () => {
    const records = new RedisRecords(redis, new Keys('test'));
    await server.kill();
    await expect(records.get('shelf', 'a')).rejects.toMatchObject(unusable);
    await expect(records.create('shelf', 'a', 1)).rejects.toMatchObject(unusable);
    await server.start();
  });

  it('with a record that is no JSON is our own failure', async () => {
    await redis.hset('{orderwatch-test}:records:shelf', 'a', '{"half":');
    const records = new RedisRecords(redis, new Keys('test'));
    await expect(records.get('shelf', 'a')).rejects.toMatchObject(unusable);
  });

  it('has fleets side by side that know nothing of each other', async () => {
    await new RedisRecords(redis, new Keys('one')).put('shelf', 'a', 1);
    expect(await new RedisRecords(redis, new Keys('two')).get('shelf', 'a')).toBeUndefined();
  });
});
