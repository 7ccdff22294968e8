/**
 * The report streams. A report and the final account of its slot are written in one script, once for each run
 * however often they are delivered; while Redis is away reports wait in a spool on disk.
 */
import { z } from 'zod';
import { reachOf } from '../domain/back-off.ts';
import { Failed } from '../domain/failure.ts';
import type { Slot, TenantId } from '../domain/ids.ts';
import { accountedSlot, accountOf } from '../domain/ledger.ts';
import { type RunReport, runReportSchema } from '../domain/report.ts';
import { slotInstant } from '../domain/slot.ts';
import { parseJson } from '../lib/json.ts';
import { failuresKey, NOTE_REACH, pauseKey } from './back-off.ts';
import { expiryOf, WRITE_ACCOUNT, writtenKeys, writtenValues } from './ledger.ts';
import type { Records } from './records.ts';
import { inRedis, type Keys, type RedisConnection } from './redis.ts';
import { GIVE_BACK, leaseKey, type RedisLease } from './redis-leases.ts';
import { runScript, scriptOf } from './script.ts';

const SHELF = 'spool';
const FIELD = 'report';
const FIND_BATCH = 200;

/**
 * KEYS: stream, run ids delivered, lease, and for a planned slot its day of the ledger, the open slots, and pause and
 * failures of its tenant. ARGV: run id, report, expiry, token of the lease, and for a planned slot the slot, tenant,
 * account, expiry, and what it says of the tenant. Answers 0 for what was delivered before. Entries older than a day
 * are dropped.
 */
const DELIVER = scriptOf(`${WRITE_ACCOUNT}${NOTE_REACH}${GIVE_BACK}
giveBack(KEYS[3], ARGV[4])
if redis.call('SADD', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('EXPIREAT', KEYS[2], ARGV[3])
local dayAgo = (redis.call('TIME')[1] - 86400) * 1000
redis.call('XADD', KEYS[1], 'MINID', '~', dayAgo, '*', '${FIELD}', ARGV[2])
if KEYS[4] then
  writeAccount({ day = KEYS[4], open = KEYS[5] }, ARGV[6], ARGV[5], ARGV[7], ARGV[8])
  noteReach({ pause = KEYS[6], failures = KEYS[7] }, ARGV[9])
end
return 1`);

const spooledSchema = z.strictObject({
  v: z.literal(1),
  partition: z.string(),
  report: runReportSchema,
});

export interface StreamEntry {
  /** Of Redis; ids grow. */
  readonly id: string;
  /** Absent when it is malformed or of a version that is not known here. */
  readonly report?: RunReport;
}

interface RunPlace {
  readonly runId: string;
  readonly slot: Slot;
}

export class Reports {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #spool: Records;

  constructor(redis: RedisConnection, keys: Keys, spool: Records) {
    this.#redis = redis;
    this.#keys = keys;
    this.#spool = spool;
  }

  /**
   * The lease under which it was made is given back with it. `kept`: Redis is away, the report waits for `flush`, and
   * the lease stays. Rejects with Failed `state.unusable` if the disk fails too.
   */
  async deliver(
    report: RunReport,
    partition: string,
    lease?: RedisLease,
  ): Promise<'delivered' | 'kept'> {
    try {
      await this.#send(report, partition, lease);
      lease?.returned();
      return 'delivered';
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      const name = `${report.finishedAt}~${report.runId}`;
      await this.#spool.put(SHELF, name, { v: 1, partition, report });
      return 'kept';
    }
  }

  /**
   * Delivers what waits, the earliest finished first; answers how many. Rejects with Failed `state.unusable` at the
   * first that Redis does not take. Files that cannot be read are passed over and stay.
   */
  async flush(): Promise<number> {
    let count = 0;
    for (const name of await this.#spool.names(SHELF)) {
      const kept = await this.#spool.get(SHELF, name).catch(() => undefined);
      const spooled = spooledSchema.safeParse(kept);
      if (!spooled.success) continue;
      await this.#send(spooled.data.report, spooled.data.partition);
      await this.#spool.remove(SHELF, name);
      count += 1;
    }
    return count;
  }

  /** How many wait for `flush`. */
  async waiting(): Promise<number> {
    return (await this.#spool.names(SHELF)).length;
  }

  /** At most `count` entries behind `afterId`, from the beginning with `0`. Rejects with Failed `state.unusable`. */
  async read(partition: string, afterId: string, count: number): Promise<readonly StreamEntry[]> {
    const entries = await this.#entries(partition, afterId, count);
    return entries.map(([id, text]) => {
      const report = runReportSchema.safeParse(parseJson(text));
      return report.success ? { id, report: report.data } : { id };
    });
  }

  /**
   * The report of one run, by its id; undefined when it is not in the stream (any more). Rejects with Failed
   * `state.unusable`.
   */
  async find(partition: string, { runId, slot }: RunPlace): Promise<RunReport | undefined> {
    // No report is older than its slot, and ids begin with the time at which they were added.
    let afterId = String(slotInstant(slot));
    for (;;) {
      const entries = await this.#entries(partition, afterId, FIND_BATCH);
      // Only what names the run is parsed.
      for (const [, text] of entries.filter(([, one]) => one.includes(`"${runId}"`))) {
        const report = runReportSchema.safeParse(parseJson(text)).data;
        if (report?.runId === runId) return report;
      }
      const last = entries.at(-1);
      if (last === undefined) return undefined;
      [afterId] = last;
    }
  }

  async #entries(
    partition: string,
    afterId: string,
    count: number,
  ): Promise<readonly (readonly [id: string, text: string])[]> {
    const stream = this.#keys.of('reports', partition);
    const entries = await inRedis(() =>
      this.#redis.xrange(stream, `(${afterId}`, '+', 'COUNT', count),
    );
    return entries.map(([id, [, text = '']]) => [id, text]);
  }

  async #send(report: RunReport, partition: string, lease?: RedisLease): Promise<void> {
    // By its slot, so that a second delivery looks in the same place whenever it comes.
    const delivered = this.#keys.of('delivered', partition, report.slot.slice(0, 8));
    const stream = this.#keys.of('reports', partition);
    const keys = [stream, delivered, leaseKey(this.#keys, report.tenant as TenantId)];
    const expireAt = expiryOf(slotInstant(report.slot as Slot));
    const values = [report.runId, JSON.stringify(report), expireAt, lease?.token ?? ''];
    const slot = accountedSlot(report);
    if (slot !== undefined) {
      const { tenant } = slot;
      keys.push(...writtenKeys(this.#keys, slot));
      keys.push(pauseKey(this.#keys, tenant), failuresKey(this.#keys, tenant));
      values.push(...writtenValues(slot, accountOf(report)), reachOf(report.outcome));
    }
    await inRedis(() => runScript(this.#redis, DELIVER, keys, values));
  }
}
