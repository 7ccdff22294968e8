/** The single catch: whatever was thrown becomes a Failure with a blame. Unknown is `fleet`, never `target`. */
import { Failed, type Failure } from '../domain/failure.ts';
import type { CompensationAction } from '../domain/report.ts';
import { TimeUp } from '../lib/deadline.ts';
import { type Secret, scrub } from '../lib/secret.ts';
import { codeOf, isA, oneLine, thrownText } from '../lib/thrown.ts';

/** Why a command stops its runs early; the reason of the signal it hands to the engine. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Thrown inside the engine when a run must not start; not a failure of anybody. */
export class Skip extends Error {
  override readonly name = 'Skip';
}

export interface Circumstances {
  /** Whether the scenario's own code was running. */
  readonly inScenario: boolean;
  /** The calls to Odoo that had no answer yet, for example `sale.order.create`. */
  readonly waitingFor?: Iterable<string>;
  /** How long our own event loop stood still during the run, and how long the run took, milliseconds. */
  readonly stalledMs: number;
  readonly elapsedMs: number;
  readonly step?: string | undefined;
  readonly secrets: Iterable<Secret>;
}

export function toFailure(thrown: unknown, seen: Circumstances): Failure {
  const failure = excuseStall(classify(thrown, seen), seen);
  const message = sayable(failure.message, seen.secrets);
  return { ...failure, message, ...(seen.step === undefined ? {} : { step: seen.step }) };
}

/** The failure of work that is no run: a sweep, an examination, provisioning. */
export function failureOutsideRun(thrown: unknown, secrets: Iterable<Secret>): Failure {
  return toFailure(thrown, { inScenario: false, stalledMs: 0, elapsedMs: 0, secrets });
}

/** What somebody else said, fit to be kept: secrets out first, for flattening and cutting would hide them. */
export function sayable(text: string, secrets: Iterable<Secret>): string {
  return oneLine(scrub(text, secrets));
}

/** The actions of an undo, with what Odoo said made sayable. */
export function sayableActions(
  actions: readonly CompensationAction[],
  secrets: Iterable<Secret>,
): readonly CompensationAction[] {
  return actions.map((action) =>
    action.message === undefined
      ? action
      : { ...action, message: sayable(action.message, secrets) },
  );
}

/** A run is contaminated when our own process stood still for a second or a fifth of it. */
export function isContaminated({ stalledMs, elapsedMs }: Circumstances): boolean {
  return stalledMs >= Math.min(1_000, Math.max(elapsedMs / 5, 250));
}

function classify(thrown: unknown, seen: Circumstances): Failure {
  if (isA(thrown, Failed)) return thrown.failure;
  if (isA(thrown, TimeUp)) return outOfTime(seen);
  const message = thrownText(thrown);
  if (isA(thrown, Stopped)) return { code: 'run.interrupted', blame: 'fleet', message };
  // A system error (ENOSPC, EACCES, ...) is about our machine even when it surfaces in a scenario.
  const ours = !seen.inScenario || /^E[A-Z]+$/.test(codeOf(thrown) ?? '');
  return ours
    ? { code: 'fleet.unexpected', blame: 'fleet', message }
    : { code: 'scenario.threw', blame: 'scenario', message };
}

function outOfTime({ waitingFor = [], inScenario, elapsedMs }: Circumstances): Failure {
  const spent = `the run's time is used up after ${Math.round(elapsedMs)} ms`;
  const calls = [...waitingFor].join(', ');
  if (calls !== '') {
    const message = `${spent}, still no answer to ${calls}`;
    return { code: 'odoo.timeout', blame: 'target', layer: 'application', message };
  }
  const message = `${spent}, and nothing was asked of Odoo`;
  return inScenario
    ? { code: 'scenario.timeout', blame: 'scenario', message }
    : { code: 'fleet.timeout', blame: 'fleet', message };
}

// A clock that runs out while we could not run says nothing about the tenant.
function excuseStall(failure: Failure, seen: Circumstances): Failure {
  const timed = /^(?:odoo\.|channel\.)(?:timeout|unreachable)$|^scenario\.timeout$/.test(
    failure.code,
  );
  if (!timed || !isContaminated(seen)) return failure;
  const message = `our own process stood still for ${Math.round(seen.stalledMs)} ms: ${failure.message}`;
  return { code: 'fleet.stalled', blame: 'fleet', message };
}
