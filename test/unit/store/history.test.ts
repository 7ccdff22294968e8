import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HistoryRecord } from '../../../src/domain/history.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { History } from '../../../src/store/history.ts';
import { Keys } from '../../../src/store/redis.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { ownRedis } from '../../support/unit/redis.ts';
import { scheduleOf } from '../../support/unit/schedules.ts';

const server = ownRedis();
const { redis } = server;

const historyIn = (folder: string): History =>
  new History(redis, new Keys('test'), new FolderRecords(folder), systemClock);

const loaded = (atMs: number, minutes = 5): HistoryRecord => ({
  v: 1,
  atMs,
  kind: 'loaded',
  schedules: [scheduleOf({ timing: { kind: 'every', everyMs: minutes * 60_000, phaseMs: 0 } })],
});
const stopped = (atMs: number): HistoryRecord => ({ v: 1, atMs, kind: 'stopped' });

describe('the history', () => {
  it('answers what was appended, by instant', async () => {
    const history = historyIn(temporaryFolder());
    expect(await history.read()).toEqual([]);
    const records = [stopped(2_000_000_000_000), loaded(9), loaded(1_000_000_000_000, 1)];
    for (const record of records) await history.append(record);
    expect(await history.read()).toEqual([records[1], records[2], records[0]]);
  });

  it('survives the loss of everything in Redis, which has it again after a read', async () => {
    const history = historyIn(temporaryFolder());
    await history.append(loaded(1));
    await history.append(stopped(2));
    await redis.flushall();
    expect(await history.read()).toEqual([loaded(1), stopped(2)]);
    expect(await historyIn(temporaryFolder()).read()).toEqual([loaded(1), stopped(2)]);
  });

  it('survives the loss of the folder, and of Redis after that, by any folder that read it', async () => {
    await historyIn(temporaryFolder()).append(loaded(1));
    const elsewhere = historyIn(temporaryFolder());
    await elsewhere.read();
    await redis.flushall();
    expect(await elsewhere.read()).toEqual([loaded(1)]);
  });

  it('takes no second record that says the same as the one that rules', async () => {
    const history = historyIn(temporaryFolder());
    for (const atMs of [1, 5, 9]) await history.append(loaded(atMs));
    await historyIn(temporaryFolder()).append(loaded(12));
    expect(await history.read()).toEqual([loaded(1)]);
    await history.append(stopped(20));
    await history.append(stopped(21));
    await history.append(loaded(30));
    expect(await history.read()).toEqual([loaded(1), stopped(20), loaded(30)]);
  });

  it('takes the same schedules again after others', async () => {
    const history = historyIn(temporaryFolder());
    const records = [loaded(1, 5), loaded(2, 1), loaded(3, 5)];
    for (const record of records) await history.append(record);
    expect(await history.read()).toEqual(records);
  });

  it('loses nothing when several append at once, also at one instant', async () => {
    const folders = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    const minutes = Array.from({ length: 12 }, (_, n) => n + 1);
    await Promise.all(minutes.map((n) => historyIn(folders[n % 3]!).append(loaded(7, n))));
    const found = await historyIn(folders[0]!).read();
    const key = (record: HistoryRecord): string => JSON.stringify(record);
    expect(found.map(key).toSorted()).toEqual(minutes.map((n) => key(loaded(7, n))).toSorted());
  });

  it('passes over what nobody can read, in either place', async () => {
    const folder = temporaryFolder();
    const history = historyIn(folder);
    await history.append(loaded(1));
    writeFileSync(join(folder, 'history', '00000000000002-x.json'), '{"half":');
    writeFileSync(join(folder, 'history', '00000000000003-x.json'), '{"v":99}');
    await redis.hset('{orderwatch-test}:history', 'a', '{"half":', 'b', '{"v":99}');
    expect(await history.read()).toEqual([loaded(1)]);
  });

  it('is the same list until something comes, for many who ask at once, and reads nothing twice', async () => {
    const history = historyIn(temporaryFolder());
    await history.append(loaded(1));
    const lists = await Promise.all(Array.from({ length: 8 }, () => history.recent()));
    expect(new Set([...lists, await history.read()]).size).toBe(1);
    // A name says what its record is, so what stands under it later is not looked at.
    const [name = ''] = await redis.hkeys('{orderwatch-test}:history');
    await redis.hset('{orderwatch-test}:history', name, '{"half":');
    expect(await history.read()).toBe(lists[0]);
    await history.append(stopped(2));
    expect(await history.read()).toEqual([loaded(1), stopped(2)]);
  });

  it('is kept in the folder while Redis is away, and says so', async () => {
    const history = historyIn(temporaryFolder());
    await server.kill();
    await expect(history.append(loaded(1))).rejects.toMatchObject({
      failure: { code: 'state.unusable', blame: 'fleet' },
    });
    await server.start();
    expect(await history.read()).toEqual([loaded(1)]);
  });
});
