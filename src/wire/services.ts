/** The services of one process, each built and started where its role is asked for. */
import { availableParallelism } from 'node:os';
import type { Redis } from 'ioredis';
import type { Sink } from '../alerting/sink.ts';
import type { Series } from '../domain/past-run.ts';
import type { RunReport } from '../domain/report.ts';
import type { Role } from '../domain/role.ts';
import type { Tenant } from '../domain/tenant.ts';
import { type Transport, transports } from '../domain/transport.ts';
import { atMost } from '../lib/deadline.ts';
import { processName } from '../lib/process.ts';
import { serverVersion } from '../odoo/session.ts';
import { Consumer, type DeadLetter } from '../queue/consumer.ts';
import type { AlerterParts } from '../roles/alerter.ts';
import { Observer, type ObserverParts } from '../roles/observer.ts';
import { Scheduler, type SchedulerParts } from '../roles/scheduler.ts';
import { Sweeper, type SweeperParts } from '../roles/sweeper.ts';
import { RunWorker, type WorkerParts } from '../roles/worker.ts';
import { alerterOf } from './alerting.ts';
import { intervalMsOf } from './circumstances.ts';
import type { LiveConfig } from './live-config.ts';
import { longestMs } from './longest.ts';
import { outside } from './lookout.ts';

/**
 * Runs at once for each core. One over RPC waits for Odoo nearly all of its time; one in the browser keeps a core
 * busy with its page.
 */
export const RUNS_PER_CORE: Readonly<Record<Transport, number>> = { rpc: 8, browser: 1 };

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
    readonly patient: Redis;
    readonly prefix: string;
  };

/** Undefined where the role was not asked for. */
export interface Services {
  readonly scheduler: Scheduler | undefined;
  readonly worker: RunWorker | undefined;
  readonly observer: Observer | undefined;
  readonly alerting: ReturnType<typeof alerterOf> | undefined;
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
  const consumers =
    worker === undefined ? [] : transports.map((one) => consumer(worker, parts, one));
  const alerter = alerting?.alerter;
  for (const service of [scheduler, worker, observer, alerter, sweeper]) service?.start();
  return {
    scheduler,
    worker,
    observer,
    alerting,
    stop: async (graceMs) => {
      await scheduler?.stop();
      const paused = Promise.all(consumers.map((one) => one.pause()));
      if (!(await atMost(clock, graceMs, paused))) worker?.abort();
      await Promise.all(consumers.map((one) => one.close()));
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
): Consumer {
  return new Consumer(patient, {
    transport,
    prefix,
    clock,
    concurrency: RUNS_PER_CORE[transport] * availableParallelism(),
    handle: (request, again) => worker.handle(request, again),
    onDead,
  });
}
