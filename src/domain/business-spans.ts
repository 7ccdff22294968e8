/** The time that counts: business hours, a named window of them, or always, as stretches of instants. */
import type { BusinessCalendar } from './business-calendar.ts';
import { weekdays } from './calendar.ts';
import type { Objective } from './objective.ts';
import type { Span } from './span.ts';
import { instantsOf, wallClockAt } from './zone.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * What counts of `[fromMs, toMs)`: ascending, apart from each other, none empty. Hours are of the local day, and where
 * the clock is changed they follow the rule of `instantsOf`: a day has 23 or 25 hours then.
 */
export function businessSpans(
  calendar: BusinessCalendar,
  zone: string,
  { fromMs, toMs }: Span,
  hours: Objective['hours'],
): readonly Span[] {
  if (toMs <= fromMs) return [];
  if (hours === 'always') return [{ fromMs, toMs }];
  const opening = openingOf(calendar, hours);
  if (opening === undefined) return [];
  const holidays = new Set(calendar.holidays);
  // The local day of `fromMs` may have begun twice: a day earlier nothing is missed.
  const firstMs = dayOf(wallClockAt(zone, fromMs)) - DAY_MS;
  const lastMs = wallClockAt(zone, toMs) + DAY_MS;
  const instantOf = instantsOf(zone, firstMs);
  const spans: Span[] = [];
  for (let dayMs = firstMs; dayMs <= lastMs; dayMs += DAY_MS) {
    if (!isBusinessDay(dayMs, calendar, holidays)) continue;
    const opensMs = Math.max(fromMs, instantOf(dayMs + opening.from * HOUR_MS));
    const closesMs = Math.min(toMs, instantOf(dayMs + opening.to * HOUR_MS));
    if (closesMs > opensMs) spans.push({ fromMs: opensMs, toMs: closesMs });
  }
  return joined(spans);
}

/** Undefined when there is no such window. */
function openingOf(
  calendar: BusinessCalendar,
  hours: Exclude<Objective['hours'], 'always'>,
): { readonly from: number; readonly to: number } | undefined {
  return hours === 'business'
    ? calendar
    : calendar.windows.find(({ name }) => name === hours.window);
}

function isBusinessDay(
  dayMs: number,
  { days }: BusinessCalendar,
  holidays: ReadonlySet<string>,
): boolean {
  const day = new Date(dayMs);
  const weekday = weekdays[(day.getUTCDay() + 6) % 7];
  return (
    weekday !== undefined && days.includes(weekday) && !holidays.has(day.toISOString().slice(0, 10))
  );
}

/** A day until 24:00 and the next one from 00:00 are one stretch. */
function joined(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const span of spans) {
    const last = all.at(-1);
    if (last?.toMs === span.fromMs) {
      all[all.length - 1] = { fromMs: last.fromMs, toMs: span.toMs };
    } else {
      all.push(span);
    }
  }
  return all;
}

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;
