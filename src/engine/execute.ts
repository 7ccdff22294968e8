/**
 * Executes one run: lease the tenant, open the journal, run the scenario inside its time, compensate inside
 * a time of its own, always. Answers one frozen report and never throws.
 */
import { consentRefusal } from '../domain/consent.ts';
import { type Diagnosis, Failed, type Failure } from '../domain/failure.ts';
import { leaseMs } from '../domain/limits.ts';
import { lostCapability } from '../domain/readiness.ts';
import { type Compensation, type Outcome, outcomeOf, type RunReport } from '../domain/report.ts';
import type { OpenDocument } from '../domain/residue.ts';
import { abortAfter, TimeUp, within } from '../lib/deadline.ts';
import { deepFreeze } from '../lib/freeze.ts';
import { isA } from '../lib/thrown.ts';
import { Skip } from './boundary.ts';
import { compensate } from './compensate.ts';
import { Inquiry } from './inquiry.ts';
import { explainMissing, perform } from './perform.ts';
import type { Begun, Lease } from './ports.ts';
import { type Engine, type Run, RunState } from './run-state.ts';

/**
 * The signal stops the run early; its compensation still has its own time. Unless it has begun, the run waits for its
 * own lease and gives it back.
 */
export async function execute(
  run: Run,
  engine: Engine,
  signal: AbortSignal,
  begun?: Begun,
): Promise<RunReport> {
  const refusal = refusalOf(run, engine);
  if (refusal !== undefined) {
    const state = new RunState(run, engine);
    return await endWith(state, { kind: 'skipped', reason: refusal });
  }
  if (begun !== undefined) return await play(new RunState(run, engine, begun), signal);
  const taken = await takeLease(run, engine, signal);
  // The run's time starts with the lease, so that waiting for another run does not eat it.
  const state = new RunState(run, engine);
  if (taken.kind === 'failed')
    return await endWith(state, outcomeOf(state.failureOf(taken.thrown)));
  try {
    state.lease = taken.lease;
    return await play(state, signal);
  } finally {
    // A lease that cannot be given back ends by itself.
    await taken.lease.release().catch(() => undefined);
  }
}

async function play(state: RunState, signal: AbortSignal): Promise<RunReport> {
  try {
    const inquiry = new Inquiry(state);
    const outcome = await attempt(state, signal);
    inquiry.runEnded(failureIn(outcome));
    await silenceBrowser(state, outcome);
    const [compensation] = await Promise.all([cleanUp(state), state.steps.web?.close()]);
    return await record(state, { outcome: await explain(state, outcome), compensation, inquiry });
  } finally {
    state.close();
  }
}

/** Of a run that was never begun. */
async function endWith(state: RunState, outcome: Outcome): Promise<RunReport> {
  try {
    const inquiry = new Inquiry(state);
    inquiry.runEnded(failureIn(outcome));
    return await record(state, { outcome, compensation: nothingToUndo, inquiry });
  } finally {
    state.close();
  }
}

const nothingToUndo: Compensation = { kind: 'clean', actions: [] };

interface Ended {
  readonly outcome: Outcome;
  readonly compensation: Compensation;
  readonly inquiry: Inquiry;
}

async function record(
  state: RunState,
  { outcome, compensation, inquiry }: Ended,
): Promise<RunReport> {
  const failure = failureIn(outcome);
  const diagnosis = await inquiry.end(failure);
  const settled = failure === undefined ? outcome : outcomeOf(blamed(failure, diagnosis));
  const report = deepFreeze(state.report(settled, compensation, diagnosis));
  state.engine.recent.note(report);
  if (failure !== undefined) {
    // A surface that fails never changes an outcome.
    await keepTrouble(state, report).catch(() => undefined);
  }
  if (diagnosis !== undefined) await state.engine.onDiagnosis?.(report).catch(() => undefined);
  return report;
}

const failureIn = (outcome: Outcome): Failure | undefined =>
  'failure' in outcome ? outcome.failure : undefined;

/** The failure as the diagnosis has it; a layer goes with blame `target` only. */
function blamed(failure: Failure, diagnosis: Diagnosis | undefined): Failure {
  if (diagnosis === undefined) return failure;
  const { code, message, step, trace } = failure;
  const said = {
    ...{ code, message },
    ...(step === undefined ? {} : { step }),
    ...(trace === undefined ? {} : { trace }),
  };
  const { blame, layers } = diagnosis;
  const [layer = 'application'] = layers;
  return blame === 'target' ? { ...said, blame, layer } : { ...said, blame };
}

async function keepTrouble(state: RunState, report: RunReport): Promise<void> {
  const { engine, calls, webEvidence: web } = state;
  await engine.onTrouble?.(report, { calls: calls.calls, ...(web === undefined ? {} : { web }) });
}

/** Before anything is undone: what is typed and not saved must not be saved by our leaving. */
async function silenceBrowser(state: RunState, outcome: Outcome): Promise<void> {
  const { engine, steps, plans } = state;
  const wanted = failureIn(outcome) !== undefined && engine.onTrouble !== undefined;
  if (wanted) state.webEvidence = await steps.web?.evidence();
  await steps.web?.silence();
  // Only now: until then the page may still have sent what it was told to.
  plans.leavePage(steps.web?.usage().writes ?? 0);
}

/** Why the run must not even be tried, or undefined. */
function refusalOf(
  { tenant, scenario, transport, burst = 1 }: Run,
  { clock }: Engine,
): string | undefined {
  if (!scenario.transports.includes(transport)) {
    return `${scenario.id} does not run over ${transport}`;
  }
  if (!tenant.transports.includes(transport)) {
    return `${tenant.id} is not configured for ${transport}`;
  }
  if (burst > 1 && transport === 'browser') return 'a burst is handed in over rpc';
  return consentRefusal(tenant.consent, scenario.consent, clock.now());
}

type LeaseTaken =
  | { readonly kind: 'held'; readonly lease: Lease }
  | { readonly kind: 'failed'; readonly thrown: unknown };

async function takeLease(run: Run, engine: Engine, signal: AbortSignal): Promise<LeaseTaken> {
  const { runMs, compensationMs } = run.tenant.limits;
  const longest = runMs + compensationMs;
  try {
    const lease = await within(engine.clock, 2 * longest, signal, (own) =>
      engine.leases.acquire(run.tenant.id, leaseMs(run.tenant.limits), own, rowsOf(run)),
    );
    return { kind: 'held', lease };
  } catch (thrown) {
    return { kind: 'failed', thrown: isA(thrown, TimeUp) ? busy(run) : thrown };
  }
}

const rowsOf = ({ scenario, transport, burst = 1 }: Run): number =>
  (scenario.rows[transport] ?? 0) * burst;

function busy({ tenant }: Run): Failed {
  const message = `${tenant.id} is held by another run or sweep that does not end`;
  return new Failed({ code: 'lease.busy', blame: 'fleet', message });
}

async function attempt(state: RunState, signal: AbortSignal): Promise<Outcome> {
  const { engine, run } = state;
  try {
    await within(engine.clock, run.tenant.limits.runMs, signal, async (own) => {
      await openJournal(state);
      await perform(state, own);
    });
    return { kind: 'passed' };
  } catch (thrown) {
    if (isA(thrown, Skip)) return { kind: 'skipped', reason: thrown.message };
    return outcomeOf(state.failureOf(thrown));
  }
}

/** What may not write has nothing to undo. */
async function openJournal(state: RunState): Promise<void> {
  if (state.run.scenario.consent === 'read-only') return;
  await state.engine.journals.open(state.plans.entry);
  state.journalOpen = true;
}

async function cleanUp(state: RunState): Promise<Compensation> {
  const { engine, session, companyId, plans } = state;
  const written = state.calls.written && session !== undefined && companyId !== undefined;
  let compensation = nothingToUndo;
  if (written) {
    const left = Math.min(state.run.tenant.limits.compensationMs, state.remainingMs());
    const { signal, cancel } = abortAfter(engine.clock, left);
    const access = state.access(session, signal);
    const looked = (open: readonly OpenDocument[]): void => {
      engine.looks.note(state.run.tenant, open);
    };
    const { callMs } = state.run.tenant.limits;
    const context = { access, companyId, clock: engine.clock, signal, looked, callMs };
    compensation = await compensate(context, plans);
    cancel();
    await plans.sent?.close();
  }
  if (compensation.kind === 'clean' && state.journalOpen) {
    // A journal that cannot be closed is closed by the sweep, which finds nothing open.
    await engine.journals.close(plans.entry.runId).catch(() => undefined);
  }
  return state.scrubbed(compensation);
}

/** Without its module Odoo makes an empty order of a document, and says nothing. */
const MAY_LACK = /^(?:odoo\.(?:access|missing-capability)$|edi\.)/;

/** Tells a capability that the tenant lost from one that the scenario never declared. */
async function explain(state: RunState, outcome: Outcome): Promise<Outcome> {
  if (outcome.kind !== 'failed' || state.session === undefined) return outcome;
  const { failure } = outcome;
  if (!MAY_LACK.test(failure.code)) return outcome;
  const { signal, cancel } = abortAfter(state.engine.clock, state.run.tenant.limits.callMs);
  const missing = await explainMissing(state, state.access(state.session, signal));
  cancel();
  if (missing === undefined) return outcome;
  const step = failure.step === undefined ? {} : { step: failure.step };
  if (missing.length > 0) return outcomeOf({ ...lostCapability(missing), ...step });
  return failure.code === 'odoo.missing-capability' ? outcomeOf(undeclared(failure)) : outcome;
}

function undeclared({ message, step }: Failure): Failure {
  return {
    code: 'scenario.undeclared-need',
    blame: 'scenario',
    message: `everything the scenario declares is there, yet: ${message}`,
    ...(step === undefined ? {} : { step }),
  };
}
