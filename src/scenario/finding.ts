/** What a scenario found out about a tenant, or about itself. */

/** Whose fault a scenario finds: the tenant's, or its own assumption's, which makes the run inconclusive. */
export interface Finding {
  readonly code: string;
  readonly blame: 'target' | 'scenario';
  /** Where in the tenant: its data unless said otherwise. */
  readonly layer?: 'data' | 'integration';
  readonly message: string;
}
