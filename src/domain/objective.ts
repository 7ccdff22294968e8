/** The promise for one workflow of a tenant: one scenario, or several that are one piece of work to its people. */
import type { Transport } from './transport.ts';

export interface Objective {
  /** Of the form of an id; that of the scenario where it is one. */
  readonly workflow: string;
  readonly scenarios: readonly string[];
  /** Those that count. */
  readonly transports: readonly Transport[];
  /** Share of the time that counts in which it works, such as 0.999. */
  readonly target: number;
  /** A run that takes longer is as bad as one that failed. */
  readonly latencyMs?: number;
  /** The time that counts: all of it, business hours, or a named window of the business calendar. */
  readonly hours: 'always' | 'business' | { readonly window: string };
  readonly level: 'critical' | 'secondary';
  /** So far back it is looked at. */
  readonly windowMs: number;
}
