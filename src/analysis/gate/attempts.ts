/**
 * The runs of a gate as attempts at what was to be played: who fails or cannot tell is tried again, until two failed,
 * two could not tell, or one passed. Three attempts at most.
 */
import type { Failure } from '../../domain/failure.ts';
import type { RunReport } from '../../domain/report.ts';

/** What attempts at one run came to. */
export type Resolved =
  | { readonly kind: 'passed' | 'skipped'; readonly runs: readonly RunReport[] }
  /** Two attempts failed, perhaps not alike: it is no accident. */
  | {
      readonly kind: 'failed';
      readonly runs: readonly RunReport[];
      readonly failures: readonly Failure[];
    }
  /** One failed, and one passed. */
  | {
      readonly kind: 'intermittent';
      readonly runs: readonly RunReport[];
      readonly failure: Failure;
    }
  /** Two could not tell, or one that had to be repeated was skipped; `failure` is that of one that failed, if any did. */
  | { readonly kind: 'unclear'; readonly runs: readonly RunReport[]; readonly failure?: Failure }
  /** It has to be tried again; `failure` as above. */
  | { readonly kind: 'open'; readonly runs: readonly RunReport[]; readonly failure?: Failure };

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
  return attempts.length === 0 ? resolved : [...resolved, resolve(attempts)];
}

function resolve(runs: readonly RunReport[]): Resolved {
  const failures = runs.flatMap(({ outcome }) =>
    outcome.kind === 'failed' ? [outcome.failure] : [],
  );
  const [failure] = failures;
  const first = failure === undefined ? {} : { failure };
  const kind = runs.at(-1)?.outcome.kind;
  if (kind === 'skipped')
    return runs.length === 1 ? { kind, runs } : { kind: 'unclear', runs, ...first };
  if (kind === 'passed') {
    return failure === undefined ? { kind, runs } : { kind: 'intermittent', runs, failure };
  }
  if (failures.length >= ENOUGH) return { kind: 'failed', runs, failures };
  const open = runs.length - failures.length < ENOUGH;
  return { kind: open ? 'open' : 'unclear', runs, ...first };
}
