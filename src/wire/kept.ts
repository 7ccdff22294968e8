/** What is kept of gates and deployments, and what gates compare with: in the configured Redis, else in the state folder. */
import type { Config } from '../config/load.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { Claims } from '../store/claims.ts';
import { Deployments } from '../store/deployments.ts';
import { FolderRecords } from '../store/folder.ts';
import { Gates } from '../store/gates.ts';
import { FolderPastRuns, type PastRuns, RedisPastRuns } from '../store/past-runs.ts';
import type { Records } from '../store/records.ts';
import { RedisRecords } from '../store/redis.ts';
import { openRedis } from './redis.ts';

export interface Kept {
  readonly gates: Gates;
  readonly deployments: Deployments;
  readonly pastRuns: PastRuns;
  /** Absent where everything is kept in the state folder: no fleet plays there. */
  readonly claims?: Claims;
  /** Ends the connection, if there is one. */
  readonly close: () => Promise<void>;
}

/** Starts no Redis of its own. Rejects with Failed `state.unusable` (fleet) when Redis is configured and not there. */
export async function openKept(config: Config, stateFolder: string): Promise<Kept> {
  const clock = systemClock;
  if (config.redis === undefined) {
    const records = new FolderRecords(stateFolder);
    const pastRuns = new FolderPastRuns(records, clock);
    return { ...shelvesOf(records, clock), pastRuns, close: () => Promise.resolve() };
  }
  const { redis, keys, close } = await openRedis(config, stateFolder, clock);
  return {
    ...shelvesOf(new RedisRecords(redis, keys), clock),
    pastRuns: new RedisPastRuns(redis, keys),
    claims: new Claims(redis, keys),
    close,
  };
}

const shelvesOf = (records: Records, clock: Clock): Pick<Kept, 'gates' | 'deployments'> => ({
  gates: new Gates(records, clock),
  deployments: new Deployments(records, clock),
});
