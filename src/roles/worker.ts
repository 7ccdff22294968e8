/**
 * Plays what the queue hands out: one run for each request, its report to the surfaces and to the report stream,
 * its account to the ledger. Stopping takes nothing more and ends what is under way with its undo.
 */
import { emptyHistogram, type Histogram, observe } from '../analysis/histogram.ts';
import { isPlanned } from '../domain/history.ts';
import type { TenantId } from '../domain/ids.ts';
import { LATE_MS } from '../domain/ledger.ts';
import type { RunReport } from '../domain/report.ts';
import { plannedSlotOf, type RunRequest } from '../domain/run-request.ts';
import type { Tenant } from '../domain/tenant.ts';
import { Stopped } from '../engine/boundary.ts';
import { execute } from '../engine/execute.ts';
import type { Engine, Run } from '../engine/run-state.ts';
import type { Handled } from '../queue/consumer.ts';
import type { Scenario } from '../scenario/contract.ts';
import type { History } from '../store/history.ts';
import type { Ledger } from '../store/ledger.ts';
import type { RedisLeases } from '../store/redis-leases.ts';
import type { Reports } from '../store/reports.ts';

/** What waits on disk is offered to Redis again after this. */
const FLUSH_MS = 2_000;

export interface WorkerParts {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly history: History;
  readonly leases: Pick<RedisLeases, 'isHeld'>;
  readonly reports: Reports;
  readonly tenants: () => readonly Tenant[];
  readonly scenarios: ReadonlyMap<string, Scenario>;
  /** Told of every report and of what could not be done; never throws. */
  readonly onReport: (report: RunReport) => void;
  readonly onTrouble: (error: unknown) => void;
}

export class RunWorker {
  readonly #parts: WorkerParts;
  readonly #stop = new AbortController();
  readonly #flushing = new AbortController();
  #flush: Promise<void> | undefined;
  #lag = emptyHistogram;
  /** Tenants whose runs are under way here. */
  readonly #busy = new Set<TenantId>();

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  /** Seconds from slots to the beginning of their runs here. */
  get lag(): Histogram {
    return this.#lag;
  }

  /** From now on what waits on disk is offered to Redis now and then. */
  start(): void {
    this.#flush = this.#flushOften();
  }

  /** Ends what is under way with its undo. */
  abort(): void {
    this.#stop.abort(new Stopped('the worker is being stopped'));
  }

  /** Offers what waits on disk a last time. Never throws. */
  async stop(): Promise<void> {
    this.#flushing.abort();
    await this.#flush;
    await this.#parts.reports.flush().catch(() => undefined);
  }

  /**
   * `later` while the tenant is busy: a run that waits for it would take a place from those of others. Never throws:
   * whatever goes wrong is in the report, or in the ledger, or told.
   */
  async handle(request: RunRequest): Promise<Handled> {
    try {
      return await this.#handle(request);
    } catch (error) {
      this.#parts.onTrouble(error);
      return 'done';
    }
  }

  async #flushOften(): Promise<void> {
    const { reports, engine } = this.#parts;
    const { signal } = this.#flushing;
    while (!signal.aborted) {
      // Redis is away for longer; the next time will do.
      await reports.flush().catch(() => undefined);
      await engine.clock.sleep(FLUSH_MS, signal).catch(() => undefined);
    }
  }

  async #handle(request: RunRequest): Promise<Handled> {
    const { ledger, engine, leases } = this.#parts;
    const run = await this.#runOf(request);
    if (run === undefined) return 'done';
    const { id } = run.tenant;
    const slot = plannedSlotOf(request);
    // Known here before Redis knows it: two requests that come together do not both find it free.
    const busy = this.#busy.has(id);
    this.#busy.add(id);
    try {
      const held = busy || (await leases.isHeld(id));
      const lateMs = engine.clock.now() - slot.slotMs;
      if (lateMs > LATE_MS) {
        const reason = held ? `${id} was busy` : `late by ${Math.round(lateMs / 1_000)} s`;
        await ledger.account(slot, { kind: 'missed', reason });
        return 'done';
      }
      if (held) return 'later';
      // Delivered twice, or accounted for already: the first one plays.
      if (!(await ledger.account(slot, { kind: 'started' }))) return 'done';
      this.#lag = observe(this.#lag, Math.max(0, lateMs) / 1_000);
      await this.#play(run);
      return 'done';
    } finally {
      if (!busy) this.#busy.delete(id);
    }
  }

  async #play(run: Run): Promise<void> {
    const { engine, reports, onReport } = this.#parts;
    const report = await execute(run, engine, this.#stop.signal);
    onReport(report);
    await reports.deliver(report, run.tenant.platform.cluster);
  }

  /** Undefined when it is configured or planned no more. */
  async #runOf(request: RunRequest): Promise<Run | undefined> {
    const { history, tenants, scenarios } = this.#parts;
    const tenant = tenants().find(({ id }) => id === request.tenant);
    const scenario = scenarios.get(request.scenario);
    if (tenant === undefined || scenario === undefined) return undefined;
    const slot = plannedSlotOf(request);
    // What is planned since a moment ago only a new look shows.
    const planned =
      isPlanned(await history.recent(), slot) || isPlanned(await history.read(), slot);
    const { transport, slot: due } = request;
    return planned ? { tenant, scenario, transport, slot: due } : undefined;
  }
}
