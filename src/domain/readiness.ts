/** Whether a tenant offers what a scenario needs, and whether it ever did. */
import type { Failure } from './failure.ts';

export interface Missing {
  readonly kind: 'module' | 'field' | 'right' | 'fixture';
  /** For example `module sale_stock`, `field stock.picking.sale_id`, `right create on sale.order`. */
  readonly what: string;
}

/** What is kept of one scenario in one tenant. */
export interface Readiness {
  /** The needs it was judged by, as text: other needs make it worthless. */
  readonly needs: string;
  readonly missing: readonly Missing[];
  /** Once ready stays ready until a person accepts the loss: a bad release must not hide as skipped. */
  readonly everReady: boolean;
}

/** What is known, unless it was judged by other needs. */
export function sameNeeds(kept: Readiness | undefined, needs: object): Readiness | undefined {
  return kept?.needs === JSON.stringify(needs) ? kept : undefined;
}

/** The new record after asking a tenant again. */
export function judge(
  known: Readiness | undefined,
  needs: object,
  missing: readonly Missing[],
): Readiness {
  const everReady = known?.everReady === true || missing.length === 0;
  return { needs: JSON.stringify(needs), missing, everReady };
}

export function missingText(missing: readonly Missing[]): string {
  return `missing: ${missing.map(({ what }) => what).join(', ')}`;
}

/** The failure for a capability that was there once and is gone. */
export function lostCapability(missing: readonly Missing[]): Failure {
  const access = missing.every(({ kind }) => kind === 'right');
  const data = missing.every(({ kind }) => kind === 'fixture');
  return {
    code: 'capability.lost',
    blame: 'target',
    layer: access ? 'access' : data ? 'data' : 'application',
    message: `was ready before, now ${missingText(missing)} (accept with: orderwatch doctor --accept)`,
  };
}
