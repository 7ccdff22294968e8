/** Connects the audit of the tick ledger: what was planned, by the history, against what was accounted for. */
import type { Config } from '../config/load.ts';
import { plannedBetween } from '../domain/history.ts';
import { audit, type LedgerRow } from '../domain/ledger.ts';
import { systemClock } from '../lib/clock.ts';
import { FolderRecords } from '../store/folder.ts';
import { History } from '../store/history.ts';
import { Ledger } from '../store/ledger.ts';
import { longestMs } from './longest.ts';
import { openRedis } from './redis.ts';

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
  const { redis, keys, close } = await openRedis(config, options.stateFolder, clock);
  try {
    const history = new History(redis, keys, new FolderRecords(options.stateFolder), clock);
    const ledger = new Ledger(redis, keys);
    const nowMs = clock.now();
    const fromMs = nowMs - options.sinceMs;
    const planned = [...plannedBetween(await history.read(), fromMs, nowMs)];
    const names = options.tenants ?? [...new Set(planned.map(({ tenant }) => tenant))];
    const rows: LedgerRow[] = [];
    for (const name of names) {
      const slots = planned.filter((slot) => slot.tenant === name);
      const accounts = await ledger.accounts(slots);
      const tenant = config.tenants.find(({ id }) => id === name);
      rows.push(...audit(slots, accounts, nowMs, longestMs(tenant)));
    }
    return rows;
  } finally {
    await close();
  }
}
