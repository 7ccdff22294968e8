/**
 * A whole fleet on every kind of Redis, and on one that is restarted, full, slow, flushed or gone for a while: runs under way
 * end, reports come later, nobody is blamed, and each slot that was planned comes to something. Needs no lab.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { type PlannedSlot, plannedBetween } from '../../src/domain/history.ts';
import type { RunId } from '../../src/domain/ids.ts';
import type { Account } from '../../src/domain/ledger.ts';
import { runIdOf } from '../../src/domain/mark.ts';
import type { RunReport } from '../../src/domain/report.ts';
import { roles } from '../../src/domain/role.ts';
import { runRequestOf } from '../../src/domain/run-request.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { describeThrown } from '../../src/lib/thrown.ts';
import { FolderRecords } from '../../src/store/folder.ts';
import { History } from '../../src/store/history.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { startFleet } from '../../src/wire/fleet.ts';
import { openRedis } from '../../src/wire/redis.ts';
import { deaf, noOpConfiguration, noOpsOf } from '../support/no-op.ts';
import {
  type RedisServer,
  startCluster,
  startRedisServer,
  startWatched,
} from '../support/redis-servers.ts';
import { temporaryFolder } from '../support/unit/folder.ts';

const TENANTS = 3;
/** Long enough for a fault to hit a run under way. */
const RUN_MS = 2_500;
/** What is due is queued so long before, and so long after it may still begin. */
const LATE_MS = 30_000;
/** A slot that was due so long ago has begun, or is late. */
const SETTLED_MS = 12_000;

const root = temporaryFolder();

interface Scene {
  readonly reports: readonly RunReport[];
  readonly startedMs: number;
  /** Until so many more runs have passed that began after now. */
  readonly passes: (count: number, withinMs?: number) => Promise<void>;
  /** Until a run has just begun. */
  readonly underWay: () => Promise<void>;
  readonly spooled: () => Promise<number>;
  /** Of every slot that was due since then and should have come to something by now. */
  readonly became: (
    sinceMs: number,
  ) => Promise<readonly (readonly [slot: PlannedSlot, account: Account | undefined])[]>;
  readonly stop: () => Promise<void>;
}

async function startScene(name: string, redis: unknown): Promise<Scene> {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const configFile = join(folder, 'orderwatch.yaml');
  const stateFolder = join(folder, 'state');
  const fleetOptions = { name, redis, limits: { run: '8s', compensation: '2s' } };
  writeFileSync(configFile, noOpConfiguration(fleetOptions, TENANTS, { every: '10s' }));
  writeFileSync(join(folder, 'secret'), 'nothing', { mode: 0o600 });
  const reports: RunReport[] = [];
  const troubles: unknown[] = [];
  let begun = 0;
  const startedMs = Date.now();
  const standIn = noOpsOf(RUN_MS);
  const fleet = await startFleet({
    ...deaf,
    configFile,
    stateFolder,
    roles: new Set(roles),
    standIn,
    onStep: () => (begun += 1),
    onReport: (report) => reports.push(report),
    onTrouble: (error) => troubles.push(error),
  });
  const copy = new FolderRecords(stateFolder);
  return {
    reports,
    startedMs,
    passes: async (count, withinMs = 40_000) => {
      const fromMs = Date.now();
      const passed = (): number =>
        reports.filter(
          ({ outcome, startedAt }) => outcome.kind === 'passed' && Date.parse(startedAt) >= fromMs,
        ).length;
      await until(
        () => passed() >= count,
        withinMs,
        () => {
          const [last] = reports.slice(-1);
          const told = JSON.stringify([last?.outcome, ...troubles.slice(-3).map(describeThrown)]);
          return `${passed()} of ${count} runs passed; ${reports.length} reports, last ${told}`;
        },
      );
    },
    underWay: async () => {
      const before = begun;
      await until(
        () => begun > before,
        20_000,
        () => 'no run began',
      );
    },
    spooled: async () => (await copy.names('spool')).length,
    became: async (sinceMs) => {
      const config = loadConfig(configFile, [...standIn.scenarios.values()]);
      const opened = await openRedis(config, stateFolder, systemClock);
      const history = new History(opened.redis, opened.keys, copy, systemClock);
      const untilMs = Date.now() - SETTLED_MS;
      const planned = [...plannedBetween(await history.read(), sinceMs, untilMs)];
      const accounts: ReadonlyMap<RunId, Account> = await new Ledger(
        opened.redis,
        opened.keys,
      ).accounts(planned);
      await opened.close();
      return planned.map((slot) => [slot, accounts.get(runIdOf(runRequestOf(slot)))] as const);
    },
    stop: () => fleet.stop(10_000),
  };
}

async function until(
  holds: () => boolean | Promise<boolean>,
  withinMs: number,
  otherwise: () => string,
): Promise<void> {
  const endMs = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`not within ${withinMs} ms: ${otherwise()}`);
    await sleep(50);
  }
}

/** Nobody was blamed, no slot was played twice, and every slot that was due came to something. */
async function expectSound(scene: Scene, sinceMs: number): Promise<readonly Account[]> {
  const became = await scene.became(sinceMs);
  expect(became.length).toBeGreaterThanOrEqual(TENANTS);
  const holes = became.filter(([, account]) => account === undefined);
  expect(holes.map(([slot]) => [slot.tenant, new Date(slot.slotMs).toISOString()])).toEqual([]);
  expect(scene.reports.filter(({ outcome }) => outcome.kind === 'failed')).toEqual([]);
  const runs = scene.reports.map(({ runId }) => runId);
  expect(new Set(runs).size).toBe(runs.length);
  return became.flatMap(([, account]) => account ?? []);
}

/** One server; `play` breaks it while the fleet plays. */
async function onOneServer(
  name: string,
  play: (scene: Scene, server: RedisServer) => Promise<void>,
): Promise<void> {
  const server = await startRedisServer(join(root, `${name}-redis`));
  const scene = await startScene(name, `redis://127.0.0.1:${server.port}`);
  try {
    await scene.passes(TENANTS);
    await play(scene, server);
  } finally {
    await scene.stop();
    await server.kill();
  }
}

describe('a fleet', () => {
  it.concurrent('plays on a cluster of three', async () => {
    const cluster = await startCluster(join(root, 'nodes'));
    const scene = await startScene('cluster', cluster.place);
    try {
      await scene.passes(3 * TENANTS);
      const kinds = (await expectSound(scene, scene.startedMs)).map(({ kind }) => kind);
      expect(new Set(kinds)).toEqual(new Set(['passed']));
    } finally {
      await scene.stop();
      await cluster.kill();
    }
  });

  it.concurrent('goes on when the sentinels replace the master', async () => {
    const watched = await startWatched(join(root, 'watched'));
    const scene = await startScene('sentinels', watched.place);
    try {
      await scene.passes(TENANTS);
      await scene.underWay();
      await watched.master.kill();
      await until(
        async () => (await watched.replica.ask('role')).startsWith('master'),
        20_000,
        () => 'no failover',
      );
      await scene.passes(2 * TENANTS, 60_000);
      await sleep(SETTLED_MS);
      await expectSound(scene, scene.startedMs);
    } finally {
      await scene.stop();
      await watched.kill();
    }
  });

  it.concurrent('goes on with a Redis that was restarted', () =>
    onOneServer('restarted', async (scene, server) => {
      await scene.underWay();
      await server.kill();
      await sleep(3_000);
      await server.start();
      await scene.passes(2 * TENANTS);
      await sleep(SETTLED_MS);
      const accounts = await expectSound(scene, scene.startedMs);
      expect(accounts.map(({ kind }) => kind)).not.toContain('inconclusive');
    }));

  it.concurrent('ends its runs while Redis is full, and goes on when there is room', () =>
    onOneServer('full', async (scene, server) => {
      await scene.underWay();
      const ended = scene.reports.length;
      await server.ask('config', 'set', 'maxmemory', '1');
      expect(await server.ask('set', 'one', 'more')).toMatch(/^OOM/);
      await until(
        () => scene.reports.length > ended,
        15_000,
        () => 'no run ended',
      );
      expect(scene.reports.at(ended)?.outcome).toEqual({ kind: 'passed' });
      await sleep(SETTLED_MS);
      await server.ask('config', 'set', 'maxmemory', '0');
      await scene.passes(2 * TENANTS);
      expect(await scene.spooled()).toBe(0);
      await sleep(SETTLED_MS);
      await expectSound(scene, scene.startedMs);
    }));

  it.concurrent('blames nobody while Redis is slow', () =>
    onOneServer('slow', async (scene, server) => {
      for (let n = 0; n < 10; n += 1) {
        await server.ask('client', 'pause', '1500');
        await sleep(1_800);
      }
      await scene.passes(2 * TENANTS);
      await sleep(SETTLED_MS);
      await expectSound(scene, scene.startedMs);
    }));

  it.concurrent('ends its runs and plans anew when Redis is flushed', () =>
    onOneServer('flushed', async (scene, server) => {
      await scene.underWay();
      const flushedMs = Date.now();
      const ended = scene.reports.length;
      await server.ask('flushall');
      await until(
        () => scene.reports.length > ended,
        15_000,
        () => 'no run ended',
      );
      expect(scene.reports.at(ended)?.outcome).toEqual({ kind: 'passed' });
      await scene.passes(2 * TENANTS);
      await sleep(SETTLED_MS);
      // What was due in the last half minute counts too, whatever became of it.
      await expectSound(scene, Math.max(scene.startedMs, flushedMs - LATE_MS));
    }));

  it.concurrent('counts what it missed while Redis was gone, and delivers what it kept', () =>
    onOneServer('gone', async (scene, server) => {
      await scene.underWay();
      await server.kill();
      await until(
        async () => (await scene.spooled()) > 0,
        15_000,
        () => 'no report waits',
      );
      await sleep(40_000);
      await server.start();
      await scene.passes(2 * TENANTS);
      expect(await scene.spooled()).toBe(0);
      await sleep(SETTLED_MS);
      const accounts = await expectSound(scene, scene.startedMs);
      const missed = accounts.filter(({ kind }) => kind === 'missed');
      expect(missed.length, JSON.stringify(accounts)).toBeGreaterThan(0);
    }));
});
