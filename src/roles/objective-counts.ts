/** Counts of each objective that only ever grow: time that counts by state, and runs by result. */
import { z } from 'zod';
import type { Tenant } from '../domain/tenant.ts';
import { countedUntil, type FoldedPartition, type Kept, type Looked, look } from './workflows.ts';

/** Where nobody counted yet, counting begins so long ago. */
const LOOK_BACK_MS = 48 * 3_600_000;
/** What an objective missed for longer, for it was not configured, is not counted any more. */
const MOST_MS = 7 * 24 * 3_600_000;

const count = z.int().nonnegative();

/** Time in milliseconds; too slow is bad. */
export const objectiveCountsSchema = z
  .strictObject({
    v: z.literal(1),
    untilMs: z.int(),
    ms: z.strictObject({ good: count, bad: count, unknown: count, maintenance: count }).readonly(),
    runs: z.strictObject({ good: count, bad: count }).readonly(),
  })
  .readonly();

export type ObjectiveCounts = z.infer<typeof objectiveCountsSchema>;

export const countsName = (tenant: string, workflow: string): string =>
  `objective|${tenant}|${workflow}`;

/** What to write for all that was settled since it was last counted. Rejects with Failed `state.unusable`. */
export async function countObjectives(
  kept: Kept,
  partition: FoldedPartition,
  tenants: readonly Tenant[],
): Promise<ReadonlyMap<string, ObjectiveCounts>> {
  const toMs = countedUntil(partition);
  if (toMs === undefined) return new Map();
  const looks = tenants.flatMap((tenant) =>
    tenant.objectives.map((objective) => {
      const before = countsOf(partition, countsName(tenant.id, objective.workflow));
      const fromMs = Math.max(before?.untilMs ?? toMs - LOOK_BACK_MS, toMs - MOST_MS);
      return { tenant, objective, span: { fromMs: Math.min(fromMs, toMs), toMs } };
    }),
  );
  if (looks.length === 0) return new Map();
  const looked = await look(kept, partition, looks);
  return new Map(
    looked.map((one) => {
      const name = countsName(one.tenant.id, one.objective.workflow);
      return [name, added(countsOf(partition, name), one)];
    }),
  );
}

function countsOf({ values }: FoldedPartition, name: string): ObjectiveCounts | undefined {
  return objectiveCountsSchema.safeParse(values.get(name)).data;
}

function added(
  before: ObjectiveCounts | undefined,
  { pieces, runs, span }: Looked,
): ObjectiveCounts {
  const ms = { good: 0, bad: 0, unknown: 0, maintenance: 0, ...before?.ms };
  for (const { state, fromMs, toMs } of pieces) {
    ms[state === 'slow' ? 'bad' : state] += Math.round(toMs - fromMs);
  }
  const { good, bad } = before?.runs ?? { good: 0, bad: 0 };
  return {
    v: 1,
    untilMs: span.toMs,
    ms,
    runs: { good: good + runs.good, bad: bad + runs.bad },
  };
}
