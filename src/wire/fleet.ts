/** Builds the services of a fleet in one process, and starts, reloads and ends them in their order. */
import { availableParallelism } from 'node:os';
import { type Config, loadConfig } from '../config/load.ts';
import { loadScenarios } from '../config/scenarios.ts';
import type { HistoryRecord, PlannedSlot } from '../domain/history.ts';
import type { RunReport } from '../domain/report.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { ResidueReport } from '../engine/sweep.ts';
import { systemClock } from '../lib/clock.ts';
import { atMost } from '../lib/deadline.ts';
import { Consumer, type DeadLetter } from '../queue/consumer.ts';
import { Producer } from '../queue/producer.ts';
import { Observer } from '../roles/observer.ts';
import { Scheduler } from '../roles/scheduler.ts';
import { Sweeper } from '../roles/sweeper.ts';
import { RunWorker } from '../roles/worker.ts';
import { FolderRecords } from '../store/folder.ts';
import { Folds } from '../store/folds.ts';
import { History } from '../store/history.ts';
import { Leader } from '../store/leader.ts';
import { Ledger } from '../store/ledger.ts';
import { connectPatiently, connectRedis, Keys, RedisRecords } from '../store/redis.ts';
import { RedisLeases } from '../store/redis-leases.ts';
import { Reports } from '../store/reports.ts';
import type { Pages } from '../surface/http.ts';
import { indicatorSamples } from '../surface/indicators.ts';
import { metricsPage } from '../surface/metrics.ts';
import { assemble, type ComposeOptions } from './compose.ts';
import { findRedis, longestOf, whenReady } from './redis.ts';

export const roles = ['scheduler', 'worker', 'observer', 'sweeper'] as const;
export type Role = (typeof roles)[number];

/** For a slot of a tenant that is configured no more. */
const LONGEST_UNKNOWN_MS = 600_000;

export interface FleetOptions extends ComposeOptions {
  readonly roles: ReadonlySet<Role>;
  readonly onReport: (report: RunReport, tenant: Tenant | undefined) => void;
  readonly onSwept: (report: ResidueReport) => void;
  readonly onDead: (letter: DeadLetter) => void;
  /** Told of what could not be done and is tried again. */
  readonly onTrouble: (error: unknown) => void;
}

export interface Fleet {
  /** Where Redis is, when the configuration names none and a private one was started. */
  readonly privateRedis: string | undefined;
  readonly pages: Pages;
  readonly config: () => Config;
  /** Throws ConfigError, and the configuration stays what it was. */
  readonly reload: () => Promise<void>;
  /** Takes nothing more, ends what is under way within the grace or else with its undo, and leaves. Never throws. */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Rejects with ConfigError, ScenarioError, or Failed `state.unusable` when there is no Redis to begin with. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const clock = systemClock;
  const scenarios = await loadScenarios();
  const load = (): Config => loadConfig(options.configFile, [...scenarios.values()]);
  let config = load();
  const { place, own } = await findRedis(config, options.stateFolder, clock);
  const redis = connectRedis(place);
  const patient = connectPatiently(place);
  const keys = new Keys(config.fleet.name);
  const folder = new FolderRecords(options.stateFolder);
  const records = new RedisRecords(redis, keys);
  const leases = new RedisLeases(redis, keys, clock);
  const orderwatch = assemble({ config, scenarios, records, leases }, options);
  const { engine } = orderwatch;
  const tenants = (): readonly Tenant[] => config.tenants;
  const tenantOf = (id: string): Tenant | undefined => tenants().find((one) => one.id === id);
  const longestMs = (slot: PlannedSlot): number => {
    const limits = tenantOf(slot.tenant)?.limits;
    if (limits === undefined) return LONGEST_UNKNOWN_MS;
    return longestOf(limits);
  };
  const shared = {
    clock,
    leader: new Leader(redis, keys, clock),
    ledger: new Ledger(redis, keys),
    history: new History(redis, keys, folder),
    reports: new Reports(redis, keys, folder),
    records,
    longestMs,
    tenants,
    onTrouble: options.onTrouble,
  };
  const producer = new Producer(redis, keys.prefix, clock);
  const has = (role: Role): boolean => options.roles.has(role);
  const plan = (): Promise<void> => shared.history.append(loadedNow(config));
  const scheduler = has('scheduler') ? new Scheduler({ ...shared, producer, plan }) : undefined;
  const worker = has('worker')
    ? new RunWorker({
        ...shared,
        engine,
        scenarios,
        onReport: (report) => {
          options.onReport(report, tenantOf(report.tenant));
        },
      })
    : undefined;
  const rowsOf = ({ scenario, transport }: RunReport): number =>
    scenarios.get(scenario)?.rows[transport] ?? 0;
  const observer = has('observer')
    ? new Observer({ ...shared, folds: new Folds(redis, keys), rowsOf })
    : undefined;
  const { onSwept } = options;
  const sweeper = has('sweeper') ? new Sweeper({ ...shared, engine, onSwept }) : undefined;
  const leave = async (): Promise<void> => {
    await orderwatch.close();
    await producer.close().catch(() => undefined);
    for (const connection of [redis, patient]) connection.disconnect();
    await own?.close();
  };
  try {
    await whenReady(redis, clock);
    if (has('scheduler')) await plan();
  } catch (error) {
    await leave();
    throw error;
  }
  const consumer =
    worker === undefined
      ? undefined
      : new Consumer(patient, {
          prefix: keys.prefix,
          clock,
          concurrency: availableParallelism(),
          handle: (request) => worker.handle(request),
          onDead: options.onDead,
        });
  for (const service of [scheduler, worker, observer, sweeper]) service?.start();
  return {
    privateRedis: own?.url,
    config: () => config,
    pages: {
      metrics: () => metricsPage(observer === undefined ? [] : indicatorSamples(observer.shown())),
      notReady: () => Promise.resolve(redis.status === 'ready' ? [] : ['Redis is away']),
    },
    reload: async () => {
      config = load();
      await plan();
    },
    stop: async (graceMs) => {
      await scheduler?.stop();
      if (!(await atMost(clock, graceMs, consumer?.pause() ?? Promise.resolve()))) worker?.abort();
      await consumer?.close();
      await worker?.stop();
      await sweeper?.stop();
      // What was reported just now is folded before somebody else takes over.
      await observer?.turn();
      await observer?.stop();
      await leave();
    },
  };
}

const loadedNow = ({ schedules }: Config): HistoryRecord => ({
  v: 1,
  kind: 'loaded',
  atMs: systemClock.now(),
  schedules,
});
