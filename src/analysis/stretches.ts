/** What is kept of availability read back: what a tenant, scenario and transport was, stretch by stretch. */
import type { Span } from '../domain/span.ts';
import type { Availability, AvailabilityHour } from './availability.ts';

const HOUR_MS = 3_600_000;

export interface Stretch extends Span {
  readonly state: 'good' | 'bad' | 'unknown';
  /** Of the run whose result stands. */
  readonly seconds?: number;
  /** A run said so just when the stretch begins. */
  readonly run?: true;
}

/**
 * The stretches of `[fromMs, toMs)` from the first slot on, ascending and without a gap. `hours` by the instant at which
 * they begin; exact up to the instant before which every slot was folded.
 */
export function stretchesOf(
  series: Availability | undefined,
  hours: ReadonlyMap<number, AvailabilityHour>,
  { fromMs, toMs }: Span,
): readonly Stretch[] {
  if (series === undefined) return [];
  const beginMs = Math.max(fromMs, series.sinceMs);
  const settledMs = Math.min(toMs, series.lastMs);
  const stretches: Stretch[] = [];
  for (let hourMs = hourOf(beginMs); hourMs < settledMs; hourMs += HOUR_MS) {
    stretches.push(...ofHour(hourMs, hours.get(hourMs)));
  }
  const settled = stretches.flatMap((one) => clipped(one, { fromMs: beginMs, toMs: settledMs }));
  const tail = tailOf(series).flatMap((one) =>
    clipped(one, { fromMs: Math.max(beginMs, series.lastMs), toMs }),
  );
  return [...settled, ...tail];
}

const STATES = { g: 'good', b: 'bad', s: 'bad', u: 'unknown' } as const;

function ofHour(hourMs: number, hour: AvailabilityHour | undefined): readonly Stretch[] {
  const segments = hour?.segments ?? [];
  const firstMs = hourMs + (segments[0]?.[0] ?? HOUR_MS / 1_000) * 1_000;
  const stretches = segments.map(([offset, code, seconds], index): Stretch => {
    const next = segments[index + 1]?.[0] ?? HOUR_MS / 1_000;
    return {
      fromMs: hourMs + offset * 1_000,
      toMs: hourMs + next * 1_000,
      state: STATES[code.toLowerCase() as keyof typeof STATES],
      ...(seconds === undefined ? {} : { seconds }),
      ...(code === 'G' || code === 'B' ? { run: true } : {}),
    };
  });
  return [{ fromMs: hourMs, toMs: firstMs, state: 'unknown' }, ...stretches];
}

/** From the last slot on, without end. */
function tailOf({ standing, lastMs }: Availability): readonly Stretch[] {
  if (standing === undefined) return [{ fromMs: lastMs, toMs: Infinity, state: 'unknown' }];
  const { untilMs, code, seconds, slotMs } = standing;
  const run = slotMs === lastMs && code !== 's';
  return [
    {
      fromMs: lastMs,
      toMs: untilMs,
      state: STATES[code],
      ...(seconds === undefined ? {} : { seconds }),
      ...(run ? { run } : {}),
    },
    { fromMs: untilMs, toMs: Infinity, state: 'unknown' },
  ];
}

function clipped(stretch: Stretch, { fromMs, toMs }: Span): readonly Stretch[] {
  if (stretch.fromMs >= fromMs && stretch.toMs <= toMs && stretch.fromMs < stretch.toMs) {
    return [stretch];
  }
  const { run, ...rest } = stretch;
  const clip = { fromMs: Math.max(fromMs, rest.fromMs), toMs: Math.min(toMs, rest.toMs) };
  if (clip.fromMs >= clip.toMs) return [];
  return [{ ...rest, ...clip, ...(run === true && clip.fromMs === rest.fromMs ? { run } : {}) }];
}

const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;
