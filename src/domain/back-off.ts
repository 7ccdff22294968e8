/**
 * Backing off from a tenant that is down: after three runs in a row found it so, it is left alone for 30 s, then one run
 * tries again, and each that fails doubles the pause, up to ten minutes. The slots in between are missed.
 */
import type { Outcome } from './report.ts';

export const BACK_OFF = { after: 3, firstMs: 30_000, longestMs: 600_000 } as const;

/** By these nothing was reached that a run could tell more of; one slow or locked transaction is not among them. */
const DOWN: ReadonlySet<string> = new Set([
  'odoo.unreachable',
  'odoo.gateway-error',
  'odoo.database',
  'web.no-database',
]);

/** By the code of a failure. */
export const isDown = (code: string): boolean => DOWN.has(code);

/** What a run says of its tenant; one that never got so far says nothing. */
export function reachOf({ kind, ...outcome }: Outcome): 'up' | 'down' | 'unknown' {
  if (kind === 'passed') return 'up';
  if (kind !== 'failed' || !('failure' in outcome)) return 'unknown';
  const { failure } = outcome;
  return isDown(failure.code) ? 'down' : 'up';
}
