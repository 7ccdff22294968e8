import { describe, expect, it } from 'vitest';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import type { PastRun, Series } from '../../../src/domain/past-run.ts';
import { Folds, hourOf } from '../../../src/store/folds.ts';
import { RedisPastRuns } from '../../../src/store/past-runs.ts';
import { Keys } from '../../../src/store/redis.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const server = ownRedis();
const { redis } = server;
const keys = new Keys('test');
const folds = new Folds(redis, keys);

const HOUR_MS = Date.UTC(2099, 0, 1, 10);
const none = new Map<string, never>();
const series: Series = {
  tenant: tenantId('north'),
  scenario: scenarioId('order-confirmation'),
  transport: 'rpc',
};
const runAt = (second: number): PastRun => ({
  v: 1,
  atMs: HOUR_MS + second * 1_000,
  revision: 1,
  wire: 'json2',
  stepsMs: [12.5],
});
const change = (token: number, cursor: string, value: unknown) => ({
  token,
  cursor,
  values: new Map([['a|b|rpc', value]]),
  rollups: new Map([[HOUR_MS, new Map([['a|b|rpc', value]])]]),
  runs: [],
});

describe('the folded state of a partition', () => {
  it('is empty at the beginning', async () => {
    expect(await folds.read('eu')).toEqual({ cursor: '0', values: none });
    expect(await folds.rollups('eu', HOUR_MS, ['a|b|rpc'])).toEqual(none);
    expect(await folds.rollups('eu', HOUR_MS, [])).toEqual(none);
  });

  it('is written with the entry up to which it goes, and with the hours', async () => {
    expect(await folds.commit('eu', change(5, '17-0', { n: 1 }))).toBe(true);
    const kept = new Map([['a|b|rpc', { n: 1 }]]);
    expect(await folds.read('eu')).toEqual({ cursor: '17-0', values: kept });
    expect(await folds.rollups('eu', HOUR_MS, ['x', 'a|b|rpc'])).toEqual(kept);
    expect(await folds.read('us')).toEqual({ cursor: '0', values: none });
  });

  it('is not written by an owner who was replaced', async () => {
    await folds.commit('eu', change(6, '17-0', { n: 1 }));
    expect(await folds.commit('eu', change(5, '18-0', { n: 2 }))).toBe(false);
    expect((await folds.read('eu')).cursor).toBe('17-0');
    const kept = await folds.rollups('eu', HOUR_MS, ['a|b|rpc']);
    expect(kept.get('a|b|rpc')).toEqual({ n: 1 });
  });

  it('goes on where nothing but the cursor changed', async () => {
    const quiet = {
      token: 1,
      cursor: '3-0',
      values: none,
      rollups: new Map<number, never>(),
      runs: [],
    };
    expect(await folds.commit('eu', quiet)).toBe(true);
    expect(await folds.read('eu')).toEqual({ cursor: '3-0', values: none });
  });

  it('is written with the runs that it remembers, and by an owner who was replaced with none', async () => {
    const [south, browser] = [
      { ...series, tenant: tenantId('south') },
      { ...series, transport: 'browser' as const },
    ];
    const change5 = {
      ...change(5, '17-0', { n: 1 }),
      runs: [{ series, runs: [runAt(1), runAt(2)] }],
    };
    expect(await folds.commit('eu', change5)).toBe(true);
    const both = [
      { series, runs: [runAt(3)] },
      { series: south, runs: [runAt(4)] },
    ];
    expect(await folds.commit('eu', { ...change(6, '18-0', { n: 2 }), runs: both })).toBe(true);
    const late = [{ series: browser, runs: [runAt(5)] }];
    expect(await folds.commit('eu', { ...change5, runs: late })).toBe(false);
    const kept = new RedisPastRuns(redis, keys);
    expect(await kept.read(series)).toEqual([runAt(1), runAt(2), runAt(3)]);
    expect(await kept.read(south)).toEqual([runAt(4)]);
    expect(await kept.read(browser)).toEqual([]);
    expect((await folds.read('eu')).cursor).toBe('18-0');
  });

  it('passes over what is no JSON', async () => {
    await folds.commit('eu', change(1, '1-0', { n: 1 }));
    await redis.hset('{orderwatch-test}:folded:eu', 'broken', '{');
    expect([...(await folds.read('eu')).values.keys()]).toEqual(['a|b|rpc']);
  });

  it('keeps hours for 400 days', async () => {
    await folds.commit('eu', change(1, '1-0', { n: 1 }));
    const [key] = await redis.keys('*rollup*');
    expect(key).toBe('{orderwatch-test}:rollup:eu:2099-01-01T10');
    expect(await redis.expiretime(key!)).toBe((HOUR_MS + 400 * 86_400_000) / 1_000);
    expect(hourOf(HOUR_MS + 3_599_999)).toBe(HOUR_MS);
  });

  it('is our trouble while Redis is away', async () => {
    await server.kill();
    await expect(folds.read('eu')).rejects.toMatchObject({ failure: { code: 'state.unusable' } });
    await server.start();
  });
});
