/** Which deployments there were, for 400 days: as long as the hours are kept that they explain. */
import { type Deployment, deploymentSchema } from '../domain/deployment.ts';
import type { Clock } from '../lib/clock.ts';
import { KeptByTime } from './kept-by-time.ts';
import type { Records } from './records.ts';

const KEPT_MS = 400 * 86_400_000;
/** Two or three a day; all of them are read before each gate. */
const MOST = 1_000;

/** All methods reject with Failed `state.unusable`. */
export class Deployments {
  readonly #kept: KeptByTime<Deployment>;

  constructor(records: Records, clock: Clock) {
    const terms = { shelf: 'deployments', schema: deploymentSchema, keptMs: KEPT_MS, most: MOST };
    this.#kept = new KeptByTime(records, clock, terms);
  }

  /** Lets go of those that are older than 400 days. */
  async record(deployment: Deployment): Promise<void> {
    await this.#kept.put(deployment.id, deployment);
  }

  /** Newest first, malformed ones left out, and those from before `sinceMs` (epoch milliseconds). */
  async list(sinceMs?: number): Promise<readonly Deployment[]> {
    return await this.#kept.list(sinceMs);
  }
}
