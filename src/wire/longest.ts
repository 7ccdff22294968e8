/** How long a slot may stay without its final account. */
import { LATE_MS } from '../domain/ledger.ts';
import type { Tenant } from '../domain/tenant.ts';

/** Of a tenant that is configured no more nobody knows how long its runs may last. */
const UNKNOWN_MS = 600_000;
/** What else lies between a slot and its final account: queue, report, our own clocks. */
const SLACK_MS = 15_000;

/** By when a slot of this tenant has its final account, milliseconds after the slot. */
export function longestMs(tenant: Tenant | undefined): number {
  if (tenant === undefined) return UNKNOWN_MS;
  const { runMs, compensationMs } = tenant.limits;
  // A run waits for its tenant at most twice as long as it may last.
  return LATE_MS + 3 * (runMs + compensationMs) + SLACK_MS;
}
