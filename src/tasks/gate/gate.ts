/**
 * Plays a gate: waits for the tenants, plays what is critical first and repeats what fails, stops as soon as the
 * verdict is sure, and judges. Nothing is thrown that a run met.
 */
import { latenciesOf } from '../../analysis/gate/latency.ts';
import { type GateSeen, isSure, judgeGate } from '../../analysis/gate/verdict.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { GateResult } from '../../domain/gate.ts';
import type { TenantId } from '../../domain/ids.ts';
import { leaseMs } from '../../domain/limits.ts';
import type { Policy } from '../../domain/policy.ts';
import type { RunReport } from '../../domain/report.ts';
import type { Tenant } from '../../domain/tenant.ts';
import { execute } from '../../engine/execute.ts';
import type { Engine } from '../../engine/run-state.ts';
import type { Wanted } from '../run.ts';
import { slotsByHand } from '../run.ts';
import { rememberReadiness } from './known-ready.ts';
import { awaitReady } from './ready.ts';
import { GateSeries, type Past } from './series.ts';

export interface GateOrder {
  readonly policy: Policy;
  /** Of each series so many. */
  readonly runs: number;
  /** In the order in which it is to be played. */
  readonly wanted: readonly Wanted[];
  /** Scenarios that were asked for by name. */
  readonly named: readonly string[];
  readonly waitReadyMs: number;
  /** As it was asked for: `state`, `tenant:ID`, `file:PATH`. */
  readonly against: string;
  /** The tenant that plays the same, to be compared with. */
  readonly control?: Tenant;
  readonly deployment?: Deployment;
}

export interface GateParts {
  readonly engine: Engine;
  readonly pastOf: (wanted: Wanted) => Promise<Past>;
  /** Keeps scheduled runs away from a tenant for so long. */
  readonly claim: (tenant: TenantId, forMs: number) => Promise<void>;
  readonly onRun: (report: RunReport) => void;
  readonly onWait: (tenants: readonly Tenant[]) => void;
  /** Aborted when there is no more time, or somebody interrupts. */
  readonly signal: AbortSignal;
  /** Why it is aborted. */
  readonly stopped: () => GateSeen['stopped'];
}

/** Rejects with Failed `state.unusable` when what is kept cannot be read before the first run. */
export async function playGate(order: GateOrder, parts: GateParts): Promise<GateResult> {
  return await new Gate(order, parts).play();
}

/** A claim outlives its run by so much, so that nobody slips in before the next one. */
const BETWEEN_RUNS_MS = 5_000;
const BEFORE_REPEAT_MS = 3_000;
const BACK_MS = 30_000;

class Gate {
  readonly #order: GateOrder;
  readonly #parts: GateParts;
  readonly #series: GateSeries[] = [];
  readonly #runs: RunReport[] = [];
  /** Tenants that did not come up in time, for which nobody waits again. */
  readonly #away = new Set<TenantId>();
  readonly #nextSlot;

  constructor(order: GateOrder, parts: GateParts) {
    this.#order = order;
    this.#parts = parts;
    this.#nextSlot = slotsByHand(parts.engine.clock);
  }

  async play(): Promise<GateResult> {
    const gateId = this.#nextSlot();
    const startedAt = this.#now();
    for (const one of this.#order.wanted) {
      const past = await this.#parts.pastOf(one);
      await rememberReadiness(one, past.before, this.#parts.engine);
      this.#series.push(new GateSeries(one, past));
    }
    await this.#awaitReady();
    for (let round = 0; round < this.#order.runs && !this.#isOver; round += 1) await this.#round();
    return this.#result(gateId, startedAt);
  }

  get #isOver(): boolean {
    const series = this.#series.map(({ seen }) => seen);
    return this.#parts.signal.aborted || isSure({ policy: this.#order.policy, series });
  }

  async #awaitReady(): Promise<void> {
    const { engine, signal, onWait } = this.#parts;
    const { control, wanted, waitReadyMs: forMs } = this.#order;
    const tenants = new Set(wanted.map(({ tenant }) => tenant));
    if (control !== undefined) tenants.add(control);
    onWait([...tenants]);
    // At once, so that several that are away do not use up the time of all.
    const waits = [...tenants].map(async (tenant) => {
      if (!(await awaitReady(tenant, engine, { forMs, signal }))) this.#away.add(tenant.id);
    });
    await Promise.all(waits);
  }

  async #round(): Promise<void> {
    const { control } = this.#order;
    for (const one of this.#series) {
      if (this.#isOver) return;
      if (!one.isWorthwhile) continue;
      if (control !== undefined)
        one.noteControl(await this.#run({ ...one.wanted, tenant: control }));
      one.note(await this.#run(one.wanted));
      while (one.isOpen && (await this.#paused(one))) one.note(await this.#run(one.wanted));
    }
  }

  /**
   * What comes at once meets the same moment again: a tenant that was up and is down may only change its ingress, and
   * gets a while. False when there is no more time.
   */
  async #paused({ wanted: { tenant }, isDown }: GateSeries): Promise<boolean> {
    const { engine, signal } = this.#parts;
    await engine.clock.sleep(BEFORE_REPEAT_MS, signal).catch(() => undefined);
    const forMs = Math.min(this.#order.waitReadyMs, BACK_MS);
    const mayComeBack = isDown && !this.#away.has(tenant.id);
    if (mayComeBack && !(await awaitReady(tenant, engine, { forMs, signal }))) {
      this.#away.add(tenant.id);
    }
    return !signal.aborted;
  }

  async #run(wanted: Wanted): Promise<RunReport> {
    const { engine, claim, signal, onRun } = this.#parts;
    const { id, limits } = wanted.tenant;
    // Without it the run still waits for its turn.
    await claim(id, leaseMs(limits) + BETWEEN_RUNS_MS).catch(() => undefined);
    const report = await execute({ ...wanted, slot: this.#nextSlot() }, engine, signal);
    this.#runs.push(report);
    onRun(report);
    return report;
  }

  #result(gateId: string, startedAt: string): GateResult {
    const { policy, named, against, deployment, wanted } = this.#order;
    const latencies = latenciesOf(
      this.#series.map(({ timings }) => timings),
      policy,
    );
    const stopped = this.#parts.stopped();
    const series = this.#series.map(({ seen }) => seen);
    const counted = new Set(series.flatMap(({ runs }) => runs));
    const others = this.#runs.filter((run) => !counted.has(run));
    const judged = judgeGate({
      ...{ policy, named, latencies, series, others },
      ...(stopped === undefined ? {} : { stopped }),
    });
    return {
      v: 1,
      ...{ gateId, startedAt, finishedAt: this.#now(), policy: policy.name, against },
      tenants: [...new Set(wanted.map(({ tenant }) => tenant.id))],
      ...(deployment === undefined ? {} : { deployment }),
      ...judged,
      series: this.#series.map((one, index) => one.result(latencies[index]?.steps ?? [])),
      runs: this.#runs,
    };
  }

  #now(): string {
    return new Date(this.#parts.engine.clock.now()).toISOString();
  }
}
