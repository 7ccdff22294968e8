/** What is known of one run while it is under way, and the report made of it at the end. */
import { type Diagnosis, Failed, type Failure } from '../domain/failure.ts';
import { type Slot, scenarioId } from '../domain/ids.ts';
import { deadlineOf } from '../domain/limits.ts';
import { markOf, runIdOf } from '../domain/mark.ts';
import type { Compensation, Outcome, RunReport } from '../domain/report.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Transport } from '../domain/transport.ts';
import type { Clock } from '../lib/clock.ts';
import type { Secret } from '../lib/secret.ts';
import { watchStalls } from '../lib/stall.ts';
import type { Scenario } from '../scenario/contract.ts';
import { Access, CallLog, type CallRecord, round } from './access.ts';
import {
  type Circumstances,
  isContaminated,
  sayable,
  sayableActions,
  toFailure,
} from './boundary.ts';
import type { LastLooks } from './last-looks.ts';
import { Plans } from './plan.ts';
import type {
  Begun,
  Download,
  Journals,
  Lease,
  Leases,
  Lookout,
  OpenChannel,
  OpenWeb,
  ReadinessRecords,
  RecentRuns,
  SignIn,
  TenantSession,
  WebEvidence,
} from './ports.ts';
import { StepRecorder } from './steps.ts';
import { WaitWatch } from './wait-watch.ts';

/** What is asked for: one scenario in one tenant over one transport, for one slot. */
export interface Run {
  readonly tenant: Tenant;
  readonly scenario: Scenario;
  readonly transport: Transport;
  readonly slot: Slot;
  /** Documents that a trading partner hands in at once, of which one is followed; 1 when absent. */
  readonly burst?: number;
}

export interface Engine {
  readonly clock: Clock;
  readonly signIn: SignIn;
  readonly openWeb: OpenWeb;
  readonly download: Download;
  readonly openChannel: OpenChannel;
  readonly leases: Leases;
  readonly journals: Journals;
  readonly readiness: ReadinessRecords;
  readonly looks: LastLooks;
  readonly recent: RecentRuns;
  readonly lookout: Lookout;
  /** All secrets read so far: none may show in a report. */
  readonly secrets: Iterable<Secret>;
  /** Called as each step begins. */
  readonly onStep?: (run: Run, step: string) => void;
  /** Called with the report of a run that has a diagnosis, before it is answered. */
  readonly onDiagnosis?: (report: RunReport) => Promise<void>;
  /** Called with the evidence of a run that did not pass, before its report is answered. */
  readonly onTrouble?: (report: RunReport, evidence: Evidence) => Promise<void>;
}

export interface Evidence {
  readonly calls: readonly CallRecord[];
  /** Of a run in the browser. */
  readonly web?: WebEvidence;
}

export class RunState {
  readonly run: Run;
  readonly engine: Engine;
  readonly steps: StepRecorder;
  readonly plans: Plans;
  readonly calls: CallLog;
  readonly deadlineMs: number;
  readonly begun: Begun | undefined;
  readonly waits: WaitWatch;
  lease: Lease | undefined;
  session: TenantSession | undefined;
  companyId: number | undefined;
  webEvidence: WebEvidence | undefined;
  /** Whether the journal is ours to close. */
  journalOpen = false;
  /** Whether the scenario's own code is running. */
  inScenario = false;
  readonly #startMs: number;
  readonly #started: number;
  readonly #stalls;

  /** The run starts now: its deadline counts from here. */
  constructor(run: Run, engine: Engine, begun?: Begun) {
    const { clock } = engine;
    this.run = run;
    this.engine = engine;
    this.begun = begun;
    this.lease = begun?.lease;
    this.#startMs = clock.now();
    this.#started = clock.monotonic();
    this.#stalls = watchStalls(clock);
    this.calls = new CallLog(clock);
    this.deadlineMs = deadlineOf(this.#startMs, run.tenant.limits);
    this.steps = new StepRecorder(clock, (step) => engine.onStep?.(run, step));
    const { tenant, scenario, transport, slot } = run;
    const runId = runIdOf({
      tenant: tenant.id,
      scenario: scenarioId(scenario.id),
      transport,
      slot,
    });
    const mark = markOf(runId, this.deadlineMs);
    // In whole seconds, as the mark has it: who looks for what is overdue must find both.
    const deadlineMs = Math.ceil(this.deadlineMs / 1_000) * 1_000;
    const entry = { runId, tenant: run.tenant.id, deadlineMs, mark, plans: [] };
    this.plans = new Plans(entry, engine.journals);
    this.waits = new WaitWatch(clock, () => this.longestWaitMs(), begun?.onWait);
  }

  /** The session under one phase's signal; every write of it passes the fence. */
  access(session: TenantSession, signal: AbortSignal): Access {
    const { callMs } = this.run.tenant.limits;
    return new Access(session, { callMs, signal, fence: () => this.#fence() }, this.calls);
  }

  /** How long the call that has waited longest has had no answer, milliseconds; 0 when there is none. */
  longestWaitMs(): number {
    const nowMs = this.engine.clock.monotonic();
    const calls = [...this.calls.waitingFor.values()]
      .filter(({ cut }) => !cut)
      .map(({ sinceMs }) => nowMs - sinceMs);
    return Math.max(0, ...calls, this.steps.web?.usage().waitingMs ?? 0);
  }

  /** By how much the wall clock has run ahead of the one that never jumps since the run began, milliseconds. */
  clockJumpMs(): number {
    const { clock } = this.engine;
    return clock.now() - this.#startMs - (clock.monotonic() - this.#started);
  }

  isContaminated(): boolean {
    return isContaminated(this.#circumstances());
  }

  failureOf(thrown: unknown): Failure {
    return toFailure(thrown, this.#circumstances());
  }

  /** When the time of the run itself is up, by the clock that never jumps. */
  get runUntilMs(): number {
    return this.#started + this.run.tenant.limits.runMs;
  }

  /** Milliseconds until the deadline; never negative. */
  remainingMs(): number {
    return Math.max(0, this.deadlineMs - this.engine.clock.now());
  }

  close(): void {
    this.waits.stop();
    this.#stalls.stop();
    this.session?.close();
  }

  /** A compensation without our secrets in what Odoo said. */
  scrubbed(compensation: Compensation): Compensation {
    const { secrets } = this.engine;
    const { actions, reason } = compensation;
    return {
      ...compensation,
      ...(reason === undefined ? {} : { reason: sayable(reason, secrets) }),
      actions: sayableActions(actions, secrets),
    };
  }

  report(
    outcome: Outcome,
    compensation: Compensation,
    diagnosis: Diagnosis | undefined,
  ): RunReport {
    const { run, plans } = this;
    const finishedMs = this.engine.clock.now();
    return {
      v: 1,
      runId: plans.entry.runId,
      tenant: run.tenant.id,
      scenario: run.scenario.id,
      revision: run.scenario.revision,
      transport: run.transport,
      wire: 'xmlrpc',
      slot: run.slot,
      startedAt: new Date(this.#startMs).toISOString(),
      finishedAt: new Date(finishedMs).toISOString(),
      durationMs: round(this.engine.clock.monotonic() - this.#started),
      outcome,
      steps: this.steps.reports,
      documents: plans.documents,
      ...(plans.sent === undefined ? {} : { exchange: plans.sent.times }),
      ...(diagnosis === undefined ? {} : { diagnosis }),
      compensation,
      contaminated: this.isContaminated(),
    };
  }

  // Nothing is written past the deadline, nor by a holder whose tenant was given to somebody else.
  async #fence(): Promise<void> {
    if (this.engine.clock.now() >= this.deadlineMs) {
      const message = 'the deadline of the mark has passed';
      throw new Failed({ code: 'run.past-deadline', blame: 'fleet', message });
    }
    await this.lease?.check();
  }

  #circumstances(): Circumstances {
    return {
      inScenario: this.inScenario,
      waitingFor: [
        ...[...this.calls.waitingFor.values()].map(({ call }) => call),
        ...(this.steps.web?.usage().pending ?? []),
      ],
      stalledMs: this.#stalls.stalledMs(),
      elapsedMs: this.engine.clock.monotonic() - this.#started,
      step: this.steps.current,
      secrets: this.engine.secrets,
    };
  }
}
