/** Reports of runs by hand, for a day: those of a fleet are in its streams. */
import type { RunId } from '../domain/ids.ts';
import { parseRunId } from '../domain/mark.ts';
import { type RunReport, runReportSchema } from '../domain/report.ts';
import { slotInstant } from '../domain/slot.ts';
import type { Clock } from '../lib/clock.ts';
import type { Records } from './records.ts';

const SHELF = 'reports';
const KEPT_MS = 86_400_000;

export class KeptReports {
  readonly #records: Records;
  readonly #clock: Clock;

  constructor(records: Records, clock: Clock) {
    this.#records = records;
    this.#clock = clock;
  }

  /** Lets go of those that are a day old. Rejects with Failed `state.unusable`. */
  async put(report: RunReport): Promise<void> {
    await this.#records.put(SHELF, report.runId, report);
    for (const name of await this.#records.names(SHELF)) {
      const slot = parseRunId(name)?.slot;
      const startedMs = slot === undefined ? 0 : slotInstant(slot);
      if (this.#clock.now() - startedMs > KEPT_MS) await this.#records.remove(SHELF, name);
    }
  }

  /** Undefined when there is none, or it is malformed. Rejects with Failed `state.unusable`. */
  async get(runId: RunId): Promise<RunReport | undefined> {
    return runReportSchema.safeParse(await this.#records.get(SHELF, runId)).data;
  }
}
