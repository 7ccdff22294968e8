/** Simulated durations of steps as they are in practice: a level that wanders, the hour of the day, noise and outliers. */
import type { Pair, Timed } from '../../src/analysis/comparison/compare.ts';
import type { Random } from '../support/random.ts';

export const kinds = [
  'probes, then a burst',
  'probes, then probes',
  'bursts, then a burst',
  'thirty steps',
] as const;
/** Of the history, and of what the gate plays. */
export type Kind = (typeof kinds)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const APART_MS = 4_000;
const STEPS = 30;
const ZONE = 'Europe/Berlin';
/** A Monday in January, when this zone is an hour ahead of UTC. */
const EPOCH = Date.UTC(2026, 0, 12) - HOUR_MS;
/** After so long the two parts of the level are forgotten. */
const TAUS_MS = [30 * MINUTE_MS, 330 * MINUTE_MS];

/** What one step is like. */
interface Nature {
  readonly usualMs: number;
  /** Deviations of logarithms. */
  readonly level: number;
  readonly noise: number;
  /** Share by which the hour moves it at most, up and down, and the local hour at which it is slowest. */
  readonly daily: number;
  readonly peak: number;
  readonly outliers: number;
}

/** The steps of one gate that changed nothing. */
export function simulatePairs(kind: Kind, random: Random): readonly Pair[] {
  // From Monday to Friday, in working hours; a history of two days before a Monday is a weekend.
  const deployMs =
    EPOCH + Math.floor(random.between(0, 5)) * DAY_MS + random.between(8, 18) * HOUR_MS;
  const before = historyOf(kind, deployMs, random);
  const after =
    kind === 'probes, then probes'
      ? every(24 + 1, 5 * MINUTE_MS, deployMs)
      : every(25 + 1, APART_MS, deployMs);
  return Array.from({ length: kind === 'thirty steps' ? STEPS : 1 }, () => {
    const durations = simulate([...before, ...after], random);
    return {
      before: durations.slice(0, before.length),
      after: durations.slice(before.length).map(cold),
      timeZone: ZONE,
    };
  });
}

/** The first step only. */
export function slowedBy(pairs: readonly Pair[], factor: number): readonly Pair[] {
  return pairs.map((pair, index) =>
    index > 0
      ? pair
      : { ...pair, after: pair.after.map(({ atMs, ms }) => ({ atMs, ms: ms * factor })) },
  );
}

/** Epoch milliseconds, ascending. */
function historyOf(kind: Kind, deployMs: number, random: Random): readonly number[] {
  if (kind !== 'bursts, then a burst') {
    return every(576, 5 * MINUTE_MS, deployMs - 576 * 5 * MINUTE_MS);
  }
  const midnight = Math.floor((deployMs - EPOCH) / DAY_MS) * DAY_MS + EPOCH;
  return [8, 7, 6, 2, 1].flatMap((days) =>
    every(13, APART_MS, midnight - days * DAY_MS + random.between(8, 18) * HOUR_MS),
  );
}

const every = (count: number, apartMs: number, fromMs: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => Math.round(fromMs + index * apartMs));

/** The first run after a deployment finds nothing in memory. */
const cold = ({ atMs, ms }: Timed, index: number): Timed => ({
  atMs,
  ms: index === 0 ? ms * 2 : ms,
});

function natureOf({ between }: Random): Nature {
  return {
    usualMs: between(300, 3_000),
    level: between(0.05, 0.15),
    noise: between(0, 1) < 0.5 ? 0.12 : between(0.05, 0.3),
    daily: between(0, 0.25),
    peak: between(8, 18),
    outliers: between(0.01, 0.03),
  };
}

function simulate(times: readonly number[], random: Random): readonly Timed[] {
  const nature = natureOf(random);
  const parts = TAUS_MS.map(() => random.normal());
  let lastMs = times[0] ?? 0;
  return times.map((atMs) => {
    TAUS_MS.forEach((tauMs, index) => {
      const keep = Math.exp(-(atMs - lastMs) / tauMs);
      parts[index] = keep * (parts[index] ?? 0) + Math.sqrt(1 - keep ** 2) * random.normal();
    });
    lastMs = atMs;
    const level = (nature.level * parts.reduce((sum, part) => sum + part, 0)) / Math.SQRT2;
    const noise = nature.noise * random.normal();
    const outlier = random.even() < nature.outliers ? random.between(2, 4) : 1;
    const ms = nature.usualMs * dailyOf(nature, atMs) * Math.exp(level + noise) * outlier;
    return { atMs, ms: Math.round(ms) };
  });
}

/** Half as much at the weekend. */
function dailyOf({ daily, peak }: Nature, atMs: number): number {
  const days = (atMs - EPOCH) / DAY_MS;
  const weekday = (((Math.floor(days) + 1) % 7) + 7) % 7;
  const swing = weekday === 0 || weekday === 6 ? daily / 2 : daily;
  return 1 + swing * Math.cos(2 * Math.PI * (days - peak / 24));
}
