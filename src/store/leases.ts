/**
 * Leases of tenants in the state folder. Every lease is a record whose number is its fencing token; the
 * highest number holds the tenant, and making the next one is atomic, so no lease is ever stolen twice.
 */
import { hostname } from 'node:os';
import { z } from 'zod';
import { Failed } from '../domain/failure.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Lease, Leases } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { isAlive } from '../lib/process.ts';
import type { Records } from './records.ts';

const POLL_MS = 100;

const leaseSchema = z.strictObject({
  host: z.string(),
  pid: z.int(),
  /** Epoch milliseconds. */
  untilMs: z.number(),
  released: z.boolean(),
});
type LeaseFile = z.infer<typeof leaseSchema>;

export class FolderLeases implements Leases {
  readonly #records: Records;
  readonly #clock: Clock;

  /** The records must be on the machine of every holder: whether one is alive is asked of its process. */
  constructor(records: Records, clock: Clock) {
    this.#records = records;
    this.#clock = clock;
  }

  async acquire(tenant: TenantId, forMs: number, signal: AbortSignal): Promise<Lease> {
    for (;;) {
      signal.throwIfAborted();
      const highest = await this.#highest(tenant);
      const holder = highest === 0 ? undefined : await this.#read(tenant, highest);
      if (!this.#holds(holder)) {
        const taken = await this.#take(tenant, highest + 1, forMs);
        if (taken !== undefined && !signal.aborted) return taken;
        await taken?.release();
      }
      await this.#clock.sleep(POLL_MS, signal);
    }
  }

  #holds(holder: LeaseFile | undefined): boolean {
    if (holder === undefined || holder.released || this.#clock.now() > holder.untilMs) return false;
    return holder.host !== hostname() || isAlive(holder.pid);
  }

  /** Undefined when somebody else took this number first. */
  async #take(tenant: TenantId, token: number, forMs: number): Promise<Lease | undefined> {
    const shelf = shelfOf(tenant);
    const name = String(token);
    const lease = {
      host: hostname(),
      pid: process.pid,
      untilMs: this.#clock.now() + forMs,
      released: false,
    };
    if (!(await this.#records.create(shelf, name, lease))) return undefined;
    // The number may have been free only because later holders swept it away: who is not the highest has nothing.
    if ((await this.#highest(tenant)) !== token) {
      await this.#records.remove(shelf, name);
      return undefined;
    }
    await this.#forgetOlder(tenant, token);
    return {
      token,
      check: async () => {
        if ((await this.#highest(tenant)) === token && this.#clock.now() <= lease.untilMs) return;
        const message = `the lease of ${tenant} was lost`;
        throw new Failed({ code: 'lease.lost', blame: 'fleet', message });
      },
      // The record stays, so that the next token is a higher one.
      release: () => this.#records.put(shelf, name, { ...lease, released: true }),
    };
  }

  async #highest(tenant: TenantId): Promise<number> {
    return Math.max(0, ...(await this.#tokens(tenant)));
  }

  async #tokens(tenant: TenantId): Promise<readonly number[]> {
    const names = await this.#records.names(shelfOf(tenant));
    return names.filter((name) => /^\d+$/.test(name)).map(Number);
  }

  async #forgetOlder(tenant: TenantId, token: number): Promise<void> {
    const older = (await this.#tokens(tenant)).filter((other) => other < token);
    for (const other of older) await this.#records.remove(shelfOf(tenant), String(other));
  }

  async #read(tenant: TenantId, token: number): Promise<LeaseFile | undefined> {
    const parsed = leaseSchema.safeParse(await this.#records.get(shelfOf(tenant), String(token)));
    return parsed.success ? parsed.data : undefined;
  }
}

const shelfOf = (tenant: TenantId): string => `leases/${tenant}`;
