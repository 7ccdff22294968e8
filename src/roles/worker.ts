/**
 * Plays what the queue hands out: one run for each request, its report to the surfaces and to the report stream,
 * its account to the ledger. Stopping takes nothing more and ends what is under way with its undo.
 */
import { setMaxListeners } from 'node:events';
import { emptyHistogram, type Histogram, observe } from '../analysis/histogram.ts';
import { budgetRefusal, loadsOf } from '../domain/budget.ts';
import { consentRefusal } from '../domain/consent.ts';
import { Failed } from '../domain/failure.ts';
import { isPlanned, type PlannedSlot, schedulesFor } from '../domain/history.ts';
import { type Account, LATE_MS, suppressed } from '../domain/ledger.ts';
import { leaseMs } from '../domain/limits.ts';
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
import type { Reports } from '../store/reports.ts';
import type { PlannedStart, Start, Starts } from '../store/starts.ts';

/** What waits on disk is offered to Redis again after this. */
const FLUSH_MS = 2_000;

/** What is handed out by so much before its time comes from a worker whose clock is ahead, and waits. */
const EARLY_MS = 5_000;

/** So long a run that is to be played elsewhere waits for another worker to take it. */
const ELSEWHERE_MS = 5_000;

/** A slot that is so old was given up by the sweeper; asking for it again would have no end. */
const GIVEN_UP_MS = 5 * 60_000;

type OnWait = NonNullable<PlannedStart['onWait']>;
type Missed = Extract<Account, { readonly kind: 'missed' }>;

export interface WorkerParts {
  /** Of this one among the workers of the fleet. */
  readonly workerName: string;
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly history: History;
  readonly starts: Starts;
  /** Whether our time of day is the fleet's. Never throws. */
  readonly isClockRight: () => Promise<boolean>;
  readonly reports: Reports;
  /** As configured now. */
  readonly tenantOf: (id: string) => Tenant | undefined;
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
  /** When our own side last held a request back, a wrong clock or Redis, by the clock that never jumps. */
  #heldBackMs = -Infinity;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    // Every run under way listens to it: many, and no leak.
    setMaxListeners(0, this.#stop.signal);
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
   * `later` while somebody holds the tenant: a run that waits for it would take a place from those of others; `again`
   * says that it was told so before; `onWait` is told as the run begins to wait long for an answer, and as it goes on.
   * `elsewhere` while our clock is wrong: too early and too late cannot be told from here, and the mark would carry a
   * wrong deadline. What Redis did not let begin is for later too: it comes back in one connection before the other,
   * and a run that did begin is never begun again. Never throws: whatever goes wrong is in the report, or in the
   * ledger, or told.
   */
  async handle(request: RunRequest, again: boolean, onWait?: OnWait): Promise<Handled> {
    try {
      return await this.#handle(request, again, onWait);
    } catch (error) {
      this.#parts.onTrouble(error);
      return this.#isOurs(error, request) ? 'later' : 'done';
    }
  }

  #isOurs(error: unknown, request: RunRequest): boolean {
    const { clock } = this.#parts.engine;
    const ageMs = clock.now() - plannedSlotOf(request).slotMs;
    if (!(error instanceof Failed) || error.failure.blame !== 'fleet') return false;
    this.#heldBackMs = clock.monotonic();
    return ageMs <= GIVEN_UP_MS;
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

  async #handle(request: RunRequest, again: boolean, onWait?: OnWait): Promise<Handled> {
    const { ledger, engine, isClockRight } = this.#parts;
    const run = await this.#runOf(request);
    if (run === undefined) return 'done';
    const slot = plannedSlotOf(request);
    if (!(await isClockRight())) {
      this.#heldBackMs = engine.clock.monotonic();
      return 'elsewhere';
    }
    const lateMs = engine.clock.now() - slot.slotMs;
    if (this.#mustWait(request, lateMs)) return 'later';
    if (lateMs > LATE_MS) {
      const reason = await this.#lateness(slot, lateMs, again);
      await ledger.account(slot, { kind: 'missed', reason });
      return 'done';
    }
    const start = await this.#begin(run, slot);
    if (start.kind === 'missed') await ledger.account(slot, start);
    if (start.kind === 'started') {
      this.#lag = observe(this.#lag, Math.max(0, lateMs) / 1_000);
      const begun = onWait === undefined ? start : { ...start, onWait };
      await this.#play(run, begun, request);
    }
    // Accounted for already, it was delivered twice: the first one plays.
    return start.kind === 'busy' || start.kind === 'over' ? 'later' : 'done';
  }

  /** It may be we who held it back, and not the tenant. */
  #wasHeldBack(): boolean {
    return this.#parts.engine.clock.monotonic() - this.#heldBackMs <= LATE_MS;
  }

  #mustWait({ confirms }: RunRequest, lateMs: number): boolean {
    const isOwn = confirms?.worker === this.#parts.workerName;
    return lateMs < (isOwn ? ELSEWHERE_MS : -EARLY_MS);
  }

  /** What the rest of the day asks for is counted only once half of the tenant's row budget is used. */
  async #begin(run: Run, slot: PlannedSlot): Promise<Start | Missed> {
    const { starts, engine } = this.#parts;
    const { tenant, scenario, transport } = run;
    const refused = consentRefusal(tenant.consent, scenario.consent, engine.clock.now());
    const rows = refused === undefined ? (scenario.rows[transport] ?? 0) : 0;
    const terms = { forMs: leaseMs(tenant.limits), rows };
    const start = await starts.begin(slot, { ...terms, mostRows: tenant.rowBudget / 2 });
    if (start.kind === 'paused') return { kind: 'missed', reason: suppressed.down(tenant.id) };
    if (start.kind !== 'over') return start;
    const reason = await this.#overBudget(tenant, slot, start.usedRows);
    if (reason !== undefined) return { kind: 'missed', reason };
    return await starts.begin(slot, { ...terms, mostRows: tenant.rowBudget });
  }

  async #lateness({ tenant }: PlannedSlot, lateMs: number, again: boolean): Promise<string> {
    if (!again || this.#wasHeldBack()) return `late by ${Math.round(lateMs / 1_000)} s`;
    const claimed = await this.#parts.starts.isClaimed(tenant);
    return claimed ? suppressed.claimed(tenant) : suppressed.busy(tenant);
  }

  async #overBudget(tenant: Tenant, slot: PlannedSlot, used: number): Promise<string | undefined> {
    const { history, scenarios } = this.#parts;
    const schedules = schedulesFor(await history.recent(), slot);
    const loads = loadsOf(tenant, schedules, [...scenarios.values()]);
    return budgetRefusal(loads, slot, { budget: tenant.rowBudget, used });
  }

  async #play(run: Run, begun: PlannedStart, { confirms }: RunRequest): Promise<void> {
    const { workerName: worker, engine, reports, onReport } = this.#parts;
    const played = await execute(run, engine, this.#stop.signal, begun);
    const report = {
      ...played,
      worker,
      ...(confirms === undefined ? {} : { confirms: confirms.runId }),
    };
    onReport(report);
    try {
      await reports.deliver(report, run.tenant.platform.cluster, begun.lease);
    } finally {
      // Delivered, it is given back already; one that cannot be ends by itself.
      await begun.lease.release().catch(() => undefined);
    }
  }

  /** Undefined when it is configured or planned no more; a run that confirms another one was never planned. */
  async #runOf(request: RunRequest): Promise<Run | undefined> {
    const { history, tenantOf, scenarios } = this.#parts;
    const tenant = tenantOf(request.tenant);
    const scenario = scenarios.get(request.scenario);
    if (tenant === undefined || scenario === undefined) return undefined;
    const slot = plannedSlotOf(request);
    // What is planned since a moment ago only a new look shows.
    const planned =
      request.confirms !== undefined ||
      isPlanned(await history.recent(), slot) ||
      isPlanned(await history.read(), slot);
    const { transport, slot: due } = request;
    return planned ? { tenant, scenario, transport, slot: due } : undefined;
  }
}
