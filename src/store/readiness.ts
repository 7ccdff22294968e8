/** What each tenant offered the scenarios when it was last asked. */
import { z } from 'zod';
import type { ScenarioId, TenantId } from '../domain/ids.ts';
import type { Readiness } from '../domain/readiness.ts';
import type { ReadinessRecords } from '../engine/ports.ts';
import type { Records } from './records.ts';

const recordSchema = z.strictObject({
  v: z.literal(1),
  needs: z.string(),
  missing: z.array(
    z.strictObject({ kind: z.enum(['module', 'field', 'right', 'fixture']), what: z.string() }),
  ),
  everReady: z.boolean(),
});

export class KeptReadiness implements ReadinessRecords {
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  async get(tenant: TenantId, scenario: ScenarioId): Promise<Readiness | undefined> {
    return parseReadiness(await this.#records.get(readinessShelf(tenant), scenario));
  }

  async put(tenant: TenantId, scenario: ScenarioId, readiness: Readiness): Promise<void> {
    await this.#records.put(readinessShelf(tenant), scenario, { v: 1, ...readiness });
  }
}

/** Its records are named after the scenarios. */
export const readinessShelf = (tenant: TenantId): string => `readiness/${tenant}`;

/** What is malformed is as good as none. */
export function parseReadiness(record: unknown): Readiness | undefined {
  const parsed = recordSchema.safeParse(record);
  if (!parsed.success) return undefined;
  const { needs, missing, everReady } = parsed.data;
  return { needs, missing, everReady };
}
