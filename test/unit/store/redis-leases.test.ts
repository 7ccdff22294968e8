import { describe, expect, it } from 'vitest';
import { tenantId } from '../../../src/domain/ids.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { Keys } from '../../../src/store/redis.ts';
import { RedisLeases } from '../../../src/store/redis-leases.ts';
import { contend } from '../../support/unit/leases.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const north = tenantId('north');
const never = (): AbortSignal => new AbortController().signal;
const lost = { failure: { code: 'lease.lost', blame: 'fleet' } };
/** Real time, but polls come quicker than in life. */
const clock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms / 20, signal),
};

const server = ownRedis();
const { redis } = server;

const leases = (): RedisLeases => new RedisLeases(redis, new Keys('test'), clock);
const waited = (ms: number): AbortSignal => AbortSignal.timeout(ms);

describe('a lease in Redis', () => {
  it('is held by one of many at a time, each with a higher token', async () => {
    const { most, tokens } = await contend(() => leases().acquire(north, 60_000, never()));
    expect(most).toBe(1);
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
    expect(new Set(tokens).size).toBe(12);
  });

  it('of one tenant does not keep another tenant waiting', async () => {
    await leases().acquire(north, 60_000, never());
    await expect(leases().acquire(tenantId('south'), 60_000, waited(1_000))).resolves.toBeDefined();
  });

  it('ends by itself: the next one holds the tenant, the first has lost it and cannot give it back', async () => {
    const first = await leases().acquire(north, 150, never());
    await expect(leases().acquire(north, 150, waited(60))).rejects.toThrow('timeout');
    const second = await leases().acquire(north, 60_000, waited(2_000));
    expect(second.token).toBeGreaterThan(first.token);
    await expect(first.check()).rejects.toMatchObject(lost);
    await first.release();
    await expect(second.check()).resolves.toBeUndefined();
    await expect(leases().acquire(north, 150, waited(60))).rejects.toThrow('timeout');
  });

  it('is counted where it was taken, until it is given back or has ended', async () => {
    const own = leases();
    const first = await own.acquire(north, 60_000, never());
    await own.acquire(tenantId('south'), 60, never());
    expect(own.held).toBe(2);
    await systemClock.sleep(80);
    expect(own.held).toBe(1);
    await first.release();
    expect(own.held).toBe(0);
  });

  it('that has ended is lost also when nobody else took the tenant', async () => {
    const lease = await leases().acquire(north, 50, never());
    await systemClock.sleep(80);
    await expect(lease.check()).rejects.toMatchObject(lost);
  });

  it('is not given to who was told to stop waiting', async () => {
    const reason = new Error('stop');
    await expect(leases().acquire(north, 60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const stop = new AbortController();
    const asked = leases().acquire(north, 60_000, stop.signal);
    stop.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await expect(leases().acquire(north, 60_000, waited(1_000))).resolves.toBeDefined();
  });
});

describe('after Redis lost its memory, a lease', () => {
  it('is kept, and held against others again, when nobody took the tenant', async () => {
    const first = await leases().acquire(north, 60_000, never());
    await redis.flushall();
    await expect(first.check()).resolves.toBeUndefined();
    await expect(leases().acquire(north, 60_000, waited(60))).rejects.toThrow('timeout');
  });

  it('is held no longer than it would have been', async () => {
    const first = await leases().acquire(north, 300, never());
    await redis.flushall();
    await first.check();
    await expect(leases().acquire(north, 60_000, waited(1_500))).resolves.toBeDefined();
    await expect(first.check()).rejects.toMatchObject(lost);
  });

  it('is lost when somebody took the tenant, who has a higher token', async () => {
    const first = await leases().acquire(north, 60_000, never());
    await redis.flushall();
    const second = await leases().acquire(north, 60_000, waited(1_000));
    expect(second.token).toBeGreaterThan(first.token);
    await expect(first.check()).rejects.toMatchObject(lost);
    await expect(second.check()).resolves.toBeUndefined();
  });

  it('is lost also when they gave it back since', async () => {
    const first = await leases().acquire(north, 60_000, never());
    await redis.flushall();
    await (await leases().acquire(north, 60_000, waited(1_000))).release();
    await expect(first.check()).rejects.toMatchObject(lost);
  });
});

describe('while Redis is away, a lease', () => {
  it('holds until its own end, and cannot be had', async () => {
    const lease = await leases().acquire(north, 600, never());
    const endMs = systemClock.monotonic() + 600;
    await server.kill();
    await expect(lease.check()).resolves.toBeUndefined();
    await expect(leases().acquire(north, 600, never())).rejects.toMatchObject({
      failure: { code: 'state.unusable', blame: 'fleet' },
    });
    await systemClock.sleep(Math.max(0, endMs - systemClock.monotonic()) + 20);
    await expect(lease.check()).rejects.toMatchObject(lost);
    await server.start();
  });

  it('holds still when it is back', async () => {
    const lease = await leases().acquire(north, 60_000, never());
    await server.kill();
    await server.start();
    await expect(lease.check()).resolves.toBeUndefined();
    await expect(leases().acquire(north, 60_000, waited(60))).rejects.toThrow('timeout');
  });
});
