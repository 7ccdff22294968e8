/** The runs that a gate compares with: the newest of each series, in the fleet's Redis or in the state folder. */
import { type PastRun, pastRunSchema, type Series } from '../domain/past-run.ts';
import type { Clock } from '../lib/clock.ts';
import { parseJson } from '../lib/json.ts';
import type { Records } from './records.ts';
import { inRedis, type Keys, type RedisConnection } from './redis.ts';
import { runScript, scriptOf } from './script.ts';

/** Of each series. */
export const KEPT_RUNS = 600;
const KEPT_MS = 14 * 86_400_000;
const SHELF = 'past-runs';

/** All methods reject with Failed `state.unusable`. */
export interface PastRuns {
  /** Oldest first, malformed ones left out. */
  read(series: Series): Promise<readonly PastRun[]>;
  /** Lets go of those that are 14 days old, and of all but the newest 600. */
  append(series: Series, runs: readonly PastRun[]): Promise<void>;
}

/**
 * Lua: a function that appends ARGV[first] to ARGV[last] to a series and lets go of what is too much or too old. Runs
 * come nearly in order, so what is old stands in front.
 */
export const APPEND_RUNS = `
local function appendRuns(key, first, last)
  redis.call('RPUSH', key, unpack(ARGV, first, last))
  redis.call('LTRIM', key, -${KEPT_RUNS}, -1)
  local oldestMs = redis.call('TIME')[1] * 1000 - ${KEPT_MS}
  while true do
    local oldest = redis.call('LINDEX', key, 0)
    if not oldest then return end
    local atMs = string.match(oldest, '"atMs":(%d+)')
    if atMs and tonumber(atMs) >= oldestMs then return end
    redis.call('LPOP', key)
  end
end`;

/** KEYS: series. ARGV: runs. */
const APPEND = scriptOf(`${APPEND_RUNS}
appendRuns(KEYS[1], 1, #ARGV)`);

/** A list of JSON texts, which the observers of a fleet write too. */
export const pastRunsKey = (keys: Keys, { tenant, scenario, transport }: Series): string =>
  keys.of('past-runs', tenant, scenario, transport);

/** As the list holds them: the newest that it has room for. */
export const pastRunTexts = (runs: readonly PastRun[]): readonly string[] =>
  runs.slice(-KEPT_RUNS).map((run) => JSON.stringify(run));

export class RedisPastRuns implements PastRuns {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;

  constructor(redis: RedisConnection, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async read(series: Series): Promise<readonly PastRun[]> {
    const key = pastRunsKey(this.#keys, series);
    return inOrder((await inRedis(() => this.#redis.lrange(key, 0, -1))).map(parseJson));
  }

  async append(series: Series, runs: readonly PastRun[]): Promise<void> {
    if (runs.length === 0) return;
    const key = pastRunsKey(this.#keys, series);
    await inRedis(() => runScript(this.#redis, APPEND, [key], pastRunTexts(runs)));
  }
}

/** Of two who append at once the last one wins: what a gate of a CI job adds next to another's is a bonus. */
export class FolderPastRuns implements PastRuns {
  readonly #records: Records;
  readonly #clock: Clock;

  constructor(records: Records, clock: Clock) {
    this.#records = records;
    this.#clock = clock;
  }

  async read(series: Series): Promise<readonly PastRun[]> {
    const kept = await this.#records.get(SHELF, nameOf(series));
    return inOrder(Array.isArray(kept) ? kept : []);
  }

  async append(series: Series, runs: readonly PastRun[]): Promise<void> {
    if (runs.length === 0) return;
    const oldestMs = this.#clock.now() - KEPT_MS;
    const all = [...(await this.read(series)), ...runs].filter(({ atMs }) => atMs >= oldestMs);
    await this.#records.put(SHELF, nameOf(series), inOrder(all).slice(-KEPT_RUNS));
  }
}

const nameOf = ({ tenant, scenario, transport }: Series): string =>
  `${tenant}~${scenario}~${transport}`;

function inOrder(runs: readonly unknown[]): readonly PastRun[] {
  return runs
    .flatMap((run) => pastRunSchema.safeParse(run).data ?? [])
    .toSorted((one, other) => one.atMs - other.atMs);
}
