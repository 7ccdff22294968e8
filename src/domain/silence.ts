/** Times in which nobody is to be alerted: planned maintenance, or somebody's word that it is known. */
import { z } from 'zod';
import { apart, type Span } from './span.ts';

export const silenceSchema = z
  .strictObject({
    v: z.literal(1),
    /** Sorts by time: when it was made, and a counter. */
    id: z.string().regex(/^\d{8}T\d{9}Z-\d+$/),
    /** Maintenance does not count against an objective either, and is not learned from. */
    kind: z.enum(['silence', 'maintenance']),
    /** Ids of tenants. */
    tenants: z.array(z.string()).min(1).readonly(),
    /** Only of this scenario; of all when absent. */
    scenario: z.string().exactOptional(),
    /** Epoch milliseconds, `[fromMs, toMs)`. */
    fromMs: z.int().nonnegative(),
    toMs: z.int().nonnegative(),
    reason: z.string().min(1).max(200),
    by: z.string().min(1).max(80),
  })
  .readonly()
  .meta({ id: 'Silence' });

export type Silence = z.infer<typeof silenceSchema>;

/** Longer than that nobody means; what is known for longer wants another plan. */
export const LONGEST_SILENCE_MS = 30 * 86_400_000;

/**
 * The silence that holds for a tenant, or for one scenario of it, at an instant; of several the one that ends last. One of
 * a single scenario says nothing of the tenant as a whole.
 */
export function isSilenced(
  silences: readonly Silence[],
  { tenant, scenario }: { readonly tenant: string; readonly scenario?: string },
  nowMs: number,
): Silence | undefined {
  return silences
    .filter(
      (one) =>
        one.tenants.includes(tenant) &&
        (one.scenario === undefined || one.scenario === scenario) &&
        one.fromMs <= nowMs &&
        nowMs < one.toMs,
    )
    .toSorted((a, b) => b.toMs - a.toMs || (a.id < b.id ? -1 : 1))[0];
}

/**
 * When a tenant as a whole was in maintenance: ascending, within `[fromMs, toMs)`, none touching the next; all in epoch
 * milliseconds.
 */
export function maintenanceSpans(
  silences: readonly Silence[],
  tenant: string,
  fromMs: number,
  toMs: number,
): readonly Span[] {
  const spans = silences
    .filter(
      (one) =>
        one.kind === 'maintenance' && one.scenario === undefined && one.tenants.includes(tenant),
    )
    .map((one) => ({ fromMs: Math.max(one.fromMs, fromMs), toMs: Math.min(one.toMs, toMs) }))
    .filter((span) => span.fromMs < span.toMs);
  return apart(spans);
}

/** As it is once it was ended at an instant: what had not begun yet never does, what was over stays as it was. */
export function expired(silence: Silence, nowMs: number): Silence {
  return { ...silence, toMs: Math.min(silence.toMs, Math.max(silence.fromMs, nowMs)) };
}
