/** Takes off durations what the time of day explains, so that a release at ten is not compared with the night. */
import { mean, median } from 'simple-statistics';
import { wallClockAt, weekdayOf } from '../../domain/zone.ts';
import { groupBy } from '../../lib/group.ts';

/** A run's duration as natural logarithm of milliseconds, or what is left of it. */
export interface Point {
  readonly atMs: number;
  readonly y: number;
}

interface Dated extends Point {
  /** Local, since the epoch. */
  readonly day: number;
  readonly kind: 'business' | 'weekend';
  /** Of the day, 0 to 47. */
  readonly halfHour: number;
}

/** How far from the usual a half hour was, by day. */
type Habit = ReadonlyMap<number, number>;

/** Of one, in a logarithm of a duration: what is less is rounding. */
const PARTS = 1e9;
const QUARTER_MS = 900_000;
const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 86_400_000;
/** A shorter history has not seen enough of the day twice. */
const LEAST_HISTORY_MS = 1.5 * DAY_MS;
/** A half hour is taught by an hour on both sides too. */
const AROUND = [-2, -1, 0, 1, 2];
/** Half a day of no effect at all is added to what the days say. */
const DOUBT_DAYS = 0.5;

/** Without what rounding left: whether two are equal decides how far a series wanders. */
export function withoutRounding(y: number): number {
  return Math.round(y * PARTS) / PARTS;
}

/**
 * What is left of both sides, each in order of time. Only `before` teaches, and a day of it never teaches itself: its own
 * residuals are then as large as those of a day that nobody has seen, which `after` is.
 */
export function residualsOf(
  before: readonly Point[],
  after: readonly Point[],
  timeZone: string,
): { readonly before: readonly Point[]; readonly after: readonly Point[] } {
  const [first, last] = [before[0], before.at(-1)];
  if (first === undefined || last === undefined) return { before, after };
  if (last.atMs - first.atMs < LEAST_HISTORY_MS) return { before, after };
  const dated = before.map((point) => dateOf(point, timeZone));
  const habits = habitsOf(dated);
  const residual = (one: Dated): Point => ({
    atMs: one.atMs,
    y: withoutRounding(one.y - effectOf(habits.get(slotOf(one)), one.day)),
  });
  return {
    before: dated.map(residual),
    after: after.map((point) => residual(dateOf(point, timeZone))),
  };
}

function dateOf(point: Point, timeZone: string): Dated {
  // Clocks change at quarters of an hour, so those that share one share what the zone is asked.
  const local = wallClockAt(timeZone, Math.floor(point.atMs / QUARTER_MS) * QUARTER_MS);
  const day = Math.floor(local / DAY_MS);
  const weekday = weekdayOf(day);
  return {
    ...point,
    day,
    kind: weekday === 0 || weekday === 6 ? 'weekend' : 'business',
    halfHour: Math.floor((local - day * DAY_MS) / HALF_HOUR_MS),
  };
}

/** By kind of day and half hour. */
function habitsOf(dated: readonly Dated[]): ReadonlyMap<string, Habit> {
  const centre = median(dated.map(({ y }) => y));
  const seen = [...groupBy(dated, (one) => `${one.day} ${one.halfHour}`).values()].flatMap(
    ([first, ...others]) =>
      first === undefined
        ? []
        : { ...first, y: median([first, ...others].map(({ y }) => y)) - centre },
  );
  const taught = seen.flatMap((one) =>
    AROUND.map((hours) => ({ ...one, halfHour: (one.halfHour + hours + 48) % 48 })),
  );
  return new Map(
    [...groupBy(taught, slotOf)].map(([slot, members]) => {
      const days = groupBy(members, ({ day }) => String(day));
      return [slot, new Map([...days].map(([day, its]) => [Number(day), meanOf(its)]))];
    }),
  );
}

const slotOf = ({ kind, halfHour }: Dated): string => `${kind} ${halfHour}`;

const meanOf = (points: readonly Point[]): number => mean(points.map(({ y }) => y));

/** Of the other days, drawn to no effect the fewer they are; none before two days have been seen. */
function effectOf(habit: Habit | undefined, day: number): number {
  if (habit === undefined || habit.size < 2) return 0;
  const others = [...habit].filter(([other]) => other !== day);
  const sum = others.reduce((all, [, effect]) => all + effect, 0);
  return sum / (others.length + DOUBT_DAYS);
}
