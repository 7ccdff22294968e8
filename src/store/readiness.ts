/** What each tenant offered the scenarios when it was last asked. */
import { join } from 'node:path';
import { z } from 'zod';
import type { ScenarioId, TenantId } from '../domain/ids.ts';
import type { Readiness } from '../domain/readiness.ts';
import type { ReadinessRecords } from '../engine/ports.ts';
import type { StateFolder } from './folder.ts';

const recordSchema = z.strictObject({
  v: z.literal(1),
  needs: z.string(),
  missing: z.array(
    z.strictObject({ kind: z.enum(['module', 'field', 'right', 'fixture']), what: z.string() }),
  ),
  everReady: z.boolean(),
});

export class FolderReadiness implements ReadinessRecords {
  readonly #state: StateFolder;

  constructor(state: StateFolder) {
    this.#state = state;
  }

  async get(tenant: TenantId, scenario: ScenarioId): Promise<Readiness | undefined> {
    const parsed = recordSchema.safeParse(
      await this.#state.read(await this.#file(tenant, scenario)),
    );
    if (!parsed.success) return undefined;
    const { needs, missing, everReady } = parsed.data;
    return { needs, missing, everReady };
  }

  async put(tenant: TenantId, scenario: ScenarioId, readiness: Readiness): Promise<void> {
    await this.#state.write(await this.#file(tenant, scenario), { v: 1, ...readiness });
  }

  async #file(tenant: TenantId, scenario: ScenarioId): Promise<string> {
    return join(await this.#state.folder(`readiness/${tenant}`), `${scenario}.json`);
  }
}
