import { expect, it } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { FleetTime } from '../../../src/store/fleet-time.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const server = ownRedis();

function setUp(offsetMs = 0) {
  let ahead = offsetMs;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
  const told: string[] = [];
  const time = new FleetTime(server.redis, clock, (error) => {
    told.push(error instanceof Failed ? error.failure.message : 'something else');
  });
  const jumpTo = (ms: number): void => {
    ahead = ms;
  };
  return { time, told, jumpTo };
}

it('is right within five seconds of Redis, in both directions', async () => {
  for (const offsetMs of [0, 4_500, -4_500]) {
    const { time, told } = setUp(offsetMs);
    expect(await time.isRight()).toBe(true);
    await time.mustBeRight();
    expect(told).toEqual([]);
  }
});

it('sees a jump at once, and says so once until it is right again', async () => {
  const { time, told, jumpTo } = setUp();
  expect(await time.isRight()).toBe(true);
  jumpTo(3_600_000);
  expect(await Promise.all([time.isRight(), time.isRight()])).toEqual([false, false]);
  expect(await time.isRight()).toBe(false);
  const text =
    "our clock is 3,600 s ahead of Redis': until it is right nothing is planned, swept or begun here";
  expect(told).toEqual([text]);
  await expect(time.mustBeRight()).rejects.toMatchObject({
    failure: { code: 'fleet.clock', blame: 'fleet', message: text },
  });
  jumpTo(-60_000);
  expect(await time.isRight()).toBe(false);
  expect(told[1]).toMatch(/^our clock is 60 s behind Redis'/);
  jumpTo(0);
  expect(await time.isRight()).toBe(true);
  jumpTo(3_600_000);
  await time.isRight();
  expect(told).toHaveLength(3);
});

it('takes an answer that was long on its way for what it is', async () => {
  // Four seconds behind, and what Redis says is a second and a half younger than the question.
  const { time } = setUp(-4_000);
  server.freeze();
  const asked = time.isRight();
  await systemClock.sleep(1_500);
  server.thaw();
  expect(await asked).toBe(true);
});

it('goes by what Redis said last while it is away', async () => {
  const { time, jumpTo } = setUp();
  expect(await time.isRight()).toBe(true);
  await server.kill();
  expect(await time.isRight()).toBe(true);
  jumpTo(-7_200_000);
  expect(await time.isRight()).toBe(false);
  await server.start();
  expect(await time.isRight()).toBe(false);
  jumpTo(0);
  expect(await time.isRight()).toBe(true);
});
