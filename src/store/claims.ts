/**
 * Claims of tenants: while a gate has one, no planned run of the fleet starts there, so that the gate's own find the
 * tenant free and undisturbed. Whoever holds the tenant already ends in peace.
 */
import { randomUUID } from 'node:crypto';
import type { TenantId } from '../domain/ids.ts';
import { inRedis, type Keys, type RedisConnection } from './redis.ts';
import { GIVE_BACK } from './redis-leases.ts';
import { runScript, scriptOf } from './script.ts';

/** KEYS: claim. ARGV: owner. */
const RELEASE = scriptOf(`${GIVE_BACK}
giveBack(KEYS[1], ARGV[1])`);

/** It is there while somebody claims the tenant, and holds who. */
export const claimKey = (keys: Keys, tenant: TenantId): string => keys.of('claim', tenant);

/** All methods reject with Failed `state.unusable`. */
export class Claims {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #owner = randomUUID();

  constructor(redis: RedisConnection, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Also renews: it lasts `forMs` from now. Of two gates the last one has it. */
  async claim(tenant: TenantId, forMs: number): Promise<void> {
    const key = claimKey(this.#keys, tenant);
    await inRedis(() => this.#redis.set(key, this.#owner, 'PX', forMs));
  }

  /** Nothing happens to somebody else's. */
  async release(tenant: TenantId): Promise<void> {
    const key = claimKey(this.#keys, tenant);
    await inRedis(() => runScript(this.#redis, RELEASE, [key], [this.#owner]));
  }
}
