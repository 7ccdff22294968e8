/**
 * Finishes what dead runs left, tenant after tenant, and writes down what is still open in each. While it leads,
 * nobody else of the fleet looks; every tenant's own lease keeps runs and sweeps apart.
 */
import { z } from 'zod';
import { PRODUCT_STOCK_LOW } from '../domain/fixtures.ts';
import { imbalances } from '../domain/residue.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { OutsideWarnings } from '../engine/ports.ts';
import { type Replenishment, replenish } from '../engine/replenish.ts';
import type { Engine } from '../engine/run-state.ts';
import { type ResidueReport, residue, sweep } from '../engine/sweep.ts';
import { earlyWarnings } from '../engine/warnings.ts';
import type { Leader } from '../store/leader.ts';
import type { Records } from '../store/records.ts';

const LEADER = 'sweeper';
/** A sweeper that stops asking is replaced after this; a long sweep renews it from beside. */
const LEAD_MS = 15_000;
const RENEW_MS = 5_000;
/** Each tenant is looked at so often. */
const EVERY_MS = 60_000;

const SHELF = 'sightings';

const sightingSchema = z.strictObject({
  v: z.literal(1),
  atMs: z.number(),
  /** Synthetic documents past their deadline and the grace that were still open. */
  residue: z.int().nonnegative(),
  /** Entries of the books that were not zero while nothing was open. */
  imbalances: z.int().nonnegative().default(0),
  /** As Odoo says it, for example `19.0`; absent when it did not answer. */
  odooVersion: z.string().optional(),
  /** Early warnings, as `EarlyWarnings` has them; each is absent when it could not be had. */
  certificateExpiresMs: z.number().optional(),
  apiKeyExpiresMs: z.number().optional(),
  scheduledActionLagMs: z.number().optional(),
  clockSkewMs: z.number().optional(),
  freeUnits: z.number().optional(),
});

/** What a sweeper saw of a tenant when it last looked. */
export type Sighting = z.infer<typeof sightingSchema>;

/** Undefined when nobody has looked yet. Rejects with Failed `state.unusable`. */
export async function lastSighting(
  records: Records,
  { id }: Tenant,
): Promise<Sighting | undefined> {
  return sightingSchema.safeParse(await records.get(SHELF, id)).data;
}

export interface SweeperParts {
  readonly engine: Engine;
  readonly leader: Leader;
  readonly records: Records;
  /** What the tenant's server says its version is. Rejects when it does not answer. */
  readonly versionOf: (tenant: Tenant, signal: AbortSignal) => Promise<string>;
  readonly outside: OutsideWarnings;
  /** As configured now. */
  readonly tenants: () => readonly Tenant[];
  /** Told of every tenant in which something was open or could not be looked at. Never throws. */
  readonly onSwept: (report: ResidueReport) => void;
  /** Told where stock ran low. Never throws. */
  readonly onReplenished: (replenishment: Replenishment) => void;
  /** Told of what could not be done; the next turn tries again. */
  readonly onTrouble: (error: unknown) => void;
}

const isClean = ({ residue: open, books }: ResidueReport): boolean =>
  open.length + imbalances(books).length === 0;

/** Of what does not balance Odoo can clear only what is reserved. */
const canBeSwept = ({ residue: open, books }: ResidueReport): boolean =>
  open.length > 0 || (books !== undefined && books.reserved !== 0);

export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #stop = new AbortController();
  readonly #lookedMs = new Map<string, number>();
  #running: Promise<unknown> | undefined;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = Promise.all([this.#renew(), this.#run()]);
  }

  /** A sweep under way ends after the call to Odoo that it waits for. Never throws. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#parts.leader.resign(LEADER).catch(() => undefined);
  }

  /** Looks at every tenant whose turn it is, if nobody else leads. Never throws. */
  async turn(): Promise<void> {
    const { engine, leader, tenants, onTrouble } = this.#parts;
    try {
      for (const tenant of tenants()) {
        if (this.#stop.signal.aborted) return;
        if ((await leader.lead(LEADER, LEAD_MS)) === undefined) return;
        const sinceMs = engine.clock.monotonic() - (this.#lookedMs.get(tenant.id) ?? -EVERY_MS);
        if (sinceMs < EVERY_MS) continue;
        await this.#sweep(tenant);
        this.#lookedMs.set(tenant.id, engine.clock.monotonic());
      }
    } catch (error) {
      onTrouble(error);
    }
  }

  async #sweep(tenant: Tenant): Promise<void> {
    const { engine, records, outside, versionOf, onSwept, onReplenished } = this.#parts;
    const { signal } = this.#stop;
    // A look takes no lease, so it holds up no run; and mostly there is nothing to do.
    const seen = await residue(tenant, engine, { all: false, signal });
    const report = canBeSwept(seen) ? await sweep(tenant, engine, signal) : seen;
    if (report.error === undefined && report.skipped === undefined) {
      const [odooVersion, warnings] = await Promise.all([
        versionOf(tenant, signal).catch(() => undefined),
        earlyWarnings(tenant, engine, outside, signal),
      ]);
      await records.put(SHELF, tenant.id, {
        v: 1,
        atMs: engine.clock.now(),
        residue: report.residue.length,
        imbalances: imbalances(report.books).length,
        odooVersion,
        ...warnings,
      } satisfies Sighting);
    }
    if (report.error !== undefined || !isClean(seen)) onSwept(report);
    if ((report.books?.free ?? Infinity) >= PRODUCT_STOCK_LOW) return;
    const replenished = await replenish(tenant, engine, signal);
    if (replenished !== undefined) onReplenished(replenished);
  }

  async #run(): Promise<void> {
    await this.#every(RENEW_MS, () => this.turn());
  }

  async #renew(): Promise<void> {
    const { leader } = this.#parts;
    await this.#every(RENEW_MS, async () => {
      await leader.lead(LEADER, LEAD_MS).catch(() => undefined);
    });
  }

  async #every(ms: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await work();
      await this.#parts.engine.clock.sleep(ms, signal).catch(() => undefined);
    }
  }
}
