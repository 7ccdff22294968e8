/** What gates found out, for 90 days: their verdicts, and the evidence for them. */
import { type GateResult, gateResultSchema } from '../domain/gate.ts';
import type { Clock } from '../lib/clock.ts';
import { KeptByTime } from './kept-by-time.ts';
import type { Records } from './records.ts';

const KEPT_MS = 90 * 86_400_000;
const MOST = 500;

/** All methods reject with Failed `state.unusable`. */
export class Gates {
  readonly #kept: KeptByTime<GateResult>;

  constructor(records: Records, clock: Clock) {
    const terms = { shelf: 'gates', schema: gateResultSchema, keptMs: KEPT_MS, most: MOST };
    this.#kept = new KeptByTime(records, clock, terms);
  }

  /**
   * Of its runs only those are kept that a finding names: all of hundreds of gates are too much to read at once. Lets go
   * of gates that are older than 90 days, and of all but the newest 500.
   */
  async put(result: GateResult): Promise<void> {
    const named = new Set(result.findings.flatMap((finding) => finding.runs));
    const runs = result.runs.filter(({ runId }) => named.has(runId));
    await this.#kept.put(result.gateId, { ...result, runs });
  }

  /** Undefined when there is none, or it is malformed. */
  async get(gateId: string): Promise<GateResult | undefined> {
    return await this.#kept.get(gateId);
  }

  /** Newest first, malformed ones left out. */
  async list(): Promise<readonly GateResult[]> {
    return await this.#kept.list();
  }
}
