/** What every look has in common: it ends in time, never throws, and says what it saw in a few harmless words. */
import type { CallOptions } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { within } from '../lib/deadline.ts';
import { whereItBroke } from '../lib/network.ts';
import { codeOf, isA, oneLine } from '../lib/thrown.ts';

const LONGEST = 120;

export interface LookOptions extends CallOptions {
  readonly clock: Clock;
}

/** The time that several looks share. */
export interface LookTime {
  readonly clock: Clock;
  /** On the monotonic clock. */
  readonly endsMs: number;
  readonly signal: AbortSignal;
}

export function timeOf({ clock, timeoutMs, signal }: LookOptions): LookTime {
  return { clock, endsMs: clock.monotonic() + timeoutMs, signal };
}

/** How a look went: its value, or what broke it; `late` is set when its time was up. */
export type Looked<T> = { readonly ms: number } & (
  | { readonly value: T }
  | { readonly broke: unknown; readonly late: boolean }
);

/** Looks until the shared time is up; undefined when the signal aborted first. Never throws. */
export async function lookInTime<T>(
  time: LookTime,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Looked<T> | undefined> {
  const { clock, endsMs, signal } = time;
  const beganMs = clock.monotonic();
  const passed = (): number => Math.round(clock.monotonic() - beganMs);
  let own: AbortSignal | undefined;
  try {
    const value = await within(clock, Math.max(0, endsMs - beganMs), signal, async (inner) => {
      own = inner;
      return await work(inner);
    });
    return { ms: passed(), value };
  } catch (broke) {
    if (signal.aborted) return undefined;
    return { ms: passed(), broke, late: own?.aborted === true };
  }
}

/** Text of others as part of an observation: one line, and cut short. */
export function briefly(text: string): string {
  const line = oneLine(text);
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** The code of whatever broke, and nothing of its text: an error names addresses, users and files. */
export function brokenBy(broke: unknown): string {
  const code = codeIn(broke);
  return code === undefined ? 'for an unknown reason' : briefly(code);
}

/**
 * A host with several addresses, all of which failed, comes as one error. That our machine has no way to one of them,
 * as is usual with IPv6, says nothing while others failed elsewhere.
 */
export function codeIn(broke: unknown): string | undefined {
  if (!isA(broke, AggregateError)) return codeOf(broke);
  const codes = broke.errors.map(codeOf).filter((code) => code !== undefined);
  return codes.find((code) => whereItBroke({ code }) !== 'here') ?? codes[0] ?? codeOf(broke);
}
