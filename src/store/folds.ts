/**
 * What the observers made of the report streams, one partition at a time: the folded state, up to which entry it
 * goes, hourly rollups, and the runs that gates compare with. All of it is written in one script, so that an entry is
 * folded once however often it is read.
 */
import type { PastRun, Series } from '../domain/past-run.ts';
import { parseJson } from '../lib/json.ts';
import { APPEND_RUNS, pastRunsKey, pastRunTexts } from './past-runs.ts';
import { inRedis, type Keys, type RedisConnection } from './redis.ts';
import { runScript, scriptOf } from './script.ts';

const HOUR_MS = 3_600_000;
const ROLLUPS_KEPT_MS = 400 * 86_400_000;

/** Fields of the state that are no folded value. */
const CURSOR = 'cursor';
const TOKEN = 'token';

/**
 * KEYS: state, then the rollups of each hour, then the past runs of each series. ARGV: token, cursor, number of hours,
 * number of fields of the state, these, then for each hour its expiry, number of fields and fields, then for each series
 * number of runs and runs. Answers 0 where a later owner has written.
 */
const COMMIT = scriptOf(`${APPEND_RUNS}
if tonumber(redis.call('HGET', KEYS[1], '${TOKEN}') or '0') > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], '${TOKEN}', ARGV[1], '${CURSOR}', ARGV[2])
local at = 4
local function take(key)
  local count = tonumber(ARGV[at])
  for n = at + 1, at + count, 2 do redis.call('HSET', key, ARGV[n], ARGV[n + 1]) end
  at = at + count + 1
end
take(KEYS[1])
local hours = tonumber(ARGV[3])
for hour = 2, hours + 1 do
  local expireAt = ARGV[at]
  at = at + 1
  take(KEYS[hour])
  redis.call('EXPIREAT', KEYS[hour], expireAt)
end
for series = hours + 2, #KEYS do
  local runs = tonumber(ARGV[at])
  appendRuns(KEYS[series], at + 1, at + runs)
  at = at + runs + 1
end
return 1`);

export interface Folded {
  /** The stream entry up to which everything is folded; `0` at the beginning. */
  readonly cursor: string;
  /** JSON values by name. */
  readonly values: ReadonlyMap<string, unknown>;
}

interface SeriesRuns {
  readonly series: Series;
  readonly runs: readonly PastRun[];
}

export interface FoldedChange {
  /** Of the leadership under which it was folded. */
  readonly token: number;
  readonly cursor: string;
  readonly values: ReadonlyMap<string, unknown>;
  /** By hour (epoch milliseconds of its beginning), then by name. */
  readonly rollups: ReadonlyMap<number, ReadonlyMap<string, unknown>>;
  /** To be remembered one by one, at least one of each series. */
  readonly runs: readonly SeriesRuns[];
}

export class Folds {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;

  constructor(redis: RedisConnection, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Rejects with Failed `state.unusable`. */
  async read(partition: string): Promise<Folded> {
    const fields = await inRedis(() => this.#redis.hgetall(this.#state(partition)));
    const { [CURSOR]: cursor = '0', [TOKEN]: _, ...values } = fields;
    return { cursor, values: parsed(Object.entries(values)) };
  }

  /** One folded value; undefined when there is none. Rejects with Failed `state.unusable`. */
  async value(partition: string, name: string): Promise<unknown> {
    const text = await inRedis(() => this.#redis.hget(this.#state(partition), name));
    return text === null ? undefined : parseJson(text);
  }

  /** The rollups of these names in one hour, as far as there are any. Rejects with Failed `state.unusable`. */
  async rollups(
    partition: string,
    hourMs: number,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, unknown>> {
    if (names.length === 0) return new Map();
    const key = this.#hour(partition, hourMs);
    const texts = await inRedis(() => this.#redis.hmget(key, ...names));
    return parsed(names.flatMap((name, index) => [[name, texts[index] ?? '']]));
  }

  /** False when a later owner has written: nothing was. Rejects with Failed `state.unusable`. */
  async commit(partition: string, change: FoldedChange): Promise<boolean> {
    const { token, cursor } = change;
    const keys = [this.#state(partition)];
    const head = [token, cursor, change.rollups.size];
    const values: (string | number)[] = [...head, ...fieldsOf(change.values)];
    for (const [hourMs, rollups] of change.rollups) {
      keys.push(this.#hour(partition, hourMs));
      values.push((hourMs + ROLLUPS_KEPT_MS) / 1_000, ...fieldsOf(rollups));
    }
    for (const { series, runs } of change.runs) {
      const texts = pastRunTexts(runs);
      keys.push(pastRunsKey(this.#keys, series));
      values.push(texts.length, ...texts);
    }
    return (await inRedis(() => runScript(this.#redis, COMMIT, keys, values))) === 1;
  }

  #state(partition: string): string {
    return this.#keys.of('folded', partition);
  }

  #hour(partition: string, hourMs: number): string {
    return this.#keys.of('rollup', partition, new Date(hourMs).toISOString().slice(0, 13));
  }
}

export const hourOf = (ms: number): number => ms - (ms % HOUR_MS);

/** Preceded by their number. */
function fieldsOf(values: ReadonlyMap<string, unknown>): readonly (string | number)[] {
  const fields = [...values].flatMap(([name, value]) => [name, JSON.stringify(value)]);
  return [fields.length, ...fields];
}

/** Without what is no JSON. */
function parsed(entries: readonly (readonly [string, string])[]): ReadonlyMap<string, unknown> {
  return new Map(
    entries.flatMap(([name, text]) => {
      const value = parseJson(text);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
