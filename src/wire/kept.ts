/** What is kept of gates, deployments, silences and incidents, and what gates compare with: in the configured Redis, else in the state folder. */
import type { Config } from '../config/load.ts';
import { pastRunsOf } from '../domain/past-run.ts';
import type { RunReport } from '../domain/report.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { groupBy } from '../lib/group.ts';
import { Claims } from '../store/claims.ts';
import { Deployments } from '../store/deployments.ts';
import { FolderRecords } from '../store/folder.ts';
import { Gates } from '../store/gates.ts';
import { Incidents } from '../store/incidents.ts';
import { FolderPastRuns, type PastRuns, RedisPastRuns } from '../store/past-runs.ts';
import type { Records } from '../store/records.ts';
import { type Keys, type RedisConnection, RedisRecords } from '../store/redis.ts';
import { Silences } from '../store/silences.ts';
import { hasRedis, openRedis } from './redis.ts';

export interface Kept {
  readonly gates: Gates;
  readonly deployments: Deployments;
  readonly silences: Silences;
  readonly incidents: Incidents;
  readonly pastRuns: PastRuns;
  /** Absent where everything is kept in the state folder: no fleet plays there. */
  readonly claims?: Claims;
}

/**
 * The fleet's Redis, also a private one whose fleet is not serving now; the state folder where no fleet ever served. Rejects
 * with Failed `state.unusable` (fleet) when Redis is configured and not there.
 */
export async function openKept(
  config: Config,
  stateFolder: string,
): Promise<Kept & { readonly close: () => Promise<void> }> {
  const clock = systemClock;
  if (!hasRedis(config, stateFolder)) {
    const kept = keptInFolder(new FolderRecords(stateFolder), clock);
    return { ...kept, close: () => Promise.resolve() };
  }
  const { redis, keys, close } = await openRedis(config, stateFolder, clock);
  return { ...keptInRedis(redis, keys, clock), close };
}

export function keptInFolder(records: FolderRecords, clock: Clock): Kept {
  return { ...shelvesOf(records, clock), pastRuns: new FolderPastRuns(records, clock) };
}

export function keptInRedis(redis: RedisConnection, keys: Keys, clock: Clock): Kept {
  return {
    ...shelvesOf(new RedisRecords(redis, keys), clock),
    pastRuns: new RedisPastRuns(redis, keys),
    claims: new Claims(redis, keys),
  };
}

const shelvesOf = (
  records: Records,
  clock: Clock,
): Pick<Kept, 'gates' | 'deployments' | 'silences' | 'incidents'> => ({
  gates: new Gates(records, clock),
  deployments: new Deployments(records, clock),
  silences: new Silences(records, clock),
  incidents: new Incidents(records, clock),
});

/** Keeps what runs tell for later comparison. Rejects with Failed `state.unusable`. */
export async function remember(runs: readonly RunReport[], pastRuns: PastRuns): Promise<void> {
  const bySeries = groupBy(runs, ({ tenant, scenario, transport }) =>
    [tenant, scenario, transport].join('|'),
  );
  for (const of of bySeries.values()) {
    const [first] = of;
    if (first !== undefined) await pastRuns.append(first, pastRunsOf(of));
  }
}
