/**
 * Counts how often in a row a tenant refused our credential, so that it is not tried until the account
 * locks. What it keeps of the secret is a salted scrypt hash, enough to see that it was replaced.
 */
import { randomBytes, scryptSync } from 'node:crypto';
import { z } from 'zod';
import type { TenantId } from '../domain/ids.ts';
import type { Refusals } from '../engine/sign-in.ts';
import type { Secret } from '../lib/secret.ts';
import type { Records } from './records.ts';

/** After so many refusals in a row the tenant's probes stop. */
const MOST_REFUSALS = 2;

const recordSchema = z.strictObject({
  v: z.literal(1),
  count: z.int(),
  salt: z.string(),
  hash: z.string(),
});

export class KeptRefusals implements Refusals {
  readonly #records: Records;
  readonly #shelf: string;

  /** One shelf for each door: what XML-RPC accepts, the login page may refuse. */
  constructor(records: Records, shelf: 'refusals' | 'web-refusals') {
    this.#records = records;
    this.#shelf = shelf;
  }

  /** Whether this very secret was refused as often as we dare. A replaced secret starts anew. */
  async isStopped(tenant: TenantId, secret: Secret): Promise<boolean> {
    const record = await this.#of(tenant, secret);
    return record !== undefined && record.count >= MOST_REFUSALS;
  }

  async add(tenant: TenantId, secret: Secret): Promise<void> {
    const record = await this.#of(tenant, secret);
    const salt = record?.salt ?? randomBytes(16).toString('base64');
    const count = (record?.count ?? 0) + 1;
    const hash = hashOf(secret, salt);
    await this.#records.put(this.#shelf, tenant, { v: 1, count, salt, hash });
  }

  async clear(tenant: TenantId): Promise<void> {
    await this.#records.remove(this.#shelf, tenant);
  }

  async #of(tenant: TenantId, secret: Secret): Promise<z.infer<typeof recordSchema> | undefined> {
    const parsed = recordSchema.safeParse(await this.#records.get(this.#shelf, tenant));
    if (!parsed.success) return undefined;
    return parsed.data.hash === hashOf(secret, parsed.data.salt) ? parsed.data : undefined;
  }
}

function hashOf(secret: Secret, salt: string): string {
  return scryptSync(secret.reveal(), Buffer.from(salt, 'base64'), 32).toString('base64');
}
