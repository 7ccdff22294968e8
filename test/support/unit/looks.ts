/** Looks from outside, as tests ask for them. */
import type { Look, Observation } from '../../../src/domain/evidence.ts';
import type { LookOptions } from '../../../src/evidence/looking.ts';
import { lookFromOutside } from '../../../src/evidence/outside.ts';
import { systemClock } from '../../../src/lib/clock.ts';

export const inTime = (timeoutMs = 3_000): LookOptions => ({
  clock: systemClock,
  timeoutMs,
  signal: new AbortController().signal,
});

export const outside = (url: string, options = inTime()): Promise<readonly Observation[]> =>
  lookFromOutside({ url }, options);

/** `look word`, in order. */
export const words = (looks: readonly Observation[]): readonly string[] =>
  looks.map(({ look, seen }) => `${look} ${seen}`);

export function theOne(looks: readonly Observation[], look: Look): Observation | undefined {
  return looks.find((one) => one.look === look);
}
