/**
 * The history of what was planned, in Redis and as a copy in the state folder. Records are only ever added, under
 * names made of their content, so that each place can give the other what it lacks, in any order and twice.
 */
import { createHash } from 'node:crypto';
import { type HistoryRecord, historyRecordSchema } from '../domain/history.ts';
import type { Clock } from '../lib/clock.ts';
import { parseJson } from '../lib/json.ts';
import type { Records } from './records.ts';
import { inRedis, type Keys, type RedisConnection } from './redis.ts';

const SHELF = 'history';
/** What other processes wrote is known after this. */
const RECENT_MS = 5_000;

export class History {
  readonly #redis: RedisConnection;
  readonly #key: string;
  readonly #copy: Records;
  readonly #clock: Clock;
  /** A record never changes under its name, so each is read and parsed once. */
  readonly #known = new Map<string, HistoryRecord>();
  #records: readonly HistoryRecord[] = [];
  #readMs = -Infinity;
  #reading: Promise<readonly HistoryRecord[]> | undefined;

  constructor(redis: RedisConnection, keys: Keys, copy: Records, clock: Clock) {
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
    // Without Redis what the copy holds is known.
    await this.read().catch(() => undefined);
    const added = historyRecordSchema.parse(record);
    if (!rules([...this.#known.values()], added)) await this.#copy.put(SHELF, nameOf(added), added);
    await this.read();
  }

  /**
   * What either place holds, by instant; afterwards both hold it. The same list while nothing comes, and each record
   * the same object. Rejects with Failed `state.unusable`.
   */
  async read(): Promise<readonly HistoryRecord[]> {
    const copied = await this.#learn(await this.#copy.names(SHELF), (name) =>
      // A file that cannot be read is as good as gone; Redis has the record, or had it.
      this.#copy.get(SHELF, name).catch(() => undefined),
    );
    const stored = await this.#learn(await inRedis(() => this.#redis.hkeys(this.#key)), (name) =>
      this.#stored(name),
    );
    for (const [name, record] of this.#known) {
      if (!stored.has(name)) {
        await inRedis(() => this.#redis.hsetnx(this.#key, name, JSON.stringify(record)));
      }
      if (!copied.has(name)) await this.#copy.put(SHELF, name, record);
    }
    if (this.#records.length !== this.#known.size) {
      const all = [...this.#known].sort(([a], [b]) => (a < b ? -1 : 1));
      this.#records = all.map(([, record]) => record);
    }
    this.#readMs = this.#clock.monotonic();
    return this.#records;
  }

  /** As last read, at most five seconds ago. Rejects with Failed `state.unusable`. */
  async recent(): Promise<readonly HistoryRecord[]> {
    if (this.#clock.monotonic() - this.#readMs < RECENT_MS) return this.#records;
    // Many runs may ask at once.
    this.#reading ??= this.read().finally(() => {
      this.#reading = undefined;
    });
    return await this.#reading;
  }

  /** Takes in what is new; answers which of the names are known, for what is malformed or of another version is not. */
  async #learn(
    names: readonly string[],
    get: (name: string) => Promise<unknown>,
  ): Promise<ReadonlySet<string>> {
    const unknown = names.filter((name) => !this.#known.has(name));
    const values = await Promise.all(unknown.map(get));
    for (const [index, name] of unknown.entries()) {
      const record = historyRecordSchema.safeParse(values[index]);
      if (record.success) this.#known.set(name, record.data);
    }
    return new Set(names.filter((name) => this.#known.has(name)));
  }

  async #stored(name: string): Promise<unknown> {
    return parseJson((await inRedis(() => this.#redis.hget(this.#key, name))) ?? '');
  }
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
