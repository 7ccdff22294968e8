/** Finds the report of one run, wherever it is kept: with the runs by hand, or in the stream of its fleet. */
import type { Config } from '../config/load.ts';
import { parseRunId } from '../domain/mark.ts';
import type { RunReport } from '../domain/report.ts';
import { systemClock } from '../lib/clock.ts';
import { FolderRecords } from '../store/folder.ts';
import { KeptReports } from '../store/kept-reports.ts';
import { RedisRecords } from '../store/redis.ts';
import { Reports } from '../store/reports.ts';
import { openRedis } from './redis.ts';

/** Undefined when none is kept, and for what is no run id. Rejects with Failed `state.unusable` (fleet). */
export async function findReport(
  config: Config,
  stateFolder: string,
  text: string,
): Promise<RunReport | undefined> {
  const key = parseRunId(text);
  if (key === undefined) return undefined;
  const runId = text as Parameters<KeptReports['get']>[0];
  const folder = new FolderRecords(stateFolder);
  const clock = systemClock;
  const byHand = await new KeptReports(folder, clock).get(runId);
  if (byHand !== undefined) return byHand;
  const { redis, keys, close } = await openRedis(config, stateFolder, clock);
  try {
    const kept = await new KeptReports(new RedisRecords(redis, keys), clock).get(runId);
    if (kept !== undefined) return kept;
    const cluster = config.tenants.find(({ id }) => id === key.tenant)?.platform.cluster;
    const reports = new Reports(redis, keys, folder);
    return cluster === undefined ? undefined : await reports.find(cluster, { runId, ...key });
  } finally {
    await close();
  }
}
