/** A fleet in one process: builds what its services share, starts them, reloads and ends them in their order. */
import { loadPlaywright } from '../browser/chromium.ts';
import { sweepScratch } from '../browser/scratch.ts';
import { type Config, loadConfig, scenariosFor } from '../config/load.ts';
import type { HistoryRecord } from '../domain/history.ts';
import type { Role } from '../domain/role.ts';
import { ownMachine } from '../lib/cgroup.ts';
import { systemClock } from '../lib/clock.ts';
import { Producer } from '../queue/producer.ts';
import { Accepts } from '../store/accepts.ts';
import { Deployments } from '../store/deployments.ts';
import { FleetTime } from '../store/fleet-time.ts';
import { FoldedRuns } from '../store/folded-runs.ts';
import { FolderRecords } from '../store/folder.ts';
import { Folds } from '../store/folds.ts';
import { History } from '../store/history.ts';
import { Incidents } from '../store/incidents.ts';
import { KeptJournals } from '../store/journals.ts';
import { Leader } from '../store/leader.ts';
import { Ledger } from '../store/ledger.ts';
import { connectPatiently, RedisRecords } from '../store/redis.ts';
import { RedisLeases } from '../store/redis-leases.ts';
import { Reports } from '../store/reports.ts';
import { Starts } from '../store/starts.ts';
import { deploymentsApi } from '../surface/deployments-api.ts';
import type { Pages } from '../surface/http.ts';
import { metricsPage } from '../surface/metrics.ts';
import { circumstancesOf } from './circumstances.ts';
import { assemble, type ComposeOptions } from './compose.ts';
import { LiveConfig } from './live-config.ts';
import { samplesOf } from './pages.ts';
import { openRedis, refuseUnsafe } from './redis.ts';
import { startServices, type Tellers } from './services.ts';

export interface FleetOptions extends ComposeOptions, Tellers {
  readonly roles: ReadonlySet<Role>;
}

export interface Fleet {
  /** Where Redis is, when the configuration names none and a private one was started. */
  readonly privateRedis: string | undefined;
  /** What may make this Redis forget, where the configuration lets that through. */
  readonly redisRisk: string | undefined;
  readonly pages: Pages;
  readonly config: () => Config;
  /** What this process cannot play as configured, for people. */
  readonly note: () => string | undefined;
  /** Throws ConfigError, and the configuration stays what it was. */
  readonly reload: () => Promise<void>;
  /** Takes nothing more, ends what is under way within the grace or else with its undo, and leaves. Never throws. */
  readonly stop: (graceMs: number) => Promise<void>;
}

/**
 * Rejects with ConfigError, ScenarioError, or Failed: `state.unusable` when there is no Redis to begin with, `state.unsafe`
 * when there is one that may forget.
 */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const clock = systemClock;
  const { configFile, standIn } = options;
  // Modules are loaded once: reading the configuration anew brings no new scenario.
  const scenarios = standIn?.scenarios ?? (await scenariosFor(configFile));
  const live = new LiveConfig(() => loadConfig(configFile, [...scenarios.values()]));
  const { redis, keys, place, privateUrl, close } = await openRedis(
    live.now,
    options.stateFolder,
    clock,
  );
  const redisRisk = await refuseUnsafe(live.now, redis).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  if (options.roles.has('worker')) {
    sweepScratch();
    await loadPlaywright();
  }
  const folder = new FolderRecords(options.stateFolder);
  const records = new RedisRecords(redis, keys);
  const leases = new RedisLeases(redis, keys, clock);
  const orderwatch = assemble({ config: live.now, scenarios, records, leases, redis }, options);
  const history = new History(redis, keys, folder, clock);
  const folds = new Folds(redis, keys);
  const time = new FleetTime(redis, clock, options.onTrouble);
  const plan = async (): Promise<void> => {
    const record = loadedNow(live.now);
    await time.mustBeRight();
    await history.append(record);
  };
  const parts = {
    ...options,
    clock,
    live,
    scenarios,
    records,
    leases,
    history,
    starts: new Starts(redis, keys, leases),
    isClockRight: time.isRight,
    plan,
    engine: {
      ...orderwatch.engine,
      secrets: live.secrets,
      recent: new FoldedRuns(folds, clock),
    },
    deadlines: new KeptJournals(records).deadlines,
    leader: new Leader(redis, keys, clock, time.isRight),
    ...circumstancesOf(records, live, clock),
    ledger: new Ledger(redis, keys),
    folds,
    accepts: new Accepts(redis, keys),
    incidents: new Incidents(records, clock),
    reports: new Reports(redis, keys, folder),
    producer: new Producer(redis, keys.prefix, clock),
    patient: connectPatiently(place),
    prefix: keys.prefix,
    machine: ownMachine(),
  };
  const deployments = deploymentsApi({
    tokens: () => live.now.apiTokens,
    tenants: live.tenants,
    deployments: new Deployments(records, clock),
    clock,
    onTrouble: options.onTrouble,
  });
  const leave = async (): Promise<void> => {
    await orderwatch.close();
    await parts.producer.close().catch(() => undefined);
    parts.patient.disconnect();
    await close();
  };
  // Only a process that schedules says what is planned.
  const planNow = options.roles.has('scheduler') ? plan : () => Promise.resolve();
  try {
    await planNow();
  } catch (error) {
    await leave();
    throw error;
  }
  const services = startServices(parts);
  const shown = { ...parts, ...services, browsers: orderwatch.browsers };
  return {
    privateRedis: privateUrl,
    redisRisk,
    config: () => live.now,
    note: services.note,
    pages: {
      metrics: async () => metricsPage(await samplesOf(shown)),
      notReady: () => Promise.resolve(redis.status === 'ready' ? [] : ['Redis is away']),
      deployments,
    },
    reload: async () => {
      await time.mustBeRight();
      live.reload();
      services.reconfigure();
      await planNow();
    },
    stop: async (graceMs) => {
      await services.stop(graceMs);
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
