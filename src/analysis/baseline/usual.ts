/** What is normal for a step now, and by window of the business week: for texts, and for a person who wants to see what was learned. */
import { mean } from 'simple-statistics';
import { type Context, OTHER_DAYS } from './context.ts';
import type { Detector } from './detector.ts';
import { expected } from './learn.ts';
import { at } from './numbers.ts';
import { isLearning } from './observe.ts';
import { freshShape, type Series, type Shape } from './series.ts';

/** The middle 90 % of what a run takes there. */
export interface Usual {
  readonly usualMs: number;
  readonly lowMs: number;
  readonly highMs: number;
  /** Goes after "usual for": `a business day at 16:30`, `the receiving peak`. */
  readonly words: string;
  /** It is too new for alerts. */
  readonly learning: boolean;
}

/** Undefined where no run of the step was ever seen. */
export function usualOf(
  detector: Detector,
  asked: StepAsked & { readonly atMs: number },
): Usual | undefined {
  const known = knownOf(detector, asked);
  const context = detector.context(asked.tenant, asked.atMs);
  if (known === undefined || context === undefined) return undefined;
  const { series, shape } = known;
  return {
    ...rangeOf(series, [expected(series, shape, context)]),
    words: context.words,
    learning: isLearning(series, asked.atMs),
  };
}

export interface UsualWindow {
  readonly label: string;
  readonly usualMs: number;
  readonly lowMs: number;
  readonly highMs: number;
  /** Runs that it was learned from; 0 where it is borrowed from other tenants. */
  readonly seen: number;
}

interface StepAsked {
  readonly tenant: string;
  readonly scenario: string;
  readonly step: string;
}

interface Row {
  readonly order: number;
  readonly label: string;
}

const HALF_HOUR_MS = 30 * 60_000;
/** In which every window and a closing comes. */
const FIVE_WEEKS_MS = 35 * 86_400_000;
/** Of a normal distribution, in deviations. */
const MIDDLE_90 = 1.645;

/** As they come in the five weeks from `fromMs` on; none where no run of the step was ever seen. */
export function windowsOf(
  detector: Detector,
  asked: StepAsked & { readonly fromMs: number },
): readonly UsualWindow[] {
  const known = knownOf(detector, asked);
  if (known === undefined) return [];
  const { series, shape } = known;
  return rowsOf(detector, asked).map(({ label, contexts }) => ({
    label,
    ...rangeOf(
      series,
      contexts.map((context) => expected(series, shape, context)),
    ),
    seen: contexts.reduce((sum, context) => sum + seenOf(series, context), 0),
  }));
}

/** Each with one context of every cell that lies in it. */
function rowsOf(
  detector: Detector,
  { tenant, fromMs }: { readonly tenant: string; readonly fromMs: number },
): readonly { readonly label: string; readonly contexts: readonly Context[] }[] {
  const rows = new Map<string, Row & { readonly contexts: Map<string, Context> }>();
  for (let t = fromMs; t < fromMs + FIVE_WEEKS_MS; t += HALF_HOUR_MS) {
    const context = detector.context(tenant, t);
    if (context === undefined) continue;
    for (const row of rowsIn(context)) {
      const known = rows.get(row.label) ?? { ...row, contexts: new Map<string, Context>() };
      rows.set(row.label, known);
      known.contexts.set(`${context.cell} ${context.closing}`, context);
    }
  }
  return [...rows.values()]
    .sort((a, b) => a.order - b.order)
    .map(({ label, contexts }) => ({ label, contexts: [...contexts.values()] }));
}

/** A half hour lies in a part of its kind of day, and perhaps in a named window. */
function rowsIn({ cell, closing, window, group }: Context): readonly Row[] {
  if (closing >= 0) return [{ order: 200, label: 'closing day' }];
  const business = cell < OTHER_DAYS;
  const hours = business ? 2 : 4;
  const hour = business ? cell / 2 : cell - OTHER_DAYS;
  const from = Math.floor(hour / hours) * hours;
  const clock = `${clockOf(from)} to ${clockOf(from + hours)}`;
  const day = business
    ? { order: from, label: `business day ${clock}` }
    : { order: 50 + from, label: `other day ${clock}` };
  return window === undefined ? [day] : [day, { order: 100 + group, label: window }];
}

const clockOf = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

const seenOf = (series: Series, { cell, closing }: Context): number =>
  closing < 0 ? at(series.habitSeen, cell) : at(series.closingSeen, closing);

function knownOf(
  { fleet }: Detector,
  { tenant, scenario, step }: StepAsked,
): { readonly series: Series; readonly shape: Shape } | undefined {
  const series = fleet.tenants.get(tenant)?.scenarios.get(scenario)?.steps.get(step);
  if (series === undefined || series.seen === 0) return undefined;
  return { series, shape: fleet.shapes.get(`${scenario}/${step}`) ?? freshShape() };
}

/** Around the mean of what is expected, wider where that differs. */
function rangeOf(
  { sigma }: Series,
  expectations: readonly number[],
): Pick<Usual, 'usualMs' | 'lowMs' | 'highMs'> {
  const middle = mean([...expectations]);
  const spread = mean(expectations.map((one) => (one - middle) ** 2));
  const reach = MIDDLE_90 * Math.sqrt(sigma ** 2 + spread);
  return {
    usualMs: Math.exp(middle),
    lowMs: Math.exp(middle - reach),
    highMs: Math.exp(middle + reach),
  };
}
