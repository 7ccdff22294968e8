/**
 * Gathers evidence around one run: at once when it fails, and while it waits long for one answer, for a lock or a full
 * queue may be gone by the time the run gives up.
 */
import { judge, type Trouble } from '../analysis/blame/judge.ts';
import { type Observation, observed, type Seen, SLOW_ANSWER_MS } from '../domain/evidence.ts';
import { type Diagnosis, Failed, type Failure } from '../domain/failure.ts';
import { abortAfter } from '../lib/deadline.ts';
import { isA } from '../lib/thrown.ts';
import { round } from './access.ts';
import { sayable } from './boundary.ts';
import type { CallOptions, TenantSession, Watch } from './ports.ts';
import type { RunState } from './run-state.ts';
import { LONG_WAIT_MS } from './wait-watch.ts';

/** Looks that have no answer by then say so. */
const LOOK_MS = 3_000;
/** Apart from each other, the two clocks of this machine must not be. */
const JUMP_MS = 1_000;

export class Inquiry {
  readonly #state: RunState;
  #cancel: () => void;
  /** Of the first long wait. */
  #whileSlow: Promise<readonly Observation[]> | undefined;
  #atFailure: Promise<readonly Observation[]> | undefined;
  #watches: readonly Watch[] = [];

  /** From here on long waits are noticed. */
  constructor(state: RunState) {
    this.#state = state;
    this.#cancel = this.#again(LONG_WAIT_MS);
  }

  /** The run has ended: nothing is slow any more, and a failure is looked into at once. */
  runEnded(failure: Failure | undefined): void {
    this.#cancel();
    if (failure === undefined) return;
    // What is ours for sure needs no look at the tenant.
    const mayBeTheirs = failure.blame === 'target';
    this.#watch(mayBeTheirs);
    if (mayBeTheirs) this.#atFailure = this.#look();
  }

  /** Undefined when there is nothing to tell. Never throws. */
  async end(failure: Failure | undefined): Promise<Diagnosis | undefined> {
    this.#cancel();
    const trouble: Trouble | undefined =
      failure ?? (this.#whileSlow === undefined ? undefined : 'slow');
    if (trouble === undefined) return undefined;
    return await this.#state.waits.during(() => this.#diagnosis(trouble, failure));
  }

  async #diagnosis(trouble: Trouble, failure: Failure | undefined): Promise<Diagnosis> {
    const [slow = [], late = []] = await Promise.all([this.#whileSlow, this.#atFailure]);
    const watched = (await Promise.all(this.#watches.map((watch) => watch.end()))).flat();
    const other = failure?.step === undefined ? [] : await this.#overTheOther(failure.step);
    const seen = [...worst(slow, late), ...other, ...watched, ...this.#own()];
    const observations = seen.map((one) => this.#sayable(one));
    return { ...judge(trouble, observations), ...saidBy(failure), observations };
  }

  #sayable(one: Observation): Observation {
    if (one.detail === undefined) return one;
    return { ...one, detail: sayable(one.detail, this.#state.engine.secrets) };
  }

  #again(afterMs: number): () => void {
    return this.#state.engine.clock.after(afterMs, () => {
      const waitedMs = this.#state.longestWaitMs();
      if (waitedMs < LONG_WAIT_MS) {
        this.#cancel = this.#again(LONG_WAIT_MS - waitedMs);
        return;
      }
      this.#watch(true);
      this.#whileSlow = this.#look();
    });
  }

  #watch(tenantToo: boolean): void {
    if (this.#watches.length > 0) return;
    const { engine, run } = this.#state;
    const { lookout } = engine;
    const database = tenantToo ? lookout.database(run.tenant) : undefined;
    this.#watches = [lookout.own(run.transport), ...(database === undefined ? [] : [database])];
  }

  async #look(): Promise<readonly Observation[]> {
    const { engine, run } = this.#state;
    const { signal, cancel } = abortAfter(engine.clock, 2 * LOOK_MS);
    const options = { timeoutMs: LOOK_MS, signal };
    const looks = [engine.lookout.outside(run.tenant, options), this.#read(options)];
    const seen = (await Promise.all(looks)).flat();
    cancel();
    return seen;
  }

  /** The probe user's own record, over the session of the run where there is one. */
  async #read(options: CallOptions): Promise<readonly Observation[]> {
    const { engine, run, session } = this.#state;
    const began = engine.clock.monotonic();
    const took = (): number => round(engine.clock.monotonic() - began);
    let own: TenantSession | undefined;
    try {
      if (session === undefined) own = await engine.signIn(run.tenant, options);
      const used = session ?? own;
      await used?.call('res.users', 'read', { args: [[used.uid], ['login']] }, options);
      const ms = took();
      return [observed('read', ms > SLOW_ANSWER_MS ? 'slow' : 'ok', { ms })];
    } catch (thrown) {
      const { code, message } = isA(thrown, Failed) ? thrown.failure : NO_FAILURE;
      return [observed('read', READ[code] ?? 'error', { ms: took(), detail: message })];
    } finally {
      own?.close();
    }
  }

  async #overTheOther(step: string): Promise<readonly Observation[]> {
    const { engine, run } = this.#state;
    const of = { ...run, scenario: run.scenario.id };
    const other = await engine.recent.overTheOther(of, step).catch(() => undefined);
    if (other === undefined) return [];
    const detail = `${seconds(other.agoMs)} ago`;
    return [observed('other-transport', other.outcome, { detail })];
  }

  #own(): readonly Observation[] {
    const { steps } = this.#state;
    const clockJumpMs = this.#state.clockJumpMs();
    const jumped = Math.abs(clockJumpMs) > JUMP_MS;
    return [
      ...consoleOf(steps.web?.usage().errors),
      observed('event-loop', this.#state.isContaminated() ? 'stalled' : 'ok'),
      jumped
        ? observed('clock', 'jumped', { detail: `by ${seconds(clockJumpMs)}` })
        : observed('clock', 'ok'),
    ];
  }
}

function consoleOf(errors: readonly string[] | undefined): readonly Observation[] {
  if (errors === undefined) return [];
  const [first] = errors;
  if (first === undefined) return [observed('console', 'clean')];
  return [observed('console', 'errors', { detail: `${errors.length}, first: ${first}` })];
}

function saidBy(failure: Failure | undefined): Pick<Diagnosis, 'said'> {
  if (failure === undefined) return {};
  const { blame } = failure;
  return { said: blame === 'target' ? { blame, layer: failure.layer } : { blame } };
}

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;

const NO_FAILURE = { code: '', message: 'it could not be asked' };

const READ: Readonly<Record<string, Seen<'read'> | undefined>> = {
  'odoo.timeout': 'silent',
  'odoo.unreachable': 'unreachable',
  'odoo.gateway-error': 'gateway',
  'odoo.foreign-answer': 'foreign',
  'odoo.malformed-answer': 'foreign',
  'odoo.database': 'no-database',
  'odoo.access': 'refused',
  'credential.refused': 'refused',
  'credential.stopped': 'refused',
};

/** Of two looks at one thing the later, unless only the earlier shows something. */
function worst(
  earlier: readonly Observation[],
  later: readonly Observation[],
): readonly Observation[] {
  const all = new Map(earlier.map((one) => [one.look, one]));
  for (const one of later) {
    if (one.seen !== 'ok' || !all.has(one.look)) all.set(one.look, one);
  }
  return [...all.values()];
}
