/**
 * Plays what the queue hands out: one run for each request, its report to the surfaces and to the report stream,
 * its account to the ledger. Stopping takes nothing more and ends what is under way with its undo.
 */
import { emptyHistogram, type Histogram, observe } from '../analysis/histogram.ts';
import { type PlannedSlot, plannedBetween } from '../domain/history.ts';
import { LATE_MS } from '../domain/ledger.ts';
import type { RunReport } from '../domain/report.ts';
import type { RunRequest } from '../domain/run-request.ts';
import { slotInstant } from '../domain/slot.ts';
import type { Tenant } from '../domain/tenant.ts';
import { Stopped } from '../engine/boundary.ts';
import { execute } from '../engine/execute.ts';
import type { Engine, Run } from '../engine/run-state.ts';
import type { Scenario } from '../scenario/contract.ts';
import type { History } from '../store/history.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Reports } from '../store/reports.ts';

/** What waits on disk is offered to Redis again after this. */
const FLUSH_MS = 2_000;

export interface WorkerParts {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly history: History;
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

  /** Never throws: whatever goes wrong is in the report, or in the ledger, or told. */
  async handle(request: RunRequest): Promise<void> {
    try {
      await this.#handle(request);
    } catch (error) {
      this.#parts.onTrouble(error);
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

  async #handle(request: RunRequest): Promise<void> {
    const { ledger, engine, reports } = this.#parts;
    const slot = slotOfRequest(request);
    const run = await this.#runOf(request, slot);
    if (run === undefined) return;
    const lateMs = engine.clock.now() - slot.slotMs;
    if (lateMs > LATE_MS) {
      const reason = `late by ${Math.round(lateMs / 1_000)} s`;
      await ledger.account(slot, { kind: 'missed', reason });
      return;
    }
    // Delivered twice, or accounted for already: the first one plays.
    if (!(await ledger.account(slot, { kind: 'started' }))) return;
    this.#lag = observe(this.#lag, Math.max(0, lateMs) / 1_000);
    const report = await execute(run, engine, this.#stop.signal);
    this.#parts.onReport(report);
    await reports.deliver(report, run.tenant.platform.cluster);
  }

  /** Undefined when it is planned no more. */
  async #runOf(request: RunRequest, slot: PlannedSlot): Promise<Run | undefined> {
    const { history, tenants, scenarios } = this.#parts;
    const tenant = tenants().find(({ id }) => id === request.tenant);
    const scenario = scenarios.get(request.scenario);
    if (tenant === undefined || scenario === undefined) return undefined;
    const planned = plannedBetween(await history.read(), slot.slotMs, slot.slotMs + 1);
    const { transport } = request;
    for (const one of planned) {
      const same = one.tenant === tenant.id && one.scenario === scenario.id;
      if (same && one.transport === transport) {
        return { tenant, scenario, transport, slot: request.slot };
      }
    }
    return undefined;
  }
}

function slotOfRequest({ tenant, scenario, transport, slot }: RunRequest): PlannedSlot {
  return { tenant, scenario, transport, slotMs: slotInstant(slot) };
}
