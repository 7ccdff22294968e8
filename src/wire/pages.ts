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
import { type Indicators, indicatorSamples, tenantSamples } from '../surface/indicators.ts';
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
export async function samplesOf(shown: Shown): Promise<Iterable<Sample>> {
  const none = (): undefined => undefined;
  const [worker, queue, sighted, indicators] = await Promise.all([
    workerState(shown).catch(none),
    queueState(shown).catch(none),
    sightings(shown).catch(none),
    shown.observer?.shown(),
  ]);
  return samples(shown, { own: { worker, queue }, sighted, indicators });
}

interface Asked {
  readonly own: OwnState;
  readonly sighted: Awaited<ReturnType<typeof sightings>> | undefined;
  readonly indicators: Indicators | undefined;
}

/** One after the other, for there are many in a large fleet. */
function* samples(
  { observer, alerting }: Shown,
  { own, sighted, indicators }: Asked,
): Iterable<Sample> {
  if (indicators !== undefined) yield* indicatorSamples(indicators);
  if (observer !== undefined) {
    yield* objectiveSamples(observer.objectives());
    yield* troubleSamples(observer.tenants(), observer.troubles());
  }
  for (const [tenant, sighting] of sighted ?? []) yield* tenantSamples(tenant, sighting);
  if (alerting !== undefined) yield* alertingState(alerting);
  yield* ownSamples(own);
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

async function sightings({ observer, records }: Shown) {
  const tenants = observer?.tenants() ?? [];
  const looked = tenants.map(
    async (tenant) => [tenant, await lastSighting(records, tenant)] as const,
  );
  return await Promise.all(looked);
}
