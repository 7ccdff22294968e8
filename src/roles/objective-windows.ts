/**
 * How each objective stands over its window, by the hour: an hour that is over is read and judged once, so that a look
 * at thirty days costs what came since the last one.
 */
import { type Standing, type Sums, standingOf, sumsOf } from '../analysis/objectives.ts';
import { type Piece, within } from '../analysis/pieces.ts';
import type { Objective } from '../domain/objective.ts';
import type { Tenant } from '../domain/tenant.ts';
import { hourOf } from '../store/folds.ts';
import { countedUntil, type FoldedPartition, type Kept, type Look, look } from './workflows.ts';

const HOUR_MS = 3_600_000;
/** Read and judged at once: while hundreds of objectives are, nothing else in the process goes on. */
const STEP_MS = 2 * HOUR_MS;

interface Window {
  readonly objective: Objective;
  /** What else its hours were judged by. */
  readonly by: string;
  /** Hours before it are judged. */
  untilMs: number;
  /** Without those of which no time counts. */
  readonly hours: Map<number, Sums>;
  standing?: Standing;
}

export class ObjectiveWindows {
  readonly #kept: Kept;
  readonly #windows = new Map<string, Window>();

  constructor(kept: Kept) {
    this.#kept = kept;
  }

  /** Undefined until it was looked at for the first time. */
  standing(tenant: Tenant, { workflow }: Objective): Standing | undefined {
    return this.#windows.get(nameOf(tenant, workflow))?.standing;
  }

  /** Rejects with Failed `state.unusable`; what was judged until then, or until the signal, stays. */
  async refresh(
    partition: FoldedPartition,
    tenants: readonly Tenant[],
    signal: AbortSignal,
  ): Promise<void> {
    const nowMs = countedUntil(partition);
    if (nowMs === undefined) return;
    const open = tenants.flatMap((tenant) =>
      tenant.objectives.map((objective) => ({
        tenant,
        objective,
        window: this.#windowOf(tenant, objective, nowMs),
      })),
    );
    const thisHourMs = hourOf(nowMs);
    const firstMs = Math.min(thisHourMs, ...open.map(({ window }) => window.untilMs));
    for (let fromMs = firstMs; fromMs < thisHourMs; fromMs += STEP_MS) {
      if (signal.aborted) return;
      const toMs = Math.min(thisHourMs, fromMs + STEP_MS);
      const behind = open.filter(({ window }) => window.untilMs < toMs);
      const looks = behind.map((one) => ({
        ...one,
        span: { fromMs: Math.max(fromMs, one.window.untilMs), toMs },
      }));
      for (const { window, pieces } of await this.#look(partition, looks)) {
        keepHours(window.hours, pieces);
        window.untilMs = toMs;
      }
    }
    const rest = open.map((one) => ({ ...one, span: { fromMs: thisHourMs, toMs: nowMs } }));
    for (const { window, objective, pieces } of await this.#look(partition, rest)) {
      forget(window.hours, hourOf(nowMs - objective.windowMs));
      const sums = [...window.hours.values(), sumsOf(pieces)].reduce(plus);
      window.standing = standingOf(sums, objective.target);
    }
  }

  async #look<T extends Look>(
    partition: FoldedPartition,
    looks: readonly T[],
  ): Promise<readonly (T & { readonly pieces: readonly Piece[] })[]> {
    if (looks.length === 0) return [];
    const looked = await look(this.#kept, partition, looks);
    return looks.map((one, index) => ({ ...one, pieces: looked[index]?.pieces ?? [] }));
  }

  /** Another objective, calendar or maintenance judges all hours anew. */
  #windowOf(tenant: Tenant, objective: Objective, nowMs: number): Window {
    const fromMs = hourOf(nowMs - objective.windowMs);
    const maintenance = this.#kept.maintenance(tenant.id, fromMs, nowMs);
    const { businessCalendar, timeZone } = tenant;
    const ends = maintenance.filter(({ toMs }) => toMs > fromMs).map((one) => ({ ...one }));
    const by = JSON.stringify([objective, businessCalendar, timeZone, ends]);
    const name = nameOf(tenant, objective.workflow);
    const known = this.#windows.get(name);
    if (known?.by === by) return known;
    const window = { objective, by, untilMs: fromMs, hours: new Map<number, Sums>() };
    this.#windows.set(name, window);
    return window;
  }
}

const nameOf = (tenant: Tenant, workflow: string): string => `${tenant.id}|${workflow}`;

function keepHours(hours: Map<number, Sums>, pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    for (let hourMs = hourOf(piece.fromMs); hourMs < piece.toMs; hourMs += HOUR_MS) {
      const part = sumsOf(within([piece], [{ fromMs: hourMs, toMs: hourMs + HOUR_MS }]));
      const before = hours.get(hourMs);
      hours.set(hourMs, before === undefined ? part : plus(before, part));
    }
  }
}

function forget(hours: Map<number, Sums>, beforeMs: number): void {
  for (const hourMs of hours.keys()) if (hourMs < beforeMs) hours.delete(hourMs);
}

const plus = (a: Sums, b: Sums): Sums => ({
  good: a.good + b.good,
  bad: a.bad + b.bad,
  slow: a.slow + b.slow,
  unknown: a.unknown + b.unknown,
  maintenance: a.maintenance + b.maintenance,
});
