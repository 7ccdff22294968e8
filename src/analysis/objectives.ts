/** How well a promise was kept: availability over time, what is left of the error budget, and how fast it burns. */

import type { Objective } from '../domain/objective.ts';
import type { Span } from '../domain/span.ts';
import { instantsOf, localDate, wallClockAt } from '../domain/zone.ts';
import { type Piece, within } from './pieces.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Less tells too little (DESIGN.md, law 9): share of the time that counts, and seconds. */
const ENOUGH = { coverage: 0.8, seconds: 3_600 } as const;

/** Seconds of time that counts. */
export interface Sums {
  readonly good: number;
  readonly bad: number;
  /** Runs passed and took longer than promised: as bad as bad. */
  readonly slow: number;
  readonly unknown: number;
  /** Is left out of everything else. */
  readonly maintenance: number;
}

const burnSpans = { '1h': HOUR_MS, '6h': 6 * HOUR_MS, '1d': DAY_MS, '3d': 3 * DAY_MS };
type BurnSpan = keyof typeof burnSpans;

export interface Standing {
  readonly verdict: 'kept' | 'missed' | 'unknown';
  readonly seconds: Sums;
  /** Good time in all that is known; absent while nothing is. */
  readonly availability?: number;
  /** Known time in all that counts; absent while none counted. */
  readonly coverage?: number;
  readonly downtimeSeconds: number;
  /** Bad time that the target allows in what is known, and what is left of it: below zero where it is missed. */
  readonly budget: {
    readonly seconds: number;
    readonly leftSeconds: number;
    readonly leftRatio?: number;
  };
}

export interface Told extends Standing {
  /** How many times faster than allowed the budget was used lately; without those of which nothing is known. */
  readonly burn: Readonly<Partial<Record<BurnSpan, number>>>;
  /** That with the most downtime, a date of the tenant's zone. */
  readonly worstDay?: { readonly date: string; readonly downtimeSeconds: number };
}

export function sumsOf(pieces: readonly Piece[]): Sums {
  const sums = { good: 0, bad: 0, slow: 0, unknown: 0, maintenance: 0 };
  for (const { fromMs, toMs, state } of pieces) sums[state] += toMs - fromMs;
  const entries = Object.entries(sums).map(([state, ms]) => [state, ms / 1_000] as const);
  return Object.fromEntries(entries) as unknown as Sums;
}

/** Of a window's sums. */
export function standingOf(seconds: Sums, target: number): Standing {
  const { good, unknown } = seconds;
  const downtimeSeconds = seconds.bad + seconds.slow;
  const known = good + downtimeSeconds;
  const allowed = (1 - target) * known;
  const leftSeconds = allowed - downtimeSeconds;
  const budget = { seconds: allowed, leftSeconds };
  if (known === 0) {
    const coverage = unknown > 0 ? { coverage: 0 } : {};
    return { verdict: 'unknown', seconds, ...coverage, downtimeSeconds, budget };
  }
  const coverage = known / (known + unknown);
  const enough = coverage >= ENOUGH.coverage && known >= ENOUGH.seconds;
  // Of the seconds, not of the ratios: a budget that is just used up is kept.
  const verdict = !enough ? 'unknown' : leftSeconds < -1e-6 ? 'missed' : 'kept';
  return {
    verdict,
    seconds,
    availability: good / known,
    coverage,
    downtimeSeconds,
    budget: { ...budget, leftRatio: leftSeconds / allowed },
  };
}

/** Of the pieces of a window that ends at `toMs`; days are those of the zone. */
export function tell(
  pieces: readonly Piece[],
  { target }: Pick<Objective, 'target'>,
  { toMs, zone }: { readonly toMs: number; readonly zone: string },
): Told {
  const burn = Object.entries(burnSpans).flatMap(([name, spanMs]) => {
    const rate = burnRate(pieces, { fromMs: toMs - spanMs, toMs }, target);
    return rate === undefined ? [] : [[name, rate] as const];
  });
  const worstDay = worstDayOf(pieces, zone);
  return {
    ...standingOf(sumsOf(pieces), target),
    burn: Object.fromEntries(burn),
    ...(worstDay === undefined ? {} : { worstDay }),
  };
}

/**
 * Share of bad time over the share that is allowed (Google, Site Reliability Workbook, chapter 5); undefined when nothing
 * is known of the span.
 */
function burnRate(pieces: readonly Piece[], span: Span, target: number): number | undefined {
  const { good, bad, slow } = sumsOf(within(pieces, [span]));
  const known = good + bad + slow;
  return known === 0 ? undefined : (bad + slow) / known / (1 - target);
}

function worstDayOf(pieces: readonly Piece[], zone: string): Told['worstDay'] {
  const days = new Map<string, number>();
  for (const { fromMs, toMs, state } of pieces) {
    if (state !== 'bad' && state !== 'slow') continue;
    for (let atMs = fromMs; atMs < toMs; ) {
      const endMs = Math.min(toMs, Math.max(atMs + 1, nextDay(zone, atMs)));
      const date = localDate(zone, atMs);
      days.set(date, (days.get(date) ?? 0) + (endMs - atMs) / 1_000);
      atMs = endMs;
    }
  }
  const [worst] = [...days].sort(([, a], [, b]) => b - a);
  return worst === undefined ? undefined : { date: worst[0], downtimeSeconds: worst[1] };
}

function nextDay(zone: string, atMs: number): number {
  const localMs = wallClockAt(zone, atMs);
  const midnightMs = Math.floor(localMs / DAY_MS) * DAY_MS + DAY_MS;
  return instantsOf(zone, midnightMs)(midnightMs);
}
