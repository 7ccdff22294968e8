/** No-op runs through scheduler, queue, worker and report stream beside the same jobs in BullMQ alone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ownMachine } from '../../../src/lib/cgroup.ts';
import { placesOf } from '../../../src/wire/places.ts';
import type { RoundsOptions } from '../rounds.ts';
import { type Spread, spreadOf } from '../statistics.ts';
import { playBare } from './bare-queue.ts';
import { startNoOpFleet } from './fleet.ts';

const RUNS = 2_000;
/** One a minute. */
const ROUNDS = 5;
const MINUTE_MS = 60_000;

export interface Throughput {
  readonly oursPerSecond: Spread;
  readonly barePerSecond: Spread;
  /** Our median over the reference's. */
  readonly ratio: number;
  readonly goal: number;
  readonly met: boolean;
}

/**
 * Every minute each of the tenants is due at the same second. A round is such a burst, from the tick that books it and
 * from its slot to the last report, and between the two the reference; one round per minute, the first one uncounted.
 */
export async function throughput(
  options: Pick<RoundsOptions, 'signal' | 'say'>,
): Promise<Throughput> {
  let [runs, lastMs] = [0, 0];
  const fleet = await startNoOpFleet(RUNS, { cron: '* * * * *', zone: 'UTC' }, () => {
    runs += 1;
    lastMs = Date.now();
  });
  const concurrency = placesOf(ownMachine()).places.rpc.count;
  const [ours, bare]: [number[], number[]] = [[], []];
  try {
    // What was due soon when it started was not booked in one go.
    await sleep(MINUTE_MS - (Date.now() % MINUTE_MS) + 10_000);
    for (let round = 0; round <= ROUNDS; round += 1) {
      options.signal.throwIfAborted();
      runs = 0;
      const bookingMs = await untilBooked(fleet.booked);
      const slotMs = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
      const bareMs = await playBare(RUNS, concurrency, fleet.prefix);
      while (runs < RUNS) await sleep(5);
      const oursMs = bookingMs + lastMs - slotMs;
      const [oursRate, bareRate] = [rate(oursMs), rate(bareMs)];
      const name = round === 0 ? 'warm-up' : `${round}/${ROUNDS}`;
      options.say(`${name}  ours ${oursRate.toFixed(0)}/s  BullMQ alone ${bareRate.toFixed(0)}/s`);
      if (round === 0) continue;
      ours.push(oursRate);
      bare.push(bareRate);
    }
  } finally {
    await fleet.stop();
  }
  const [oursPerSecond, barePerSecond] = [spreadOf(ours), spreadOf(bare)];
  const ratio = oursPerSecond.median / barePerSecond.median;
  const goal = 0.4;
  return { oursPerSecond, barePerSecond, ratio, goal, met: ratio >= goal };
}

/** Milliseconds from the tick that books the next burst, which is on the second, until all of it is booked. */
async function untilBooked(booked: () => Promise<number>): Promise<number> {
  while ((await booked()) < RUNS) await sleep(5);
  return Date.now() % 1_000;
}

const rate = (ms: number): number => (RUNS * 1_000) / ms;
