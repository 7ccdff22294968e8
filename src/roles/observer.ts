/**
 * Folds report streams and the ledger into service level indicators. Each partition has one owner among the
 * observers, and the owner alone shows the series of the partition's tenants.
 */
import type { z } from 'zod';
import { type Histogram, histogramSchema, sumOf } from '../analysis/histogram.ts';
import type { Standing } from '../analysis/objectives.ts';
import { type RunSeries, runSeriesSchema } from '../analysis/sli.ts';
import { type SlotSeries, slotSeriesSchema } from '../analysis/slots.ts';
import type { Trouble } from '../domain/incident.ts';
import type { Objective } from '../domain/objective.ts';
import type { Tenant } from '../domain/tenant.ts';
import { inSlices } from '../lib/slices.ts';
import type { Leader } from '../store/leader.ts';
import { countsName, type ObjectiveCounts, objectiveCountsSchema } from './objective-counts.ts';
import { ObjectiveWindows } from './objective-windows.ts';
import { Partition, type PartitionParts, type Surroundings } from './partition.ts';
import { TROUBLES, troublesOf } from './partition-watch.ts';

/** An owner who stops asking is replaced after this. */
const OWN_MS = 5_000;
const TURN_MS = 500;
/** How objectives stand over their windows is looked at so often. */
const REFRESH_MS = 60_000;

export interface ObserverParts extends PartitionParts {
  readonly leader: Leader;
  /** As configured now; their clusters are the partitions. */
  readonly tenants: () => readonly Tenant[];
  /** What was deployed lately and who was being worked on. Rejects with Failed `state.unusable`. */
  readonly circumstances: () => Promise<Pick<Surroundings, 'deployments' | 'inMaintenance'>>;
  /** Told of every turn that could not do its work; the next one tries again. */
  readonly onTrouble: (error: unknown) => void;
}

/** Series by `tenant|scenario|transport`; those of steps, over all tenants, by `scenario|step|transport`. */
export interface Shown {
  readonly runs: ReadonlyMap<string, RunSeries>;
  readonly steps: ReadonlyMap<string, Histogram>;
  readonly slots: ReadonlyMap<string, SlotSeries>;
}

export interface ShownObjective {
  readonly tenant: string;
  readonly objective: Objective;
  /** Absent until something was counted. */
  readonly counts: ObjectiveCounts | undefined;
  /** Over the window; absent until it was looked at. */
  readonly standing: Standing | undefined;
}

export class Observer {
  readonly #parts: ObserverParts;
  readonly #owned = new Map<string, Partition>();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  readonly #windows: ObjectiveWindows;
  #refreshing: Promise<void> | undefined;
  #refreshedMs = -Infinity;

  constructor(parts: ObserverParts) {
    this.#parts = parts;
    this.#windows = new ObjectiveWindows(parts);
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Folds what was reported until now; then somebody else may own at once what this one did. Never throws. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#refreshing;
    await this.turn();
    for (const [name, partition] of this.#owned) {
      await partition.close().catch(() => undefined);
      await this.#parts.leader.resign(leaderOf(name)).catch(() => undefined);
    }
    this.#owned.clear();
  }

  /** One look at every partition. Never throws. */
  async turn(): Promise<void> {
    const partitions = new Set(this.#parts.tenants().map(({ platform }) => platform.cluster));
    for (const name of this.#owned.keys()) if (!partitions.has(name)) this.#owned.delete(name);
    for (const name of partitions) {
      try {
        if (!(await this.#observe(name))) this.#owned.delete(name);
      } catch (error) {
        // What was written of it cannot be told from here: it is read anew before anything more is folded.
        this.#owned.delete(name);
        this.#parts.onTrouble(error);
      }
    }
  }

  /** Of the partitions that this observer owns and the tenants that are configured. */
  async shown(): Promise<Shown> {
    const known = new Set(this.#parts.tenants().map(({ id }): string => id));
    const ofTenants = (name: string): boolean => known.has(name.split('|')[1] ?? '');
    return {
      runs: await this.#valid('run', runSeriesSchema, ofTenants),
      steps: await this.#steps(),
      slots: await this.#valid('slots', slotSeriesSchema, ofTenants),
    };
  }

  /** That are alerts now, of the partitions that this observer owns. */
  troubles(): readonly Trouble[] {
    const values = [...this.#owned.values()].map((partition) => partition.values.get(TROUBLES));
    return values.flatMap(troublesOf).filter(({ score }) => score >= 1);
  }

  /** Looks anew at how objectives stand over their windows. Rejects with Failed `state.unusable`. */
  async refresh(): Promise<void> {
    for (const [name, partition] of this.#owned) {
      const mine = this.tenants().filter(({ platform }) => platform.cluster === name);
      await this.#windows.refresh(partition, mine, this.#stop.signal);
    }
  }

  /** Of the tenants that this observer owns. */
  objectives(): readonly ShownObjective[] {
    return this.tenants().flatMap((tenant) => {
      const values = this.#owned.get(tenant.platform.cluster)?.values;
      return tenant.objectives.map((objective) => ({
        tenant: tenant.id,
        objective,
        counts: objectiveCountsSchema.safeParse(
          values?.get(countsName(tenant.id, objective.workflow)),
        ).data,
        standing: this.#windows.standing(tenant, objective),
      }));
    });
  }

  /** Tenants of the partitions that this observer owns. */
  tenants(): readonly Tenant[] {
    return this.#parts.tenants().filter(({ platform }) => this.#owned.has(platform.cluster));
  }

  /** Over all tenants, so also over all partitions. */
  async #steps(): Promise<ReadonlyMap<string, Histogram>> {
    const sums = new Map<string, Histogram>();
    for (const { values } of this.#owned.values()) {
      for (const [name, histogram] of await valid('step', histogramSchema, values)) {
        const sum = sums.get(name);
        sums.set(name, sum === undefined ? histogram : sumOf(sum, histogram));
      }
    }
    return sums;
  }

  async #valid<T>(
    kind: string,
    schema: z.ZodType<T>,
    isShown: (name: string) => boolean,
  ): Promise<ReadonlyMap<string, T>> {
    const found = new Map<string, T>();
    for (const { values } of this.#owned.values()) {
      const own = [...values].filter(([name]) => isShown(name));
      for (const [name, value] of await valid(kind, schema, own)) found.set(name, value);
    }
    return found;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.turn();
      this.#refreshNowAndThen();
      await this.#parts.clock.sleep(TURN_MS, this.#stop.signal).catch(() => undefined);
    }
  }

  /** False when somebody else owns it. */
  async #observe(name: string): Promise<boolean> {
    const lead = await this.#parts.leader.lead(leaderOf(name), OWN_MS);
    if (lead === undefined) return false;
    let partition = this.#owned.get(name);
    if (partition?.token !== lead.token) {
      partition = await Partition.open(name, lead.token, this.#parts);
      this.#owned.set(name, partition);
    }
    const tenants = this.#parts.tenants().filter(({ platform }) => platform.cluster === name);
    const ids = new Set(tenants.map(({ id }) => id));
    const around = { ...(await this.#parts.circumstances()), tenants };
    return (
      (await partition.fold(around)) &&
      (await partition.hear()) &&
      (await partition.countSlots(ids)) &&
      (await partition.countObjectives(tenants))
    );
  }

  /** Beside the turns, for the first look reads all hours of all windows. */
  #refreshNowAndThen(): void {
    const nowMs = this.#parts.clock.monotonic();
    if (this.#refreshing !== undefined || nowMs - this.#refreshedMs < REFRESH_MS) return;
    this.#refreshedMs = nowMs;
    this.#refreshing = this.refresh()
      .catch(this.#parts.onTrouble)
      .finally(() => {
        this.#refreshing = undefined;
      });
  }
}

const leaderOf = (partition: string): string => `observer~${partition}`;

/** Without the kind before the name, and without what is malformed; of a large fleet it takes long. */
async function valid<T>(
  kind: string,
  schema: z.ZodType<T>,
  entries: Iterable<readonly [string, unknown]>,
): Promise<ReadonlyMap<string, T>> {
  const found = new Map<string, T>();
  await inSlices(entries, ([name, value]) => {
    if (!name.startsWith(`${kind}|`)) return;
    const parsed = schema.safeParse(value);
    if (parsed.success) found.set(name.slice(kind.length + 1), parsed.data);
  });
  return found;
}
