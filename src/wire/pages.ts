/** What a process of the fleet shows over HTTP: its own state, and the series of the tenants that it observes. */
import { plannedBetween } from '../domain/history.ts';
import type { Clock } from '../lib/clock.ts';
import type { Producer } from '../queue/producer.ts';
import { lastSighting } from '../roles/look.ts';
import type { Observer } from '../roles/observer.ts';
import type { Scheduler } from '../roles/scheduler.ts';
import type { RunWorker } from '../roles/worker.ts';
import type { History } from '../store/history.ts';
import type { Records } from '../store/records.ts';
import type { RedisLeases } from '../store/redis-leases.ts';
import type { Reports } from '../store/reports.ts';
import { alertingSamples, troubleSamples } from '../surface/alerting.ts';
import { indicatorSamples, tenantSamples } from '../surface/indicators.ts';
import type { Sample } from '../surface/metrics.ts';
import { objectiveSamples } from '../surface/objectives.ts';
import { type OwnState, ownSamples } from '../surface/own.ts';
import type { alerterOf } from './alerting.ts';
import type { Orderwatch } from './compose.ts';
import type { Services } from './services.ts';

/** What is due by then wants a place soon: a new worker takes about as long to begin. */
const SOON_MS = 15_000;

export interface Shown {
  readonly clock: Clock;
  readonly worker?: RunWorker | undefined;
  readonly observer?: Observer | undefined;
  /** Only a process that schedules shows the queue. */
  readonly scheduler?: Scheduler | undefined;
  readonly producer: Producer;
  readonly leases: RedisLeases;
  readonly reports: Reports;
  readonly history: History;
  readonly records: Records;
  readonly browsers: Orderwatch['browsers'];
  readonly consumers: Services['consumers'];
  readonly alerting?: ReturnType<typeof alerterOf> | undefined;
}

/** What cannot be asked for is left out: a page that tells half is better than none. */
export async function samplesOf(shown: Shown): Promise<readonly Sample[]> {
  const none = (): undefined => undefined;
  const [worker, queue, tenants] = await Promise.all([
    workerState(shown).catch(none),
    queueState(shown).catch(none),
    tenantsSamples(shown).catch(none),
  ]);
  const { observer, alerting } = shown;
  return [
    ...(observer === undefined
      ? []
      : [
          ...indicatorSamples(observer.shown()),
          ...objectiveSamples(observer.objectives()),
          ...troubleSamples(observer.tenants(), observer.troubles()),
        ]),
    ...(tenants ?? []),
    ...(alerting === undefined ? [] : alertingState(alerting)),
    ...ownSamples({ worker, queue }),
  ];
}

function alertingState({
  alerter,
  deliverer,
  alerting,
}: NonNullable<Shown['alerting']>): readonly Sample[] {
  return alertingSamples({
    open: alerter.open(),
    sinks: deliverer.counts(),
    confirmations: alerting.confirmations,
    turnedMs: alerter.turnedMs,
  });
}

async function workerState({
  worker,
  leases,
  browsers,
  reports,
  consumers,
}: Shown): Promise<OwnState['worker']> {
  if (worker === undefined) return undefined;
  const { browsers: running, users } = browsers();
  const waiting = await reports.waiting();
  return {
    lag: worker.lag,
    leases: leases.held,
    browsers: running,
    contexts: users,
    waiting,
    places: [...consumers].map(([transport, { now }]) => ({ transport, ...now })),
  };
}

async function queueState(shown: Shown): Promise<OwnState['queue']> {
  const { scheduler, producer, history, clock } = shown;
  if (scheduler === undefined) return undefined;
  const nowMs = clock.now();
  const [counts, records] = await Promise.all([producer.counts(), history.recent()]);
  return { ...counts, dueSoon: [...plannedBetween(records, nowMs, nowMs + SOON_MS)].length };
}

async function tenantsSamples({ observer, records }: Shown): Promise<readonly Sample[]> {
  const tenants = observer?.tenants() ?? [];
  const sighted = await Promise.all(tenants.map((tenant) => lastSighting(records, tenant)));
  return tenants.flatMap((tenant, index) => tenantSamples(tenant, sighted[index]));
}
