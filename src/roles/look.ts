/** One look of the sweeper at one tenant: what is open is finished, and what was seen is written down. */
import { z } from 'zod';
import { PRODUCT_STOCK_LOW } from '../domain/fixtures.ts';
import { imbalances } from '../domain/residue.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { OutsideWarnings } from '../engine/ports.ts';
import { type Replenishment, replenish } from '../engine/replenish.ts';
import type { Engine } from '../engine/run-state.ts';
import { closeJournals, type ResidueReport, residue, sweep } from '../engine/sweep.ts';
import { earlyWarnings } from '../engine/warnings.ts';
import type { Records } from '../store/records.ts';

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

export interface LookParts {
  readonly engine: Engine;
  readonly records: Records;
  /** What the tenant's server says its version is. Rejects when it does not answer. */
  readonly versionOf: (tenant: Tenant, signal: AbortSignal) => Promise<string>;
  readonly outside: OutsideWarnings;
  /** Told of every tenant in which something was open or could not be looked at. Never throws. */
  readonly onSwept: (report: ResidueReport) => void;
  /** Told where stock ran low. Never throws. */
  readonly onReplenished: (replenishment: Replenishment) => void;
}

const isClean = ({ residue: open, books }: ResidueReport): boolean =>
  open.length + imbalances(books).length === 0;

/** Of what does not balance Odoo can clear only what is reserved. */
const canBeSwept = ({ residue: open, books }: ResidueReport): boolean =>
  open.length > 0 || (books !== undefined && books.reserved !== 0);

/** Whether the tenant could be looked at. Rejects with Failed `state.unusable`, and with what `replenish` does. */
export async function lookAt(
  tenant: Tenant,
  parts: LookParts,
  signal: AbortSignal,
): Promise<boolean> {
  const { engine, onSwept, onReplenished } = parts;
  const beganMs = engine.clock.now();
  // A look takes no lease, so it holds up no run; and mostly there is nothing to do.
  const seen = await residue(tenant, engine, { all: false, signal });
  const report = canBeSwept(seen) ? await sweep(tenant, engine, signal) : seen;
  if (report.error !== undefined || !isClean(seen)) onSwept(report);
  const isDone = report.error === undefined && report.skipped === undefined;
  if (isDone) {
    await closeJournals(tenant, engine, report.residue, beganMs);
    await writeDown(tenant, report, parts, signal);
  }
  if ((report.books?.free ?? Infinity) < PRODUCT_STOCK_LOW) {
    const replenished = await replenish(tenant, engine, signal);
    if (replenished !== undefined) onReplenished(replenished);
  }
  return report.error === undefined;
}

async function writeDown(
  tenant: Tenant,
  report: ResidueReport,
  { engine, records, outside, versionOf }: LookParts,
  signal: AbortSignal,
): Promise<void> {
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
