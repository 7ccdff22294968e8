/** The samples of what a process knows of itself and of the queue. */
import { BOUNDS, type Histogram } from '../analysis/histogram.ts';
import type { Transport } from '../domain/transport.ts';
import type { Sample } from './metrics.ts';

interface WorkerPlaces {
  readonly transport: Transport;
  readonly places: number;
  /** Runs that have something to do. */
  readonly playing: number;
  /** Runs that wait long for an answer. */
  readonly waiting: number;
}

export interface OwnState {
  /** Of a worker. */
  readonly worker?:
    | undefined
    | {
        /** Seconds from slots to the beginning of their runs here. */
        readonly lag: Histogram;
        readonly leases: number;
        readonly browsers: number;
        readonly contexts: number;
        /** Reports on disk. */
        readonly waiting: number;
        readonly places: readonly WorkerPlaces[];
      };
  /** Of a scheduler. */
  readonly queue?:
    | undefined
    | {
        readonly active: number;
        readonly waiting: number;
        readonly delayed: number;
        /** Slots that are due within the next few seconds. */
        readonly dueSoon: number;
      };
}

export function ownSamples({ worker, queue }: OwnState): readonly Sample[] {
  return [
    ...(worker === undefined ? [] : ofWorker(worker)),
    ...(queue === undefined ? [] : ofQueue(queue)),
  ];
}

function ofWorker(worker: NonNullable<OwnState['worker']>): readonly Sample[] {
  const { lag, leases, browsers, contexts, waiting, places } = worker;
  return [
    { name: 'orderwatch_schedule_lag_seconds', labels: {}, value: { bounds: BOUNDS, ...lag } },
    { name: 'orderwatch_leases_held', labels: {}, value: leases },
    { name: 'orderwatch_browsers', labels: {}, value: browsers },
    { name: 'orderwatch_browser_contexts', labels: {}, value: contexts },
    { name: 'orderwatch_reports_waiting', labels: {}, value: waiting },
    ...places.flatMap(ofPlaces),
  ];
}

const ofPlaces = ({ transport, places, playing, waiting }: WorkerPlaces): readonly Sample[] => [
  { name: 'orderwatch_worker_places', labels: { transport }, value: places },
  ...Object.entries({ playing, waiting }).map(([state, value]): Sample => {
    return { name: 'orderwatch_worker_runs', labels: { transport, state }, value };
  }),
];

function ofQueue({
  active,
  waiting,
  delayed,
  dueSoon,
}: NonNullable<OwnState['queue']>): readonly Sample[] {
  return [
    ...Object.entries({ active, waiting, delayed }).map(([state, value]): Sample => {
      return { name: 'orderwatch_queue_jobs', labels: { state }, value };
    }),
    { name: 'orderwatch_needed_slots', labels: {}, value: active + waiting + dueSoon },
  ];
}
