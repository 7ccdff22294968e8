import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { Leader } from '../../../src/store/leader.ts';
import { Keys } from '../../../src/store/redis.ts';
import { ownRedis, until } from '../../support/unit/redis.ts';

const server = ownRedis();
const { redis } = server;

const candidate = (isClockRight = true): Leader =>
  new Leader(redis, new Keys('test'), systemClock, () => Promise.resolve(isClockRight));

describe('a leader', () => {
  it('is one of many who ask at once', async () => {
    const many = Array.from({ length: 10 }, () => candidate());
    const answers = await Promise.all(many.map((one) => one.lead('scheduler', 5_000)));
    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1);
  });

  it('of one thing does not lead another', async () => {
    const [one, two] = [candidate(), candidate()];
    expect(await one.lead('scheduler', 5_000)).toBeDefined();
    expect(await two.lead('observer', 5_000)).toBeDefined();
  });

  it('stays while it asks again in time, with the same token', async () => {
    const [one, two] = [candidate(), candidate()];
    const first = await one.lead('scheduler', 300);
    for (let n = 0; n < 5; n += 1) {
      await systemClock.sleep(100);
      expect((await one.lead('scheduler', 300))?.token).toBe(first?.token);
      expect(await two.lead('scheduler', 300)).toBeUndefined();
    }
  });

  it('that stops asking is replaced when its time is over, not before, by a higher token', async () => {
    const [one, two] = [candidate(), candidate()];
    const first = await one.lead('scheduler', 400);
    let second: Awaited<ReturnType<Leader['lead']>>;
    await until(async () => (second = await two.lead('scheduler', 400)) !== undefined);
    const lateMs = systemClock.monotonic() - first!.endMs;
    // Redis may begin a little after we asked, and the machine is busy.
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(300);
    expect(second!.token).toBeGreaterThan(first!.token);
    expect(await one.lead('scheduler', 400)).toBeUndefined();
  });

  it('that resigns is replaced at once; who does not lead cannot resign for another', async () => {
    const [one, two] = [candidate(), candidate()];
    const first = await one.lead('scheduler', 60_000);
    await two.resign('scheduler');
    expect(await two.lead('scheduler', 60_000)).toBeUndefined();
    await one.resign('scheduler');
    expect((await two.lead('scheduler', 60_000))!.token).toBeGreaterThan(first!.token);
  });

  it('that finds its clock wrong resigns, and does not lead until it is right', async () => {
    let isRight = true;
    const one = new Leader(redis, new Keys('test'), systemClock, () => Promise.resolve(isRight));
    const two = candidate();
    expect(await one.lead('scheduler', 60_000)).toBeDefined();
    isRight = false;
    expect(await one.lead('scheduler', 60_000)).toBeUndefined();
    expect(await two.lead('scheduler', 60_000)).toBeDefined();
    expect(await candidate(false).lead('observer', 60_000)).toBeUndefined();
    await two.resign('scheduler');
    isRight = true;
    expect(await one.lead('scheduler', 60_000)).toBeDefined();
  });

  it('gets a higher token also from a Redis that lost its memory', async () => {
    const [one, two] = [candidate(), candidate()];
    let last = 0;
    for (let n = 0; n < 4; n += 1) {
      const { token } = (await (n % 2 === 0 ? one : two).lead('scheduler', 60_000))!;
      expect(token).toBeGreaterThan(last);
      last = token;
      await redis.flushall();
      await systemClock.sleep(2);
    }
  });

  it('cannot ask while Redis is away, and still leads when it is back', async () => {
    const [one, two] = [candidate(), candidate()];
    const first = await one.lead('scheduler', 60_000);
    await server.kill();
    await expect(one.lead('scheduler', 60_000)).rejects.toMatchObject({
      failure: { code: 'state.unusable', blame: 'fleet' },
    });
    await server.start();
    expect(await two.lead('scheduler', 60_000)).toBeUndefined();
    expect((await one.lead('scheduler', 60_000))?.token).toBe(first?.token);
  });
});
