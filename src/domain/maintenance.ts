/** Maintenance that comes again and again, as a configuration plans it: each time is a silence like any other. */
import { createHash } from 'node:crypto';
import { slotsBetween } from './schedule.ts';
import { maintenanceSpans, type Silence } from './silence.ts';
import { unscheduledSlot } from './slot.ts';
import type { Span } from './span.ts';

/** Compiled: of one zone each, so that all its tenants are in it at the same instants. */
export interface Maintenance {
  readonly name: string;
  readonly tenants: readonly string[];
  /** Of five fields; its times are local ones of `zone`. */
  readonly expression: string;
  readonly zone: string;
  /** Elapsed time, also where the clock is changed meanwhile. */
  readonly lastsMs: number;
  readonly reason: string;
}

/** Who says so, of every silence that comes from a configuration. */
const BY_CONFIGURATION = 'configuration';

/**
 * The maintenance of a tenant that overlaps `[fromMs, toMs)`, as silences with all the tenants that it is for, ascending
 * in each window. The same time of a window has the same id whenever and for whomever it is asked. Starts where the
 * clock is changed follow the rule of `instantsOf`.
 */
export function silencesBetween(
  maintenance: readonly Maintenance[],
  tenant: string,
  fromMs: number,
  toMs: number,
): readonly Silence[] {
  return maintenance
    .filter(({ tenants }) => tenants.includes(tenant))
    .flatMap((window) => {
      const timing = { kind: 'cron', expression: window.expression, zone: window.zone } as const;
      const starts = slotsBetween({ timing }, Math.max(0, fromMs - window.lastsMs + 1), toMs);
      return [...starts].map((startMs) => silenceOf(window, startMs));
    });
}

/**
 * The maintenance of a tenant, planned or asked for, that overlaps `[fromMs, toMs)`: ascending, none touching the next, and
 * whole, so that it is the same whenever it is asked for; epoch milliseconds.
 */
export function maintenanceIn(
  planned: readonly Maintenance[],
  asked: readonly Silence[],
): (tenant: string, fromMs: number, toMs: number) => readonly Span[] {
  return (tenant, fromMs, toMs) => {
    const all = [...asked, ...silencesBetween(planned, tenant, fromMs, toMs)];
    const overlapping = all.filter((one) => one.fromMs < toMs && one.toMs > fromMs);
    return maintenanceSpans(overlapping, tenant, 0, Number.POSITIVE_INFINITY);
  };
}

function silenceOf(window: Maintenance, startMs: number): Silence {
  const { name, zone, tenants, lastsMs, reason } = window;
  const hash = createHash('sha256').update(`${name}|${zone}`).digest();
  return {
    v: 1,
    id: unscheduledSlot(startMs, hash.readUIntBE(0, 6) % 1_000_000),
    kind: 'maintenance',
    tenants,
    fromMs: startMs,
    toMs: startMs + lastsMs,
    reason,
    by: BY_CONFIGURATION,
  };
}
