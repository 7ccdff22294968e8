/** Records that are named after the instant they are from, so that old ones go without being read. */
import type { z } from 'zod';
import type { Slot } from '../domain/ids.ts';
import { SLOT_PATTERN, slotInstant } from '../domain/slot.ts';
import type { Clock } from '../lib/clock.ts';
import type { Records } from './records.ts';

interface Terms<T> {
  readonly shelf: string;
  readonly schema: z.ZodType<T>;
  readonly keptMs: number;
  /** Of more the oldest go. */
  readonly most: number;
}

/** All methods reject with Failed `state.unusable`. */
export class KeptByTime<T> {
  readonly #records: Records;
  readonly #clock: Clock;
  readonly #terms: Terms<T>;

  constructor(records: Records, clock: Clock, terms: Terms<T>) {
    this.#records = records;
    this.#clock = clock;
    this.#terms = terms;
  }

  /** Lets go of those that are too old or too many. `id` is of the form of an unscheduled slot. */
  async put(id: string, value: T): Promise<void> {
    const { shelf, most, keptMs } = this.#terms;
    await this.#records.put(shelf, id, value);
    const oldestMs = this.#clock.now() - keptMs;
    const names = (await this.#records.names(shelf)).toReversed();
    const old = names.filter((name, at) => at >= most || !(instantOf(name) >= oldestMs));
    for (const name of old) await this.#records.remove(shelf, name);
  }

  /** Undefined when there is none, it is malformed, or `id` is none. */
  async get(id: string): Promise<T | undefined> {
    // What is asked for may be somebody's text, and names a file.
    if (!SLOT_PATTERN.test(id)) return undefined;
    const { shelf, schema } = this.#terms;
    return schema.safeParse(await this.#records.get(shelf, id)).data;
  }

  /** Newest first, malformed ones left out, and those from before `sinceMs` (epoch milliseconds). */
  async list(sinceMs = 0): Promise<readonly T[]> {
    const found: T[] = [];
    const names = await this.#records.names(this.#terms.shelf);
    for (const id of names.filter((name) => instantOf(name) >= sinceMs).toReversed()) {
      const one = await this.get(id);
      if (one !== undefined) found.push(one);
    }
    return found;
  }
}

/** NaN of what is no instant. */
const instantOf = (id: string): number => slotInstant(id as Slot);
