/** Failures of channels, each with its blame. */
import { Failed, type Failure, type Fate } from '../domain/failure.ts';
import type { CallOptions } from '../engine/ports.ts';
import { TimeUp } from '../lib/deadline.ts';
import { whereItBroke } from '../lib/network.ts';
import { isA, thrownText } from '../lib/thrown.ts';

/** The largest file that is fetched. */
export const LARGEST_FILE = 50 * 1024 * 1024;

/** Ours, or nobody knows whose. */
export const ours = (code: string, message: string): Failure => ({
  code: `channel.${code}`,
  blame: 'fleet',
  message,
});

/** Of the server that stands between tenant and partner. */
export const theirs = (
  code: string,
  message: string,
  layer: 'integration' | 'network' = 'integration',
): Failure => ({ code: `channel.${code}`, blame: 'target', layer, message });

export const exists = (name: string): Failed =>
  new Failed(ours('exists', `there is a file ${name} already`));

export const notFound = (name: string): Failed =>
  new Failed(ours('not-found', `there is no file ${name}`));

export const tooLarge = (what: string, most = LARGEST_FILE): Failed =>
  new Failed(theirs('too-large', `${what} is larger than ${most} bytes`));

/** A connection that was not made, or broke. */
export function connectionFailure(what: string, error: unknown): Failure {
  const message = `${what}: ${thrownText(error)}`;
  const where = whereItBroke(error);
  if (where === 'here') return { code: 'fleet.network', blame: 'fleet', message };
  return theirs('unreachable', message, where === 'on the way' ? 'network' : 'integration');
}

/** Time that is up with a server. */
export const lateAnswer = (what: string, connected: boolean, timeoutMs: number): Failure =>
  connected
    ? theirs('timeout', `${what}: no answer within ${timeoutMs} ms`)
    : theirs('unreachable', `${what}: no connection within ${timeoutMs} ms`, 'network');

/** What an operation that threw means: by its time, by our stopping it, or by what was thrown. */
export function failedBy(
  error: unknown,
  { timeoutMs, signal }: CallOptions,
  say: {
    readonly late: (timeoutMs: number) => Failure;
    readonly other: (error: unknown) => Failure;
    readonly fate: Fate;
  },
): Failed {
  const { fate } = say;
  if (isA(error, Failed)) return error;
  if (isA(error, TimeUp)) return new Failed(say.late(timeoutMs), { fate });
  return signal.aborted
    ? new Failed(interrupted, { fate, cause: error })
    : new Failed(say.other(error), { fate, cause: error });
}

const interrupted: Failure = {
  code: 'run.interrupted',
  blame: 'fleet',
  message: 'stopped while waiting for a channel',
};
