/** Who may tell the fleet something over HTTP, and of which tenants. */
import type { SecretReference } from './secret-reference.ts';

export interface ApiToken {
  readonly name: string;
  readonly token: SecretReference;
  /** Ids of the tenants that may be spoken for, at least one. */
  readonly tenants: readonly string[];
  /** Ids of the tenants of each environment of GitHub or application of Argo CD; absent, each is all of `tenants`. */
  readonly environments?: ReadonlyMap<string, readonly string[]>;
}
