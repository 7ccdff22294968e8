/** Connects how objectives are kept: what the observers keep by the hour, against what the configuration promises. */
import { type Told, tell } from '../analysis/objectives.ts';
import type { Config } from '../config/load.ts';
import { maintenanceIn } from '../domain/maintenance.ts';
import type { Objective } from '../domain/objective.ts';
import type { Span } from '../domain/span.ts';
import type { Tenant } from '../domain/tenant.ts';
import { systemClock } from '../lib/clock.ts';
import { countedUntil, type FoldedPartition, type Looked, look } from '../roles/workflows.ts';
import { Folds, hourOf } from '../store/folds.ts';
import { RedisRecords } from '../store/redis.ts';
import { Silences } from '../store/silences.ts';
import { openRedis } from './redis.ts';

export interface KeptObjective extends Told, Pick<Looked, 'runs' | 'beside'> {
  readonly tenant: string;
  readonly objective: Objective;
  /** What was looked at, epoch milliseconds. */
  readonly window: Span;
}

/**
 * How the objectives of these tenants are kept, in the order of the configuration; over `windowMs` in place of their own
 * windows. Rejects with Failed `state.unusable` (fleet) when Redis is not there.
 */
export async function keptObjectives(
  config: Config,
  options: {
    readonly stateFolder: string;
    readonly tenants: readonly Tenant[];
    readonly windowMs?: number;
  },
): Promise<readonly KeptObjective[]> {
  const { redis, keys, close } = await openRedis(config, options.stateFolder, systemClock);
  try {
    const asked = await new Silences(new RedisRecords(redis, keys), systemClock).list();
    const maintenance = maintenanceIn(config.maintenance, asked);
    const kept = { folds: new Folds(redis, keys), maintenance };
    const partitions = new Map<string, FoldedPartition>();
    const told: KeptObjective[] = [];
    // One tenant after the other: a year of all of them is more than a process should hold.
    for (const tenant of options.tenants) {
      const name = tenant.platform.cluster;
      const known = partitions.get(name);
      const partition = known ?? { name, values: (await kept.folds.read(name)).values };
      partitions.set(name, partition);
      const nowMs = countedUntil(partition) ?? systemClock.now();
      const looks = tenant.objectives.map((objective) => {
        const fromMs = hourOf(nowMs - (options.windowMs ?? objective.windowMs));
        return { tenant, objective, span: { fromMs, toMs: nowMs } };
      });
      told.push(...(await look(kept, partition, looks)).map(keptOf));
    }
    return told;
  } finally {
    await close();
  }
}

function keptOf({ tenant, objective, span, pieces, runs, beside }: Looked): KeptObjective {
  const told = tell(pieces, objective, { toMs: span.toMs, zone: tenant.timeZone });
  return { tenant: tenant.id, objective, window: span, ...told, runs, beside };
}
