/** Connects the audit of the tick ledger: what was planned, by the history, against what was accounted for. */
import type { Config } from '../config/load.ts';
import { plannedBetween } from '../domain/history.ts';
import { tenantId } from '../domain/ids.ts';
import { audit, type LedgerRow } from '../domain/ledger.ts';
import { systemClock } from '../lib/clock.ts';
import { FolderRecords } from '../store/folder.ts';
import { History } from '../store/history.ts';
import { Ledger } from '../store/ledger.ts';
import { connectRedis, Keys } from '../store/redis.ts';
import { findRedis, longestOf, whenReady } from './redis.ts';

/** Of a tenant that is configured no more nobody knows how long its runs may last. */
const LONGEST_MS = 600_000;

/**
 * One row for each tenant, scenario and transport planned in the last `sinceMs` milliseconds. Rejects with Failed
 * `state.unusable` (fleet) when Redis is not there.
 */
export async function auditLedger(
  config: Config,
  options: {
    readonly stateFolder: string;
    readonly sinceMs: number;
    /** All that were planned when absent. */
    readonly tenants?: readonly string[];
  },
): Promise<readonly LedgerRow[]> {
  const clock = systemClock;
  const { place, own } = await findRedis(config, options.stateFolder, clock);
  const redis = connectRedis(place);
  try {
    await whenReady(redis, clock);
    const keys = new Keys(config.fleet.name);
    const history = new History(redis, keys, new FolderRecords(options.stateFolder));
    const ledger = new Ledger(redis, keys);
    const nowMs = clock.now();
    const fromMs = nowMs - options.sinceMs;
    const planned = [...plannedBetween(await history.read(), fromMs, nowMs)];
    const names = options.tenants ?? [...new Set(planned.map(({ tenant }) => tenant))];
    const rows: LedgerRow[] = [];
    for (const name of names) {
      const limits = config.tenants.find(({ id }) => id === name)?.limits;
      const longestMs = limits === undefined ? LONGEST_MS : longestOf(limits);
      const accounts = await ledger.accounts(tenantId(name), fromMs, nowMs);
      const own = planned.filter(({ tenant }) => tenant === name);
      rows.push(...audit(own, accounts, nowMs, longestMs));
    }
    return rows;
  } finally {
    redis.disconnect();
    await own?.close();
  }
}
