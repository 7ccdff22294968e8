/**
 * Whether what was slow is over: averages that find a small slowness remember it for an hour or two after its end, and nobody
 * wants to read of it for so long.
 */
import { median } from 'simple-statistics';
import { z } from 'zod';
import type { Standing } from '../baseline/standing.ts';
import type { Usual } from '../baseline/usual.ts';

/** So many runs tell how long it takes now, and twice as many that none is slow any more. */
const RUNS = 6;
const REMEMBERED = 12;
/** As long as usual. */
const USUAL = 1.05;
/** Slow for a run alone. */
const SLOW = 1.5;

export const paceSchema = z
  .strictObject({
    step: z.string(),
    /** Of the last runs that passed, to usual; oldest first. */
    ratios: z.array(z.number().positive()).readonly(),
    /** The beginning of the slowness that is over, epoch milliseconds. */
    overMs: z.int().exactOptional(),
  })
  .readonly();

type Pace = z.infer<typeof paceSchema>;

export function ratioOf(nowMs: number | undefined, usual: Usual | undefined): number | undefined {
  if (nowMs === undefined || usual === undefined) return undefined;
  return Math.max(nowMs, 1) / usual.usualMs;
}

interface Seen {
  readonly step: string;
  /** Undefined of a run that did not come so far. */
  readonly ratio: number | undefined;
  readonly standing: Standing | undefined;
}

/** With one run more; another step begins anew. */
export function withPace(before: Pace | undefined, { step, ratio, standing }: Seen): Pace {
  const known = before?.step === step ? before : undefined;
  const ratios = [...(known?.ratios ?? []), ...(ratio === undefined ? [] : [ratio])].slice(
    -REMEMBERED,
  );
  const overMs = overSince(ratios, standing, known?.overMs);
  return { step, ratios, ...(overMs === undefined ? {} : { overMs }) };
}

function overSince(
  ratios: readonly number[],
  standing: Standing | undefined,
  before: number | undefined,
): number | undefined {
  if (standing?.isAlert !== true || !isUsual(ratios, standing.kind)) return undefined;
  // Runs from before it began were as usual, of course.
  return standing.runs.of >= RUNS ? standing.sinceMs : before;
}

/** Of a few slow runs among many the middle tells nothing. */
function isUsual(ratios: readonly number[], kind: Standing['kind']): boolean {
  if (kind === 'tail') return ratios.length === REMEMBERED && Math.max(...ratios) < SLOW;
  return ratios.length > 0 && median(ratios.slice(-RUNS)) <= USUAL;
}

export function isOver({ overMs }: Pace, standing: Standing | undefined): boolean {
  return overMs !== undefined && overMs === standing?.sinceMs;
}
