/**
 * The fold of planned slots with their final accounts into what a tenant, scenario and transport was at every instant.
 * DESIGN.md, law 5: a valid result stands until the next valid one, two intervals at most, and a slot that was
 * suppressed because of how the tenant was is as bad as a failed one. Pure; slots come in order, each once.
 */
import { z } from 'zod';
import { type Account, isOpen, isSuspended } from '../domain/ledger.ts';

const HOUR_MS = 3_600_000;
/** Until a second slot tells how far apart they are. */
const FIRST_INTERVAL_MS = 24 * HOUR_MS;

const count = z.int().nonnegative().exactOptional();
const seconds = z.number().nonnegative();

/** A run passed, a run failed, a slot was suspended; small where that stands from before the hour. `u`: nothing is known. */
const codes = ['G', 'B', 'S', 'g', 'b', 's', 'u'] as const;
type Code = (typeof codes)[number];
type Segment = readonly [offset: number, code: Code, seconds?: number];

/** By hand: a month of a fleet has millions of them. */
function isSegment(value: unknown): value is Segment {
  if (!Array.isArray(value)) return false;
  const [offset, code, lasted = 0] = value as readonly unknown[];
  return isTime(offset) && isTime(lasted) && codes.includes(code as Code);
}

const isTime = (value: unknown): boolean => typeof value === 'number' && value >= 0;

/**
 * One UTC hour: what begins at which offset in seconds, with the seconds of the run that passed. Before the first
 * segment nothing is known. Beside it how many slots told nothing.
 */
export const hourSchema = z
  .strictObject({
    v: z.literal(1),
    segments: z.custom<readonly Segment[]>(
      (value) => Array.isArray(value) && value.every(isSegment),
    ),
    inconclusive: count,
    skipped: count,
    missed: count,
  })
  .readonly();

export type AvailabilityHour = z.infer<typeof hourSchema>;

const standingSchema = z
  .strictObject({
    code: z.enum(['g', 'b', 's']),
    seconds: seconds.exactOptional(),
    slotMs: z.int(),
    untilMs: z.int(),
  })
  .readonly();

/** Where the fold of one tenant, scenario and transport stands; instants are epoch milliseconds. */
export const availabilitySchema = z
  .strictObject({
    v: z.literal(1),
    /** The first slot and the last one. */
    sinceMs: z.int(),
    lastMs: z.int(),
    /** The last valid result. */
    standing: standingSchema.exactOptional(),
    /** That of the last slot. */
    hour: hourSchema,
  })
  .readonly();

export type Availability = z.infer<typeof availabilitySchema>;

/** What a slot says; `good` with the seconds of the run where they were measured. */
export type SlotResult =
  | { readonly kind: 'good'; readonly seconds?: number }
  | { readonly kind: 'bad' | 'suspended' | 'inconclusive' | 'skipped' | 'missed' };

/** Without a final account when its time is over, it is missed: a hole says nothing of the tenant. */
export function resultOf(account: Account | undefined, tenant: string): SlotResult {
  if (account === undefined || isOpen(account)) return { kind: 'missed' };
  if (isSuspended(account, tenant)) return { kind: 'suspended' };
  if (account.kind === 'failed') return { kind: 'bad' };
  if (account.kind !== 'passed') return { kind: account.kind };
  return account.seconds === undefined
    ? { kind: 'good' }
    : { kind: 'good', seconds: account.seconds };
}

export interface FoldedSlot {
  readonly series: Availability;
  /** Those that changed, by the instant at which they begin. */
  readonly hours: ReadonlyMap<number, AvailabilityHour>;
}

/** A slot that is not later than the last one changes nothing. */
export function foldSlot(
  before: Availability | undefined,
  slotMs: number,
  result: SlotResult,
): FoldedSlot {
  if (before === undefined) return begin(slotMs, result);
  if (slotMs <= before.lastMs) return { series: before, hours: new Map() };
  const distanceMs = slotMs - before.lastMs;
  const standing = shortened(before, distanceMs);
  const hours = new Map([[hourOf(before.lastMs), before.hour]]);
  carryOn(hours, standing, before.lastMs, slotMs);
  const next = standingAfter(result, slotMs, distanceMs);
  const stands = next ?? (stillStands(standing, slotMs) ? standing : undefined);
  return add(hours, { sinceMs: before.sinceMs, slotMs, result, next, stands });
}

function begin(slotMs: number, result: SlotResult): FoldedSlot {
  const next = standingAfter(result, slotMs, FIRST_INTERVAL_MS);
  return add(new Map(), { sinceMs: slotMs, slotMs, result, next, stands: next });
}

/** `next` is what begins with the slot, `stands` what stands after it. */
function add(
  hours: Map<number, AvailabilityHour>,
  slot: {
    readonly sinceMs: number;
    readonly slotMs: number;
    readonly result: SlotResult;
    readonly next: Standing | undefined;
    readonly stands: Standing | undefined;
  },
): FoldedSlot {
  const { sinceMs, slotMs, next, stands } = slot;
  if (next !== undefined) addTo(hours, slotMs, segmentOf(slotMs, CAPITALS[next.code], next));
  const hourMs = hourOf(slotMs);
  const hour = counted(hours.get(hourMs) ?? emptyHour, slot.result);
  hours.set(hourMs, hour);
  const standing = stands === undefined ? {} : { standing: stands };
  return { series: { v: 1, sinceMs, lastMs: slotMs, ...standing, hour }, hours };
}

type Standing = z.infer<typeof standingSchema>;

const emptyHour: AvailabilityHour = { v: 1, segments: [] };

/** The interval of a slot is the distance to its nearer neighbour: over a night nothing stands. */
function shortened({ standing, lastMs }: Availability, distanceMs: number): Standing | undefined {
  if (standing?.slotMs !== lastMs) return standing;
  return { ...standing, untilMs: Math.min(standing.untilMs, lastMs + 2 * distanceMs) };
}

const stillStands = (standing: Standing | undefined, atMs: number): boolean =>
  standing !== undefined && standing.untilMs > atMs;

function standingAfter(
  result: SlotResult,
  slotMs: number,
  distanceMs: number,
): Standing | undefined {
  const untilMs = slotMs + 2 * distanceMs;
  switch (result.kind) {
    case 'good':
      return { code: 'g', ...secondsOf(result.seconds), slotMs, untilMs };
    case 'bad':
      return { code: 'b', slotMs, untilMs };
    case 'suspended':
      return { code: 's', slotMs, untilMs };
    case 'inconclusive':
    case 'skipped':
    case 'missed':
      return undefined;
  }
}

/** What stands goes on into every hour that it reaches, and ends. */
function carryOn(
  hours: Map<number, AvailabilityHour>,
  standing: Standing | undefined,
  fromMs: number,
  toMs: number,
): void {
  if (standing === undefined) return;
  const { untilMs } = standing;
  for (
    let hourMs = hourOf(fromMs) + HOUR_MS;
    hourMs <= Math.min(toMs, untilMs - 1);
    hourMs += HOUR_MS
  ) {
    addTo(hours, hourMs, segmentOf(hourMs, standing.code, standing));
  }
  if (untilMs > fromMs && untilMs <= toMs) addTo(hours, untilMs, segmentOf(untilMs, 'u', {}));
}

function addTo(hours: Map<number, AvailabilityHour>, atMs: number, segment: Segment): void {
  const hour = hours.get(hourOf(atMs)) ?? emptyHour;
  hours.set(hourOf(atMs), { ...hour, segments: [...hour.segments, segment] });
}

function segmentOf(
  atMs: number,
  what: Code,
  { seconds: lasted }: { readonly seconds?: number },
): Segment {
  const offset = (atMs - hourOf(atMs)) / 1_000;
  return lasted === undefined ? [offset, what] : [offset, what, lasted];
}

const CAPITALS = { g: 'G', b: 'B', s: 'S' } as const;

function counted(hour: AvailabilityHour, { kind }: SlotResult): AvailabilityHour {
  if (kind === 'good' || kind === 'bad' || kind === 'suspended') return hour;
  return { ...hour, [kind]: (hour[kind] ?? 0) + 1 };
}

const secondsOf = (lasted: number | undefined): { readonly seconds?: number } =>
  lasted === undefined ? {} : { seconds: lasted };

const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;
