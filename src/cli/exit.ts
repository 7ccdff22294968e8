/** Exit codes: one meaning each for every command, and which wins when several apply. */

export const EXIT = {
  passed: 0,
  failed: 1,
  usage: 2,
  nothingRan: 3,
  inconclusive: 4,
  timedOut: 5,
  hold: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The worst first: an interrupted or misused command has no verdict, and a failure outranks a doubt. */
const PRECEDENCE: readonly ExitCode[] = [130, 2, 5, 1, 6, 4, 3, 0];

/**
 * The one code for all that happened. What was skipped counts as undefined: it is worth a code of its own,
 * `nothingRan`, only when there was nothing else.
 */
export function worst(codes: readonly (ExitCode | undefined)[]): ExitCode {
  return PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.nothingRan;
}

/** Shown at the end of every `--help`. */
export const EXIT_HELP = `
Exit codes: 0 passed or promote, 1 failed (the tenant) or rollback, 2 usage or configuration, 3 nothing ran or
all skipped, 4 inconclusive (our side, or cannot tell), 5 timed out (--timeout), 6 hold, 130 interrupted after
compensating. When several apply: 130, 2, 5, 1, 6, 4, 3, 0.`;
