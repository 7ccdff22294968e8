import { beforeEach, describe, expect, it } from 'vitest';
import { plannedBetween } from '../../../src/domain/history.ts';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import type { Account } from '../../../src/domain/ledger.ts';
import type { Schedule } from '../../../src/domain/schedule.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { Producer } from '../../../src/queue/producer.ts';
import { Scheduler } from '../../../src/roles/scheduler.ts';
import { FleetTime } from '../../../src/store/fleet-time.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { History } from '../../../src/store/history.ts';
import { Leader } from '../../../src/store/leader.ts';
import { Ledger } from '../../../src/store/ledger.ts';
import { Keys, RedisRecords } from '../../../src/store/redis.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const keys = new Keys('test');
const NOON_MS = Date.UTC(2099, 6, 1, 12);
const LONGEST_MS = 120_000;
const north = tenantId('north');

const { redis } = ownRedis();
const folder = temporaryFolder();
let nowMs = NOON_MS;
let count = 0;

beforeEach(() => {
  nowMs = NOON_MS;
  count += 1;
});

const every: Schedule = {
  tenant: north,
  scenario: scenarioId('order-confirmation'),
  transport: 'rpc',
  timing: { kind: 'every', everyMs: 10_000, phaseMs: 3_000 },
};

function setUp(isClockRight = (): Promise<boolean> => Promise.resolve(true)) {
  const clock = { ...systemClock, now: () => nowMs, monotonic: () => systemClock.monotonic() };
  const history = new History(redis, keys, new FolderRecords(`${folder}/${count}`), clock);
  const ledger = new Ledger(redis, keys);
  const producer = new Producer(redis, keys.prefix, clock);
  const troubles: unknown[] = [];
  const scheduler = (): Scheduler =>
    new Scheduler({
      clock,
      leader: new Leader(redis, keys, clock, isClockRight),
      isClockRight,
      ledger,
      history,
      producer,
      records: new RedisRecords(redis, keys),
      plan: () => history.append({ v: 1, kind: 'loaded', atMs: nowMs, schedules: [every] }),
      longestMs: () => LONGEST_MS,
      onTrouble: (error) => troubles.push(error),
    });
  /** Seconds after noon of every account, with what it says. */
  const accounts = async (): Promise<readonly (readonly [number, Account['kind']])[]> => {
    const planned = [...plannedBetween(await history.read(), NOON_MS, nowMs + 60_000)];
    const kept = await ledger.accounts(planned);
    expect(planned.length).toBeGreaterThan(0);
    return [...kept]
      .map(([run, { kind }]) => {
        const [, minute = '', second = ''] = /T\d\d(\d\d)(\d\d)/.exec(run) ?? [];
        return [Number(minute) * 60 + Number(second), kind] as const;
      })
      .toSorted(([a], [b]) => a - b);
  };
  return { history, ledger, producer, troubles, scheduler, accounts };
}

describe('a scheduler', () => {
  it('books and queues what is due within half a minute, once', async () => {
    const { scheduler, accounts, producer, troubles } = setUp();
    const one = scheduler();
    await one.tick();
    const first = [3, 13, 23].map((second) => [second, 'queued']);
    expect(await accounts()).toEqual(first);
    await one.tick();
    expect(await accounts()).toEqual(first);
    expect(await producer.counts()).toEqual({ active: 0, waiting: 0, delayed: 3 });
    nowMs += 4_000;
    await one.tick();
    expect(await accounts()).toEqual([...first, [33, 'queued']]);
    expect(troubles).toEqual([]);
    await one.stop();
    await producer.close();
  });

  it('leaves the plan to the one that leads, and goes on where that one stopped', async () => {
    const { scheduler, accounts, producer } = setUp();
    const [first, second] = [scheduler(), scheduler()];
    await first.tick();
    nowMs += 5_000;
    await second.tick();
    expect(await accounts()).toHaveLength(3);
    await first.stop();
    nowMs += 1_000;
    await second.tick();
    expect((await accounts()).map(([second_]) => second_)).toEqual([3, 13, 23, 33]);
    expect((await producer.counts()).delayed).toBe(4);
    await second.stop();
    await producer.close();
  });

  it('books what nobody planned in time as missed, and never plays it late', async () => {
    const { scheduler, accounts, producer, history, ledger } = setUp();
    const killed = scheduler();
    await killed.tick();
    nowMs += 90_000;
    await redis.del(keys.of('leader', 'scheduler'));
    const next = scheduler();
    await next.tick();
    const kinds = new Map(await accounts());
    expect([33, 43, 53].map((second) => kinds.get(second))).toEqual(['missed', 'missed', 'missed']);
    expect([93, 103, 113].map((second) => kinds.get(second))).toEqual([
      'queued',
      'queued',
      'queued',
    ]);
    const planned = [...plannedBetween(await history.read(), NOON_MS, nowMs)];
    const kept = await ledger.accounts(planned);
    expect(kept.size).toBe(planned.length);
    await next.stop();
    await producer.close();
  });

  it('closes what was started and never reported, once it can have ended', async () => {
    const { scheduler, accounts, ledger, producer } = setUp();
    const one = scheduler();
    await one.tick();
    await ledger.account({ ...every, slotMs: NOON_MS + 3_000 }, { kind: 'started' });
    nowMs += 3_000 + LONGEST_MS + 1_000;
    await one.tick();
    const kinds = new Map(await accounts());
    expect(kinds.get(3)).toBe('inconclusive');
    await one.stop();
    await producer.close();
  });

  it('plans again what a Redis lost that failed over to a replica that lagged', async () => {
    const { scheduler, accounts, producer } = setUp();
    const one = scheduler();
    await one.tick();
    await redis.hset(keys.of('records', 'scheduler'), 'cursor', String(NOON_MS + 15_000));
    await redis.del(keys.of('ledger', 'north', '20990701'));
    for (const job of await redis.keys('*runs-rpc*')) await redis.del(job);
    nowMs += 1_000;
    await one.tick();
    expect(await accounts()).toEqual([[23, 'queued']]);
    expect((await producer.counts()).delayed).toBe(1);
    await one.stop();
    await producer.close();
  });

  it('plays what was due between its loading and its first tick on a new Redis', async () => {
    const { scheduler, accounts, history, producer } = setUp();
    await history.append({ v: 1, kind: 'loaded', atMs: nowMs, schedules: [every] });
    nowMs += 4_000;
    const one = scheduler();
    await one.tick();
    expect((await accounts()).slice(0, 2)).toEqual([
      [3, 'queued'],
      [13, 'queued'],
    ]);
    await one.stop();
    await producer.close();
  });

  it('never plays twice what was due before Redis was flushed, and plans what is to come', async () => {
    const { scheduler, accounts, producer, troubles } = setUp();
    const one = scheduler();
    await one.tick();
    nowMs += 14_000;
    await one.tick();
    await redis.flushall();
    nowMs += 1_000;
    await one.tick();
    const due = [3, 13].map((second) => [second, 'started']);
    const toCome = [23, 33, 43].map((second) => [second, 'queued']);
    expect(await accounts()).toEqual([...due, ...toCome]);
    expect((await producer.counts()).delayed).toBe(3);
    nowMs += LONGEST_MS;
    await one.tick();
    const kinds = new Map(await accounts());
    expect([kinds.get(3), kinds.get(13)]).toEqual(['inconclusive', 'inconclusive']);
    expect(troubles).toEqual([]);
    await one.stop();
    await producer.close();
  });

  it('ends the plan as it stops: what would have been due later is no hole', async () => {
    const { scheduler, history, producer } = setUp();
    const one = scheduler();
    await one.tick();
    nowMs += 5_000;
    await one.stop();
    expect([...plannedBetween(await history.read(), NOON_MS, NOON_MS + 600_000)]).toHaveLength(1);
    await producer.close();
  });

  it.each([3_600_000, -3_600_000])(
    'whose clock jumps by %i ms plans nothing and ends nothing by it, and then goes on without a hole',
    async (jumpMs) => {
      nowMs = Date.now();
      const startMs = nowMs;
      const clock = { ...systemClock, now: () => nowMs, monotonic: () => systemClock.monotonic() };
      const told: unknown[] = [];
      const time = new FleetTime(redis, clock, (error) => told.push(error));
      const { scheduler, history, ledger, producer, troubles } = setUp(time.isRight);
      const one = scheduler();
      await one.tick();
      const known = await history.read();
      nowMs += jumpMs;
      await one.tick();
      await one.tick();
      expect(await redis.exists(keys.of('leader', 'scheduler'))).toBe(0);
      // As one that was told to stop just now would.
      await one.stop();
      expect(await history.read()).toEqual(known);
      expect(told).toHaveLength(1);
      nowMs += 4_000 - jumpMs;
      const next = scheduler();
      await next.tick();
      const planned = [...plannedBetween(await history.read(), startMs, nowMs + 30_000)];
      const kinds = [...(await ledger.accounts(planned)).values()].map(({ kind }) => kind);
      expect(planned.length).toBeGreaterThan(2);
      expect(kinds).toEqual(planned.map(() => 'queued'));
      expect(await producer.counts()).toMatchObject({ delayed: planned.length });
      expect(troubles).toEqual([]);
      await next.stop();
      await producer.close();
    },
  );
});
