/** Builds the services of a fleet in one process, and starts, reloads and ends them in their order. */
import { availableParallelism } from 'node:os';
import type { Redis } from 'ioredis';
import { type Config, loadConfig } from '../config/load.ts';
import { loadScenarios } from '../config/scenarios.ts';
import type { HistoryRecord, PlannedSlot } from '../domain/history.ts';
import type { RunReport } from '../domain/report.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { ResidueReport } from '../engine/sweep.ts';
import { systemClock } from '../lib/clock.ts';
import { atMost } from '../lib/deadline.ts';
import { serverVersion } from '../odoo/session.ts';
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
import { metricsPage } from '../surface/metrics.ts';
import { assemble, type ComposeOptions } from './compose.ts';
import { type Shown, samplesOf } from './pages.ts';
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
  // What a replaced configuration read is as secret as before.
  const secrets = [config.secrets];
  const everySecret = { [Symbol.iterator]: () => secrets.flatMap((read) => [...read]).values() };
  const engine = { ...orderwatch.engine, secrets: everySecret };
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
  const only = <T>(role: Role, build: () => T): T | undefined =>
    options.roles.has(role) ? build() : undefined;
  const plan = (): Promise<void> => shared.history.append(loadedNow(config));
  const scheduler = only('scheduler', () => new Scheduler({ ...shared, producer, plan }));
  const onReport = (report: RunReport): void => {
    options.onReport(report, tenantOf(report.tenant));
  };
  const worker = only('worker', () => new RunWorker({ ...shared, engine, scenarios, onReport }));
  const rowsOf = ({ scenario, transport }: RunReport): number =>
    scenarios.get(scenario)?.rows[transport] ?? 0;
  const folds = new Folds(redis, keys);
  const observer = only('observer', () => new Observer({ ...shared, folds, rowsOf }));
  const versionOf = (tenant: Tenant, signal: AbortSignal): Promise<string> =>
    serverVersion(tenant.url, { clock, timeoutMs: tenant.limits.callMs, signal });
  const { onSwept } = options;
  const sweeper = only('sweeper', () => new Sweeper({ ...shared, engine, versionOf, onSwept }));
  const leave = async (): Promise<void> => {
    await orderwatch.close();
    await producer.close().catch(() => undefined);
    for (const connection of [redis, patient]) connection.disconnect();
    await own?.close();
  };
  try {
    await whenReady(redis, clock);
    if (scheduler !== undefined) await plan();
  } catch (error) {
    await leave();
    throw error;
  }
  const consumer = worker && consumerFor(worker, patient, keys, options);
  const seen: Shown = {
    ...shared,
    leases,
    worker,
    observer,
    producer: scheduler && producer,
    browsers: orderwatch.browsers,
  };
  for (const service of [scheduler, worker, observer, sweeper]) service?.start();
  return {
    privateRedis: own?.url,
    config: () => config,
    pages: {
      metrics: async () => metricsPage(await samplesOf(seen)),
      notReady: () => Promise.resolve(redis.status === 'ready' ? [] : ['Redis is away']),
    },
    reload: async () => {
      config = load();
      secrets.push(config.secrets);
      if (scheduler !== undefined) await plan();
    },
    stop: async (graceMs) => {
      await scheduler?.stop();
      if (worker && consumer) await drain(worker, consumer, graceMs);
      await sweeper?.stop();
      await observer?.stop();
      await leave();
    },
  };
}

function consumerFor(
  worker: RunWorker,
  redis: Redis,
  { prefix }: Keys,
  { onDead }: FleetOptions,
): Consumer {
  return new Consumer(redis, {
    prefix,
    clock: systemClock,
    concurrency: availableParallelism(),
    handle: (request) => worker.handle(request),
    onDead,
  });
}

/** What is under way ends within the grace, or else with its undo. */
async function drain(worker: RunWorker, consumer: Consumer, graceMs: number): Promise<void> {
  if (!(await atMost(systemClock, graceMs, consumer.pause()))) worker.abort();
  await consumer.close();
  await worker.stop();
}

const loadedNow = ({ schedules }: Config): HistoryRecord => ({
  v: 1,
  kind: 'loaded',
  atMs: systemClock.now(),
  schedules,
});
