/**
 * The monkey proof: a whole fleet plays dense schedules in both tenants while a monkey breaks its processes, its Redis, its
 * disk and its clocks, and the tenants' Odoo, ingress, database and connections; afterwards everything is counted from outside.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { answering } from '../faults/answering.ts';
import { booksOf, clearReservations } from '../support/books.ts';
import { type LabTenant, tenants } from '../support/lab.ts';
import { generator } from '../support/random.ts';
import { startMonkeyFleet } from './monkey/fleet.ts';
import { judge, type MonkeyFigures } from './monkey/judge.ts';
import { playMonkey } from './monkey/play.ts';
import { isSettled, type Slot, type Slots, slotsOf } from './monkey/slots.ts';
import { Watch } from './monkey/watch.ts';

export interface MonkeyOptions {
  readonly seed: number;
  /** Of the time that the whole proof plays, 0 to 1. */
  readonly share: number;
  readonly say: (line: string) => void;
}

const WHOLE_MS = 1_560_000;
const GRACE_MS = 2_000;
const LIMITS = {
  run: '20s',
  compensation: '8s',
  call: '10s',
  sweepGrace: `${GRACE_MS / 1_000}s`,
} as const;
/** By when the last slot has its final account, and what died is closed: three times run and compensation, and slack. */
const SETTLE_MS = 240_000;
/** Enough for every tenant to be busy two thirds of its time. */
const SCHEDULES = [
  { scenarios: ['order-confirmation'], transports: ['rpc'], every: '10s' },
  { scenarios: ['stock-reservation'], transports: ['rpc'], every: '30s' },
  { scenarios: ['picking-validation'], transports: ['rpc'], every: '60s' },
  { scenarios: ['order-confirmation'], transports: ['browser'], every: '50s' },
  { scenarios: ['stock-reservation'], transports: ['browser'], every: '100s' },
] as const;
const ROW_BUDGET = 5_000_000;
/** Before the first fault each tenant was played. */
const WARM_UP_MS = 4_000;

export async function proveMonkey({ seed, share, say }: MonkeyOptions): Promise<MonkeyFigures> {
  say(`seed ${seed}; limits of a run: ${JSON.stringify(LIMITS)}`);
  await Promise.all(tenants.map(clearReservations));
  const before = await Promise.all(tenants.map(booksOf));
  const startedMs = Date.now();
  const watch = await Watch.start();
  const fleet = await startMonkeyFleet({
    limits: LIMITS,
    schedules: SCHEDULES,
    fleet: { rowBudget: ROW_BUDGET },
  });
  const slots = await slotsOf(fleet, startedMs);
  try {
    await Promise.all(fleet.members.map(({ served }) => served.url()));
    await sleep(WARM_UP_MS);
    const untilMs = startedMs + share * WHOLE_MS;
    const played = await playMonkey({ fleet, watch, random: generator(seed), untilMs, say });
    for (const scheduler of fleet.schedulers) await scheduler.planNothing();
    const last = await settled(slots, watch, say);
    const figures = await judge({
      ...{ fleet, watch, played, slots: last, startedMs, say },
      graceMs: GRACE_MS,
    });
    const unbalanced = await unbalancedSince(before, say);
    return { ...figures, unbalanced };
  } finally {
    await slots.close();
    await watch.stop();
    await fleet.remove();
    await answering(Date.now() + SETTLE_MS);
  }
}

const WHOLE = { planned: 500, ranShare: 0.6, browserEnded: 40, hits: 5 } as const;

/** A share is held to the laws alone. */
export function monkeyHolds(figures: MonkeyFigures, share: number): boolean {
  const { holes, doubled, residue, unbalanced, zombies, profiles, secrets, blamed } = figures;
  const wrong = holes + doubled + residue + unbalanced + zombies + profiles + secrets + blamed;
  const kept = wrong + figures.killedOtherwise + figures.badEnds === 0;
  const inTime = figures.firstSweepSeconds <= 60 && figures.closedSeconds <= 240;
  return kept && inTime && (share < 1 ? figures.ran > 0 : isLong(figures));
}

function isLong({ planned, ran, browserEnded, hits }: MonkeyFigures): boolean {
  return (
    planned >= WHOLE.planned &&
    ran >= planned * WHOLE.ranShare &&
    browserEnded >= WHOLE.browserEnded &&
    Object.values(hits).every((count) => count >= WHOLE.hits)
  );
}

/** The slots, when each has its final account and no order is open any more, or when the time for that is over. */
async function settled(
  slots: Slots,
  watch: Watch,
  say: MonkeyOptions['say'],
): Promise<readonly Slot[]> {
  const fromMs = Date.now();
  for (;;) {
    const all = await slots.read();
    const open = await watch.open();
    const isOver = Date.now() > fromMs + SETTLE_MS;
    if ((all.every(isSettled) && open.length === 0) || isOver) {
      say(`settled in ${Math.round((Date.now() - fromMs) / 1_000)} s`);
      return all;
    }
    await sleep(1_000);
  }
}

async function unbalancedSince(
  before: readonly object[],
  say: MonkeyOptions['say'],
): Promise<number> {
  await Promise.all(tenants.map(clearReservations));
  const after = await Promise.all(tenants.map(booksOf));
  const changed = tenants.filter((_, n) => JSON.stringify(before[n]) !== JSON.stringify(after[n]));
  for (const tenant of changed) say(booksText(tenant, before, after));
  return changed.length;
}

function booksText(tenant: LabTenant, before: readonly object[], after: readonly object[]): string {
  const n = tenants.indexOf(tenant);
  return `books of ${tenant}: ${JSON.stringify(before[n])} became ${JSON.stringify(after[n])}`;
}
