/** Small histories for the detector: one tenant of one scenario whose probes are made by a function. */
import type { Detector } from '../../../src/analysis/baseline/detector.ts';
import type { TenantLine } from '../../../src/analysis/baseline/fleet.ts';
import type { Finding } from '../../../src/analysis/baseline/say.ts';
import { generator } from '../random.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A Monday. */
export const MONDAY = Date.UTC(2026, 0, 5);

export const tenantLine = (tenant: string, host = 'h1'): TenantLine => ({
  t: MONDAY,
  tenant,
  host,
  tz: 'Europe/Berlin',
  intervalMinutes: 5,
  calendar: { holidays: [], windows: [], announced: [] },
});

/** What one run shows; nothing for a run that was not made. */
export type Show = (
  t: number,
  noise: () => number,
) => { readonly ok: boolean; readonly ms: number } | undefined;

export interface Playing {
  readonly tenants?: readonly string[];
  readonly fromDay?: number;
  readonly days: number;
  readonly show: (tenant: string) => Show;
}

/** Every five minutes, in order of time. */
export function play(
  detector: Detector,
  { tenants = ['t01'], fromDay = 0, days, show }: Playing,
): readonly Finding[] {
  const { normal } = generator(7 + fromDay);
  const findings: Finding[] = [];
  const noise = (): number => 0.1 * normal();
  for (const tenant of tenants) {
    if (fromDay === 0) detector.tenant(tenantLine(tenant));
  }
  const shows = tenants.map((tenant) => [tenant, show(tenant)] as const);
  for (let t = MONDAY + fromDay * DAY; t < MONDAY + days * DAY; t += 5 * MINUTE) {
    for (const [tenant, one] of shows) {
      const shown = one(t, noise);
      if (shown === undefined) continue;
      const probe = { t, tenant, scenario: 'order', step: 'confirm', ...shown };
      findings.push(...(detector.probe(probe) ?? []));
    }
  }
  return findings;
}

/** Usual durations, times a factor. */
export const lasting = (noise: () => number, factor = 1) => ({
  ok: true,
  ms: Math.round(500 * factor * Math.exp(noise())),
});

export const alertsOf = (findings: readonly Finding[]) =>
  findings.flatMap((found) => ('score' in found && found.score >= 1 ? [found] : []));
