/**
 * The runs of a gate as attempts at what was to be played: who fails or cannot tell is tried again, until two failed
 * alike in kind or one passed. Three attempts at most.
 */
import type { Failure } from '../../domain/failure.ts';
import type { RunReport } from '../../domain/report.ts';

/** What attempts at one run came to. */
export type Resolved =
  | { readonly kind: 'passed' | 'skipped'; readonly runs: readonly RunReport[] }
  /** Two attempts failed: it is no accident. */
  | { readonly kind: 'failed'; readonly runs: readonly RunReport[]; readonly failure: Failure }
  /** One failed, and one passed. */
  | {
      readonly kind: 'intermittent';
      readonly runs: readonly RunReport[];
      readonly failure: Failure;
    }
  /** Two could not tell; `failure` is that of one that failed, if there was one. */
  | { readonly kind: 'unclear'; readonly runs: readonly RunReport[]; readonly failure?: Failure }
  /** It has to be tried again. */
  | { readonly kind: 'open'; readonly runs: readonly RunReport[] };

const ENOUGH = 2;

/** The runs of one tenant, scenario and transport, in order; only the last can be open. */
export function resolvedRuns(runs: readonly RunReport[]): readonly Resolved[] {
  const resolved: Resolved[] = [];
  let attempts: RunReport[] = [];
  for (const run of runs) {
    attempts.push(run);
    const one = resolve(attempts);
    if (one.kind === 'open') continue;
    resolved.push(one);
    attempts = [];
  }
  return attempts.length === 0 ? resolved : [...resolved, { kind: 'open', runs: attempts }];
}

function resolve(runs: readonly RunReport[]): Resolved {
  const failures = runs.flatMap(({ outcome }) =>
    outcome.kind === 'failed' ? [outcome.failure] : [],
  );
  const [failure] = failures;
  const kind = runs.at(-1)?.outcome.kind;
  if (kind === 'skipped') return { kind, runs };
  if (kind === 'passed') {
    return failure === undefined ? { kind, runs } : { kind: 'intermittent', runs, failure };
  }
  if (failure !== undefined && failures.length >= ENOUGH) return { kind: 'failed', runs, failure };
  if (runs.length - failures.length < ENOUGH) return { kind: 'open', runs };
  return { kind: 'unclear', runs, ...(failure === undefined ? {} : { failure }) };
}
