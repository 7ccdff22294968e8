/**
 * The history of what was planned, in Redis and as a copy in the state folder. Records are only ever added, under
 * names made of their content, so that each place can give the other what it lacks, in any order and twice.
 */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { type HistoryRecord, historyRecordSchema } from '../domain/history.ts';
import type { Clock } from '../lib/clock.ts';
import { parseJson } from '../lib/json.ts';
import type { Records } from './records.ts';
import { inRedis, type Keys } from './redis.ts';

const SHELF = 'history';
/** What other processes wrote is known after this. */
const RECENT_MS = 5_000;

export class History {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #copy: Records;
  readonly #clock: Clock;
  #last: { readonly records: readonly HistoryRecord[]; readonly atMs: number } | undefined;

  constructor(redis: Redis, keys: Keys, copy: Records, clock: Clock) {
    this.#redis = redis;
    this.#key = keys.of('history');
    this.#copy = copy;
    this.#clock = clock;
  }

  /**
   * Writes the copy, then Redis; nothing when the record that rules at its instant says the same. Rejects with
   * Failed `state.unusable`; if only Redis is away the copy is written, and the next `read` hands it on.
   */
  async append(record: HistoryRecord): Promise<void> {
    const known = await this.read().catch(async () => [...(await this.#copied()).values()]);
    const added = historyRecordSchema.parse(record);
    if (!rules(known, added)) await this.#copy.put(SHELF, nameOf(added), added);
    await this.read();
  }

  /** What either place holds, by instant; afterwards both hold it. Rejects with Failed `state.unusable`. */
  async read(): Promise<readonly HistoryRecord[]> {
    const copied = await this.#copied();
    const texts = Object.entries(await inRedis(() => this.#redis.hgetall(this.#key)));
    const stored = parsed(texts.map(([name, text]) => [name, parseJson(text)]));
    for (const [name, record] of copied) {
      if (stored.has(name)) continue;
      await inRedis(() => this.#redis.hsetnx(this.#key, name, JSON.stringify(record)));
    }
    for (const [name, record] of stored) {
      if (!copied.has(name)) await this.#copy.put(SHELF, name, record);
    }
    const all = [...new Map([...copied, ...stored])].sort(([a], [b]) => (a < b ? -1 : 1));
    const records = all.map(([, record]) => record);
    this.#last = { records, atMs: this.#clock.monotonic() };
    return records;
  }

  /** As last read, at most five seconds ago: the same list until then. Rejects with Failed `state.unusable`. */
  async recent(): Promise<readonly HistoryRecord[]> {
    const last = this.#last;
    if (last !== undefined && this.#clock.monotonic() - last.atMs < RECENT_MS) return last.records;
    return await this.read();
  }

  async #copied(): Promise<ReadonlyMap<string, HistoryRecord>> {
    const names = await this.#copy.names(SHELF);
    // A file that cannot be read is as good as gone; Redis has the record, or had it.
    const read = names.map(async (name) => {
      return [name, await this.#copy.get(SHELF, name).catch(() => undefined)] as const;
    });
    return parsed(await Promise.all(read));
  }
}

/** Without what is malformed or of a version that is not known here. */
function parsed(
  entries: readonly (readonly [string, unknown])[],
): ReadonlyMap<string, HistoryRecord> {
  return new Map(
    entries.flatMap(([name, value]) => {
      const record = historyRecordSchema.safeParse(value);
      return record.success ? [[name, record.data] as const] : [];
    }),
  );
}

/** Whether the newest records that are not younger than this one say the same. */
function rules(known: readonly HistoryRecord[], record: HistoryRecord): boolean {
  const older = known.filter(({ atMs }) => atMs <= record.atMs);
  const newestMs = Math.max(...older.map(({ atMs }) => atMs));
  const newest = older.filter(({ atMs }) => atMs === newestMs);
  return newest.length > 0 && newest.every((other) => contentOf(other) === contentOf(record));
}

const contentOf = (record: HistoryRecord): string => JSON.stringify({ ...record, atMs: 0 });

/** Sorts by instant. */
function nameOf(record: HistoryRecord): string {
  const hash = createHash('sha256').update(contentOf(record)).digest('hex').slice(0, 16);
  return `${String(record.atMs).padStart(14, '0')}-${hash}`;
}
