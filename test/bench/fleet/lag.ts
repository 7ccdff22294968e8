/** How late runs begin: 1,000 schedules as dense as a configuration may ask for, spread by their phases. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Slot } from '../../../src/domain/ids.ts';
import { slotInstant } from '../../../src/domain/slot.ts';
import type { RoundsOptions } from '../rounds.ts';
import { at } from '../statistics.ts';
import { startNoOpFleet } from './fleet.ts';

const SCHEDULES = 1_000;
const EVERY = '10s';
const WARM_UP_MS = 10_000;
const MEASURED_MS = 60_000;

export interface Lag {
  readonly runs: number;
  /** Milliseconds from the slot to the beginning of its run. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly goalMs: number;
  readonly met: boolean;
}

export async function lag({ signal, say }: Pick<RoundsOptions, 'signal' | 'say'>): Promise<Lag> {
  const lags: number[] = [];
  const fleet = await startNoOpFleet(SCHEDULES, { every: EVERY }, ({ slot, startedAt }) => {
    lags.push(Date.parse(startedAt) - slotInstant(slot as Slot));
  });
  try {
    say(`${SCHEDULES} schedules, each every ${EVERY}: a minute of it`);
    await sleep(WARM_UP_MS);
    lags.length = 0;
    await sleep(MEASURED_MS, undefined, { signal });
  } finally {
    await fleet.stop();
  }
  const sorted = lags.toSorted((a, b) => a - b);
  const [medianMs, p99Ms, goalMs] = [at(sorted, 0.5), at(sorted, 0.99), 300];
  return { runs: sorted.length, medianMs, p99Ms, goalMs, met: p99Ms <= goalMs };
}
