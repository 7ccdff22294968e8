/** The times a run has, and the two instants that follow from them. */

export interface Limits {
  /** Time of the scenario itself, sign-in and set-up included. */
  readonly runMs: number;
  /** Time of its compensation, counted apart so that a slow step cannot eat it. */
  readonly compensationMs: number;
  /** Time of one call to Odoo. */
  readonly callMs: number;
  /** How long after its deadline a document is left alone before the sweep may touch it. */
  readonly sweepGraceMs: number;
}

/** Past this instant the run writes nothing more. Epoch milliseconds in and out. */
export function deadlineOf(startMs: number, limits: Limits): number {
  return startMs + limits.runMs + limits.compensationMs;
}

/** How long a run may hold its tenant at most: its times and a little more for giving it back. */
export function leaseMs({ runMs, compensationMs }: Limits): number {
  return runMs + compensationMs + 1_000;
}

/** Whether the documents of a mark may be swept and count as residue. All in epoch milliseconds. */
export function isOverdue(deadlineMs: number, limits: Limits, nowMs: number): boolean {
  return nowMs > deadlineMs + limits.sweepGraceMs;
}
