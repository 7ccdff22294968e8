/** Which silences somebody asked for, for 400 days: as long as an objective may look back at them. */
import { expired, type Silence, silenceSchema } from '../domain/silence.ts';
import type { Clock } from '../lib/clock.ts';
import { KeptByTime } from './kept-by-time.ts';
import type { Records } from './records.ts';

const KEPT_MS = 400 * 86_400_000;
/** Two or three a day; all of them are read at once. */
const MOST = 1_000;

/** All methods reject with Failed `state.unusable`. */
export class Silences {
  readonly #kept: KeptByTime<Silence>;
  readonly #clock: Clock;

  constructor(records: Records, clock: Clock) {
    const terms = { shelf: 'silences', schema: silenceSchema, keptMs: KEPT_MS, most: MOST };
    this.#kept = new KeptByTime(records, clock, terms);
    this.#clock = clock;
  }

  /** Lets go of those that were made more than 400 days ago. */
  async add(silence: Silence): Promise<void> {
    await this.#kept.put(silence.id, silence);
  }

  /** Ends it now; what was over stays as it was. Undefined when there is none. */
  async expire(id: string): Promise<Silence | undefined> {
    const silence = await this.#kept.get(id);
    if (silence === undefined) return undefined;
    const ended = expired(silence, this.#clock.now());
    await this.#kept.put(id, ended);
    return ended;
  }

  /** The newest made first, malformed ones left out. */
  async list(): Promise<readonly Silence[]> {
    return await this.#kept.list();
  }
}
