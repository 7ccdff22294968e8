/** A secret by reference: read when it is needed and read again after a refusal, never kept. */
import type { Secret } from '../lib/secret.ts';

export interface SecretReference {
  /** `env:NAME` or `file:PATH`, safe to print. */
  readonly name: string;
  /** Rejects with `Failed` (blame fleet) when the variable or file is not there. */
  read(): Promise<Secret>;
}
