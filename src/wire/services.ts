/** The services of one process, each built and started where its role is asked for. */
import type { Sink } from '../alerting/sink.ts';
import type { Series } from '../domain/past-run.ts';
import type { RunReport } from '../domain/report.ts';
import type { Role } from '../domain/role.ts';
import type { Tenant } from '../domain/tenant.ts';
import { type Transport, transports } from '../domain/transport.ts';
import type { Machine } from '../lib/cgroup.ts';
import { atMost } from '../lib/deadline.ts';
import { processName } from '../lib/process.ts';
import { serverVersion } from '../odoo/session.ts';
import { Consumer, type DeadLetter } from '../queue/consumer.ts';
import type { AlerterParts } from '../roles/alerter.ts';
import { Observer, type ObserverParts } from '../roles/observer.ts';
import { Scheduler, type SchedulerParts } from '../roles/scheduler.ts';
import { Sweeper, type SweeperParts } from '../roles/sweeper.ts';
import { RunWorker, type WorkerParts } from '../roles/worker.ts';
import type { RedisConnection } from '../store/redis.ts';
import { alerterOf } from './alerting.ts';
import { intervalMsOf } from './circumstances.ts';
import type { LiveConfig } from './live-config.ts';
import { longestMs } from './longest.ts';
import { outside } from './lookout.ts';
import { placesOf, type WorkerPlaces } from './places.ts';

/** Whom to tell; none of these may throw. */
export interface Tellers {
  readonly onReport: (report: RunReport, tenant: Tenant | undefined) => void;
  readonly onSwept: SweeperParts['onSwept'];
  readonly onReplenished: SweeperParts['onReplenished'];
  readonly onDead: (letter: DeadLetter) => void;
  readonly onAccepted: ObserverParts['onAccepted'];
  /** Where incidents are logged. */
  readonly logSink: Sink;
  /** Told of what could not be done and is tried again. */
  readonly onTrouble: (error: unknown) => void;
}

/** What the services are made of, but for what follows from the configuration. */
export type ServiceParts = Omit<
  SchedulerParts & WorkerParts & ObserverParts & AlerterParts & SweeperParts,
  | 'workerName'
  | 'intervalMs'
  | 'tenants'
  | 'tenantOf'
  | 'longestMs'
  | 'rowsOf'
  | 'versionOf'
  | 'outside'
  | 'alerting'
  | 'deliverer'
  | keyof Tellers
> &
  Tellers & {
    readonly roles: ReadonlySet<Role>;
    readonly live: LiveConfig;
    /** A connection for the consumers alone, and the queue's prefix. */
    readonly patient: RedisConnection;
    readonly prefix: string;
    readonly machine: Machine;
  };

/** Undefined where the role was not asked for. */
export interface Services {
  readonly scheduler: Scheduler | undefined;
  readonly worker: RunWorker | undefined;
  readonly observer: Observer | undefined;
  readonly alerting: ReturnType<typeof alerterOf> | undefined;
  /** What a worker has places for, and what it does with them; none without one. */
  readonly consumers: ReadonlyMap<Transport, Pick<Consumer, 'now'>>;
  /** What a worker cannot play as configured. */
  readonly note: () => string | undefined;
  /** As configured now. */
  readonly reconfigure: () => void;
  /** Takes nothing more, ends what is under way within the grace or else with its undo. Never throws. */
  readonly stop: (graceMs: number) => Promise<void>;
}

export function startServices(given: ServiceParts): Services {
  const { live, clock, scenarios } = given;
  const parts = {
    ...given,
    workerName: processName(),
    tenants: live.tenants,
    tenantOf: live.tenantOf,
    longestMs: ({ tenant }: { readonly tenant: string }) => longestMs(live.tenantOf(tenant)),
    intervalMs: (series: Series) => intervalMsOf(live, series),
    rowsOf: ({ scenario, transport }: RunReport) => scenarios.get(scenario)?.rows[transport] ?? 0,
    versionOf: (tenant: Tenant, signal: AbortSignal) =>
      serverVersion(tenant.url, { clock, timeoutMs: tenant.limits.callMs, signal }),
    outside,
    onReport: (report: RunReport) => {
      given.onReport(report, live.tenantOf(report.tenant));
    },
  };
  const only = <T>(role: Role, build: () => T): T | undefined =>
    parts.roles.has(role) ? build() : undefined;
  const scheduler = only('scheduler', () => new Scheduler(parts));
  const worker = only('worker', () => new RunWorker(parts));
  const observer = only('observer', () => new Observer(parts));
  const alerting = only('observer', () => alerterOf(parts));
  const sweeper = only('sweeper', () => new Sweeper(parts));
  const fitting = (): WorkerPlaces => placesOf(parts.machine, live.now.fleet.workers);
  const consumers = new Map(
    worker === undefined
      ? []
      : transports.map((one) => [one, consumer(worker, parts, one, fitting())]),
  );
  const each = [...consumers.values()];
  const alerter = alerting?.alerter;
  for (const service of [scheduler, worker, observer, alerter, sweeper]) service?.start();
  return {
    scheduler,
    worker,
    observer,
    alerting,
    consumers,
    note: () => {
      const isAsked = live.now.schedules.some(({ transport }) => transport === 'browser');
      return worker === undefined || !isAsked ? undefined : fitting().note;
    },
    reconfigure: () => {
      const { places } = fitting();
      for (const [transport, one] of consumers) one.change(places[transport]);
    },
    stop: async (graceMs) => {
      await scheduler?.stop();
      const paused = Promise.all(each.map((one) => one.pause()));
      if (!(await atMost(clock, graceMs, paused))) worker?.abort();
      await Promise.all(each.map((one) => one.close()));
      await worker?.stop();
      await sweeper?.stop();
      await observer?.stop();
      await alerter?.stop();
    },
  };
}

function consumer(
  worker: RunWorker,
  { patient, prefix, clock, onDead }: ServiceParts,
  transport: Transport,
  { places }: WorkerPlaces,
): Consumer {
  return new Consumer(patient, {
    transport,
    prefix,
    clock,
    places: places[transport],
    handle: (request, again, onWait) => worker.handle(request, again, onWait),
    onDead,
  });
}
