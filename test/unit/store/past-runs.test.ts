/** What gates compare with: kept the same way in Redis and in the state folder. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import type { PastRun, Series } from '../../../src/domain/past-run.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import {
  FolderPastRuns,
  KEPT_RUNS,
  type PastRuns,
  RedisPastRuns,
} from '../../../src/store/past-runs.ts';
import { Keys } from '../../../src/store/redis.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const DAY_MS = 86_400_000;
const server = ownRedis();
const { redis } = server;
const keys = new Keys('test');

const series: Series = {
  tenant: tenantId('north'),
  scenario: scenarioId('order-confirmation'),
  transport: 'rpc',
};
const beginMs = systemClock.now() - 3_600_000;
const runAt = (secondsLater: number, change: Partial<PastRun> = {}): PastRun => ({
  v: 1,
  atMs: beginMs + secondsLater * 1_000,
  revision: 2,
  wire: 'xmlrpc',
  stepsMs: [340.1, 12],
  ...change,
});
const runsFrom = (first: number, count: number): readonly PastRun[] =>
  Array.from({ length: count }, (_, n) => runAt(first + n));

const stores = {
  Redis: (): PastRuns => new RedisPastRuns(redis, keys),
  'the state folder': (): PastRuns =>
    new FolderPastRuns(new FolderRecords(temporaryFolder()), systemClock),
} as const;

describe.each(Object.entries(stores))('past runs in %s', (_, open) => {
  it('are none at first, and those of each series by themselves', async () => {
    const kept = open();
    await kept.append(series, [runAt(1)]);
    await kept.append({ ...series, transport: 'browser' }, [runAt(2)]);
    await kept.append({ ...series, tenant: tenantId('south') }, []);
    expect(await kept.read(series)).toEqual([runAt(1)]);
    expect(await kept.read({ ...series, transport: 'browser' })).toEqual([runAt(2)]);
    expect(await kept.read({ ...series, tenant: tenantId('south') })).toEqual([]);
  });

  it('come oldest first, whole, in whatever order they were appended', async () => {
    const kept = open();
    // What a failure's step may be called, and what a list is searched for.
    const failure = { code: 'odoo.fault', step: '"atMs":1', trace: '0123456789ab' };
    const failed = runAt(2, { stepsMs: [], failure });
    await kept.append(series, [runAt(3), failed]);
    await kept.append(series, [runAt(1)]);
    expect(await kept.read(series)).toEqual([runAt(1), failed, runAt(3)]);
  });

  it('are the newest six hundred, also of more at once', async () => {
    const kept = open();
    await kept.append(series, runsFrom(0, 400));
    await kept.append(series, runsFrom(400, 300));
    expect(await kept.read(series)).toEqual(runsFrom(100, KEPT_RUNS));
    await kept.append(series, runsFrom(700, 1_000));
    expect(await kept.read(series)).toEqual(runsFrom(1_100, KEPT_RUNS));
  });

  it('go after fourteen days, when others come', async () => {
    const kept = open();
    const nowMs = systemClock.now();
    const old = runAt(0, { atMs: nowMs - 14 * DAY_MS - 60_000 });
    const young = runAt(0, { atMs: nowMs - 14 * DAY_MS + 600_000 });
    await kept.append(series, [old, old, young]);
    expect(await kept.read(series)).toEqual([young]);
  });
});

describe('past runs', () => {
  it('in Redis that are malformed are left out, and go when they are the oldest', async () => {
    const kept = new RedisPastRuns(redis, keys);
    const list = keys.of('past-runs', 'north', 'order-confirmation', 'rpc');
    await redis.rpush(list, '{', JSON.stringify({ ...runAt(1), v: 2 }));
    expect(await kept.read(series)).toEqual([]);
    await kept.append(series, [runAt(2)]);
    expect(await kept.read(series)).toEqual([runAt(2)]);
    expect(await redis.llen(list)).toBe(2);
  });

  it('in the folder that are malformed are left out', async () => {
    const records = new FolderRecords(temporaryFolder());
    const kept = new FolderPastRuns(records, systemClock);
    const name = 'north~order-confirmation~rpc';
    await records.put('past-runs', name, { runs: 1 });
    expect(await kept.read(series)).toEqual([]);
    await records.put('past-runs', name, [{ v: 1 }, runAt(1), 7]);
    await kept.append(series, [runAt(2)]);
    expect(await kept.read(series)).toEqual([runAt(1), runAt(2)]);
  });

  it('in the folder stay whole while several append at once', async () => {
    const folder = temporaryFolder();
    const appended = Array.from({ length: 12 }, async (_, n) => {
      const kept = new FolderPastRuns(new FolderRecords(folder), systemClock);
      await kept.append(series, [runAt(n)]);
      return await kept.read(series);
    });
    for (const read of await Promise.all(appended)) expect(read.length).toBeGreaterThan(0);
    expect(readdirSync(join(folder, 'past-runs'))).toEqual(['north~order-confirmation~rpc.json']);
  });

  it('are our trouble while Redis is away', async () => {
    await server.kill();
    const kept = new RedisPastRuns(redis, keys);
    const trouble = { failure: { code: 'state.unusable', blame: 'fleet' } };
    await expect(kept.read(series)).rejects.toMatchObject(trouble);
    await expect(kept.append(series, [runAt(1)])).rejects.toMatchObject(trouble);
    await server.start();
  });
});
