/** One partition as its owner knows it: the folded state in memory, and every step of it kept in Redis. */
import type { z } from 'zod';
import { emptyHistogram, histogramSchema, observe } from '../analysis/histogram.ts';
import {
  foldRollup,
  foldRun,
  passedSteps,
  rollupSchema,
  runSeriesSchema,
} from '../analysis/sli.ts';
import { countable, countSlot, slotSeriesSchema } from '../analysis/slots.ts';
import { type PlannedSlot, plannedBetween } from '../domain/history.ts';
import type { TenantId } from '../domain/ids.ts';
import { runIdOf } from '../domain/mark.ts';
import { pastRunOf } from '../domain/past-run.ts';
import type { RunReport } from '../domain/report.ts';
import { runRequestOf } from '../domain/run-request.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import { groupBy } from '../lib/group.ts';
import type { Accepts } from '../store/accepts.ts';
import { type FoldedChange, hourOf } from '../store/folds.ts';
import type { History } from '../store/history.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Reports } from '../store/reports.ts';
import { foldAvailability } from './availability.ts';
import { countObjectives } from './objective-counts.ts';
import { type Circumstances, nameOf, PartitionWatch } from './partition-watch.ts';
import { type Kept, SLOTS_UNTIL } from './workflows.ts';

const BATCH = 500;
/** Slots are counted so often. */
const SLOTS_EVERY_MS = 5_000;
/** Where nobody counted yet, counting begins so long ago: the ledger remembers at least that. */
const LOOK_BACK_MS = 48 * 3_600_000;

/** Somebody waits for the answer. */
const HEAR_EVERY_MS = 2_000;
/** Objectives are counted so often. */
const OBJECTIVES_EVERY_MS = 15_000;

export interface PartitionParts extends Kept {
  readonly clock: Clock;
  readonly reports: Reports;
  readonly accepts: Accepts;
  readonly ledger: Ledger;
  readonly history: History;
  /** Rows that a run which wrote leaves for good. */
  readonly rowsOf: (report: RunReport) => number;
  /** By when a slot has its final account, milliseconds after it. */
  readonly longestMs: (slot: PlannedSlot) => number;
  /** Between two slots of what was played. */
  readonly intervalMs: Circumstances['intervalMs'];
  readonly onAccepted: Circumstances['onAccepted'];
}

/** What is so in the partition now. */
export type Surroundings = Pick<Circumstances, 'tenants' | 'deployments' | 'inMaintenance'>;

type Values = ReadonlyMap<string, unknown>;

export class Partition {
  readonly token: number;
  readonly name: string;
  readonly #parts: PartitionParts;
  readonly #values: Map<string, unknown>;
  readonly #watch: PartitionWatch;
  #cursor: string;
  #countedMs = 0;
  #heardMs = 0;
  #objectivesMs = 0;

  private constructor(
    name: string,
    token: number,
    parts: PartitionParts,
    read: { readonly cursor: string; readonly values: Values },
  ) {
    this.name = name;
    this.token = token;
    this.#parts = parts;
    this.#cursor = read.cursor;
    this.#values = new Map(read.values);
    this.#watch = new PartitionWatch(read.values);
  }

  /** Goes on where the last owner stopped. Rejects with Failed `state.unusable`, as everything here does. */
  static async open(name: string, token: number, parts: PartitionParts): Promise<Partition> {
    return new Partition(name, token, parts, await parts.folds.read(name));
  }

  /**
   * By `run|tenant|scenario|transport`, `step|scenario|step|transport`, `slots|tenant|scenario|transport`,
   * `available|tenant|scenario|transport`, `objective|tenant|workflow`.
   */
  get values(): Values {
    return this.#values;
  }

  /** Folds what is new. False when a later owner was faster: nothing was folded. */
  async fold(around: Surroundings): Promise<boolean> {
    const { clock, reports, intervalMs, onAccepted } = this.#parts;
    for (;;) {
      const entries = await reports.read(this.name, this.#cursor, BATCH);
      const found = entries.flatMap(({ report }) => report ?? []);
      const nowMs = clock.now();
      const watched = this.#watch.fold(found, { ...around, nowMs, intervalMs, onAccepted });
      if (entries.length === 0) return await this.#keep(watched);
      const cursor = entries.at(-1)?.id ?? this.#cursor;
      const change = await this.#folded(found, watched);
      if (!(await this.#commit({ ...change, cursor }))) return false;
    }
  }

  /** What people take for normal now and then. False when a later owner was faster. */
  async hear(): Promise<boolean> {
    const { clock, accepts } = this.#parts;
    const nowMs = clock.now();
    if (nowMs - this.#heardMs < HEAR_EVERY_MS) return true;
    this.#heardMs = nowMs;
    const { accepts: said, entries } = await accepts.waiting(this.name);
    if (entries === 0) return true;
    const changed = this.#watch.accept(said);
    const learned = this.#watch.learned(nowMs, { atOnce: true });
    if (!(await this.#keep(new Map([...changed, ...learned])))) return false;
    await accepts.heard(this.name, entries);
    return true;
  }

  /** What was learned and not kept yet: for who will not be the owner any more. False when a later owner was faster. */
  async close(): Promise<boolean> {
    return await this.#keep(this.#watch.learned(this.#parts.clock.now(), { atOnce: true }));
  }

  /** Counts the slots of these tenants, now and then. False when a later owner was faster. */
  async countSlots(tenants: ReadonlySet<TenantId>): Promise<boolean> {
    const { clock, history, ledger, longestMs } = this.#parts;
    const nowMs = clock.now();
    if (nowMs - this.#countedMs < SLOTS_EVERY_MS) return true;
    this.#countedMs = nowMs;
    const until = this.#values.get(SLOTS_UNTIL);
    const fromMs = typeof until === 'number' ? until : nowMs - LOOK_BACK_MS;
    const planned = [...plannedBetween(await history.recent(), fromMs, nowMs)];
    const slots = planned.filter(({ tenant }) => tenants.has(tenant));
    const accounts = await ledger.accounts(slots);
    const counted = countable(slots, accounts, { toMs: nowMs, nowMs, longestMs });
    const values = new Map<string, unknown>([[SLOTS_UNTIL, counted.untilMs]]);
    for (const slot of counted.slots) {
      const key = `slots|${nameOf(slot)}`;
      const account = accounts.get(runIdOf(runRequestOf(slot)));
      values.set(key, countSlot(this.#known(values, key, slotSeriesSchema), account));
    }
    const available = foldAvailability(counted.slots, accounts, (name) => this.#values.get(name));
    for (const [name, value] of available.values) values.set(name, value);
    return await this.#write(values, available.rollups);
  }

  /** Counts what was settled for the objectives of these tenants, now and then. False when a later owner was faster. */
  async countObjectives(tenants: readonly Tenant[]): Promise<boolean> {
    const nowMs = this.#parts.clock.now();
    if (nowMs - this.#objectivesMs < OBJECTIVES_EVERY_MS) return true;
    this.#objectivesMs = nowMs;
    const counts = await countObjectives(this.#parts, this, tenants);
    return await this.#keep(counts);
  }

  #write(values: Values, rollups: FoldedChange['rollups']): Promise<boolean> {
    return this.#commit({ cursor: this.#cursor, values, rollups, runs: [] });
  }

  /** Values alone, with what was learned if that was kept long ago. */
  async #keep(values: Values): Promise<boolean> {
    const learned = this.#watch.learned(this.#parts.clock.now());
    const all = new Map([...values, ...learned]);
    return all.size === 0 || (await this.#write(all, new Map()));
  }

  async #folded(
    found: readonly RunReport[],
    watched: Values,
  ): Promise<Omit<FoldedChange, 'token' | 'cursor'>> {
    const values = new Map(watched);
    for (const report of found) {
      const run = `run|${nameOf(report)}`;
      const rows = this.#parts.rowsOf(report);
      values.set(run, foldRun(this.#known(values, run, runSeriesSchema), report, rows));
      for (const [step, seconds] of passedSteps(report)) {
        const key = `step|${report.scenario}|${step}|${report.transport}`;
        const before = this.#known(values, key, histogramSchema) ?? emptyHistogram;
        values.set(key, observe(before, seconds));
      }
    }
    return { values, rollups: await this.#rollups(found), runs: runsOf(found) };
  }

  async #rollups(found: readonly RunReport[]): Promise<ReadonlyMap<number, Values>> {
    const rollups = new Map<number, Values>();
    for (const [hourMs, reports] of groupBy(found, hourOfReport)) {
      const names = [...new Set(reports.map(nameOf))];
      const hour = new Map(await this.#parts.folds.rollups(this.name, hourMs, names));
      for (const report of reports) {
        const before = rollupSchema.safeParse(hour.get(nameOf(report))).data;
        hour.set(nameOf(report), foldRollup(before, report));
      }
      rollups.set(hourMs, hour);
    }
    return rollups;
  }

  /** What is just being folded, else what was folded before; malformed is as good as nothing. */
  #known<T>(values: Values, key: string, schema: z.ZodType<T>): T | undefined {
    return schema.safeParse(values.get(key) ?? this.#values.get(key)).data;
  }

  async #commit(change: Omit<FoldedChange, 'token'>): Promise<boolean> {
    const { token } = this;
    if (!(await this.#parts.folds.commit(this.name, { token, ...change }))) return false;
    this.#cursor = change.cursor;
    for (const [key, value] of change.values) this.#values.set(key, value);
    return true;
  }
}

const hourOfReport = ({ finishedAt }: RunReport): number => hourOf(Date.parse(finishedAt));

function runsOf(found: readonly RunReport[]): FoldedChange['runs'] {
  return [...groupBy(found, nameOf).values()].flatMap((reports) => {
    const [series] = reports;
    const runs = reports.flatMap((report) => pastRunOf(report) ?? []);
    return series === undefined || runs.length === 0 ? [] : [{ series, runs }];
  });
}
