/**
 * Leases of tenants in the state folder. Every lease is a file whose number is its fencing token; the
 * highest number holds the tenant, and making the next file is atomic, so no lease is ever stolen twice.
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Failed } from '../domain/failure.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Lease, Leases } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { isAlive } from '../lib/process.ts';
import type { StateFolder } from './folder.ts';

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
  readonly #state: StateFolder;
  readonly #clock: Clock;

  constructor(state: StateFolder, clock: Clock) {
    this.#state = state;
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
    const file = await this.#file(tenant, token);
    const lease = {
      host: hostname(),
      pid: process.pid,
      untilMs: this.#clock.now() + forMs,
      released: false,
    };
    if (!(await this.#state.create(file, lease))) return undefined;
    // The number may have been free only because later holders swept it away: who is not the highest has nothing.
    if ((await this.#highest(tenant)) !== token) {
      await this.#state.remove(file);
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
      // The file stays, so that the next token is a higher one.
      release: () => this.#state.write(file, { ...lease, released: true }),
    };
  }

  async #highest(tenant: TenantId): Promise<number> {
    return Math.max(0, ...(await this.#tokens(tenant)));
  }

  async #tokens(tenant: TenantId): Promise<readonly number[]> {
    const names = await this.#state.list(`leases/${tenant}`);
    return names
      .filter((name) => /^\d+\.json$/.test(name))
      .map((name) => Number.parseInt(name, 10));
  }

  async #forgetOlder(tenant: TenantId, token: number): Promise<void> {
    const older = (await this.#tokens(tenant)).filter((other) => other < token);
    for (const other of older) await this.#state.remove(await this.#file(tenant, other));
  }

  async #file(tenant: TenantId, token: number): Promise<string> {
    return join(await this.#state.folder(`leases/${tenant}`), `${token}.json`);
  }

  async #read(tenant: TenantId, token: number): Promise<LeaseFile | undefined> {
    const parsed = leaseSchema.safeParse(await this.#state.read(await this.#file(tenant, token)));
    return parsed.success ? parsed.data : undefined;
  }
}
