/** Incidents for 400 days, and by name those that are open or were a moment ago, so that nobody reads all to know them. */
import { type Incident, incidentSchema } from '../domain/incident.ts';
import type { Clock } from '../lib/clock.ts';
import { KeptByTime } from './kept-by-time.ts';
import type { Records } from './records.ts';

const KEPT_MS = 400 * 86_400_000;
const MOST = 5_000;
/** Records with the names of incidents that are open or may come back. */
const CURRENT = 'incidents-current';
/** One that comes back soon after its end is the same. */
export const RECENT_MS = 3_600_000;

/** All methods reject with Failed `state.unusable`. */
export class Incidents {
  readonly #kept: KeptByTime<Incident>;
  readonly #records: Records;
  readonly #clock: Clock;

  constructor(records: Records, clock: Clock) {
    const terms = { shelf: 'incidents', schema: incidentSchema, keptMs: KEPT_MS, most: MOST };
    this.#kept = new KeptByTime(records, clock, terms);
    this.#records = records;
    this.#clock = clock;
  }

  /** Lets go of those that are older than 400 days. */
  async put(incident: Incident): Promise<void> {
    // The name first: one without an incident is harmless, an open incident that nobody finds is not.
    await this.#records.create(CURRENT, incident.id, { v: 1 });
    await this.#kept.put(incident.id, incident);
  }

  /** Undefined when there is none, or it is malformed. */
  async get(id: string): Promise<Incident | undefined> {
    return await this.#kept.get(id);
  }

  /** Those that are open, and those that were resolved in the last hour; oldest first. */
  async current(): Promise<readonly Incident[]> {
    const oldestMs = this.#clock.now() - RECENT_MS;
    const found: Incident[] = [];
    for (const id of await this.#records.names(CURRENT)) {
      const incident = await this.#kept.get(id);
      if (incident !== undefined && (incident.resolvedMs ?? Infinity) >= oldestMs) {
        found.push(incident);
      } else {
        await this.#records.remove(CURRENT, id);
      }
    }
    return found;
  }

  /** Newest first, malformed ones left out. */
  async list(): Promise<readonly Incident[]> {
    return await this.#kept.list();
  }
}
