/** The shipped scheduler, queue, ledger, leases, worker and report stream in this process, on the lab's Redis. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { labPaths } from '../../../deploy/lab/faults.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import { Keys } from '../../../src/store/redis.ts';
import { startFleet } from '../../../src/wire/fleet.ts';
import { deaf, noOpConfiguration, noOps } from '../../support/no-op.ts';

const NAME = 'bench';

export interface NoOpFleet {
  readonly prefix: string;
  /** How many runs wait for their time. */
  readonly booked: () => Promise<number>;
  /** Forgets everything that it kept. */
  readonly stop: () => Promise<void>;
}

/** A connection as a consumer of a queue wants it; whoever opens it closes it. */
export const openRedis = (): Redis =>
  new Redis(labPaths().redisSocket, { maxRetriesPerRequest: null });

/** One schedule for each of so many tenants. Every run that does not pass is an error. */
export async function startNoOpFleet(
  tenants: number,
  timing: Readonly<Record<string, string>>,
  onRun: (report: RunReport) => void,
): Promise<NoOpFleet> {
  const folder = await mkdtemp(join(tmpdir(), 'orderwatch-bench-'));
  const file = join(folder, 'orderwatch.yaml');
  await writeFile(join(folder, 'secret'), 'nothing', { mode: 0o600 });
  await writeFile(
    file,
    noOpConfiguration({ name: NAME, redis: `unix:${labPaths().redisSocket}` }, tenants, timing),
  );
  await forget();
  const troubles: unknown[] = [];
  const fleet = await startFleet({
    configFile: file,
    stateFolder: join(folder, 'state'),
    roles: new Set(['scheduler', 'worker']),
    standIn: noOps,
    ...deaf,
    onReport: (report) => {
      if (report.outcome.kind !== 'passed') fail(report.outcome);
      onRun(report);
    },
    onDead: fail,
    // Ticks and turns go on after trouble, so throwing there would be lost.
    onTrouble: (thrown) => troubles.push(thrown),
  });
  const redis = openRedis();
  const { prefix } = new Keys(NAME);
  return {
    prefix,
    booked: () => redis.zcard(`${prefix}:runs-rpc:delayed`),
    stop: async () => {
      await fleet.stop(30_000);
      redis.disconnect();
      await forget();
      await rm(folder, { recursive: true });
      for (const trouble of troubles) fail(trouble);
    },
  };
}

function fail(thrown: unknown): void {
  throw thrown instanceof Error ? thrown : new Error(JSON.stringify(thrown));
}

/** What fleets of benches keep. */
export async function forget(): Promise<void> {
  const redis = openRedis();
  const keys = await redis.keys(`${new Keys(NAME).prefix}*`);
  for (let n = 0; n < keys.length; n += 1_000) await redis.unlink(...keys.slice(n, n + 1_000));
  redis.disconnect();
}
