/** What a gate knows of one tenant, scenario and transport, and what its runs say by the policy, latency apart. */
import type { Failure } from '../../domain/failure.ts';
import { type Finding, gravity } from '../../domain/gate.ts';
import { isAlike, type PastRun, pastFailureOf, type Series } from '../../domain/past-run.ts';
import { criterionFor, type Policy } from '../../domain/policy.ts';
import type { RunReport } from '../../domain/report.ts';
import { type Resolved, resolvedRuns } from './attempts.ts';

export interface SeriesSeen extends Series {
  /** Before the deployment, oldest first. */
  readonly before: readonly PastRun[];
  /** In this gate, in order. */
  readonly runs: readonly RunReport[];
}

/** So many past runs are asked whether it was broken already: the newest one's word, or that of two of them. */
const RECENT_RUNS = 5;
const CODE_OF_LOSS = 'capability.lost';

/** What the runs of one series say. Where enough else was played, what could not be told here is `advice`. */
export function findingsOf(
  seen: SeriesSeen,
  policy: Policy,
  isCovered: boolean,
): readonly Finding[] {
  const resolved = resolvedRuns(seen.runs);
  return [
    ...failureFindings(seen, resolved, policy),
    ...intermittentFindings(seen, resolved),
    ...resolved.flatMap((one) => unclearFindings(seen, one, isCovered)),
    ...seen.runs.flatMap((run) => notUndone(run)),
  ];
}

/** One for each way to fail, however often it was met. */
function failureFindings(
  seen: SeriesSeen,
  resolved: readonly Resolved[],
  policy: Policy,
): readonly Finding[] {
  const found = resolved.flatMap((one) =>
    one.kind === 'failed' ? [gravest(seen, one, policy)] : [],
  );
  return found.filter(
    (one, index) => found.findIndex((other) => other.because === one.because) === index,
  );
}

/** Attempts may fail in several ways: the gravest counts, and what was so before excuses only itself. */
function gravest(
  seen: SeriesSeen,
  { failures, runs }: Extract<Resolved, { kind: 'failed' }>,
  policy: Policy,
): Finding {
  const found = failures.map((failure): Finding => {
    const { says, code, because } = decided(seen, { failure, runs }, policy);
    const where = placeOf(seen, failure);
    return { code, says, ...where, because: `${because}: ${failure.message}`, runs: idsOf(runs) };
  });
  const [first] = found.toSorted((a, b) => gravity.indexOf(a.says) - gravity.indexOf(b.says));
  if (first === undefined) throw new RangeError('no attempt failed');
  return first;
}

function decided(
  { scenario, before }: SeriesSeen,
  { failure, runs }: { readonly failure: Failure; readonly runs: readonly RunReport[] },
  policy: Policy,
): Pick<Finding, 'says' | 'code' | 'because'> {
  if (brokenBefore(before, failure)) {
    const because = 'failed alike before the deployment';
    return { says: 'hold', code: 'already-broken', because };
  }
  if (isUnknownName(runs) && before.every(({ failure: past }) => past !== undefined)) {
    const because = 'the name of its URL is unknown, and nothing ever passed there';
    return { says: 'inconclusive', code: 'our-side', because };
  }
  const because = 'failed, and again when repeated';
  const code = failure.code === CODE_OF_LOSS ? 'lost-capability' : 'failure';
  const criterion = criterionFor(policy, code, { scenario, step: failure.step });
  if (criterion === undefined) return { code, because, says: 'hold' };
  return { code, because, says: criterion.level === 'blocking' ? 'rollback' : 'advice' };
}

/** As a slip of the pen in our own configuration looks. */
const isUnknownName = (runs: readonly RunReport[]): boolean =>
  runs.every(({ diagnosis }) =>
    (diagnosis?.observations ?? []).some(
      ({ look, seen }) => look === 'dns' && seen === 'unknown-name',
    ),
  );

export function brokenBefore(before: readonly PastRun[], failure: Failure): boolean {
  const recent = before.slice(-RECENT_RUNS);
  const alike = recent.map(
    ({ failure: past }) => past !== undefined && isAlike(past, pastFailureOf(failure)),
  );
  return alike.at(-1) === true || alike.filter((one) => one).length > 1;
}

/** Once may be an accident. */
function intermittentFindings(seen: SeriesSeen, resolved: readonly Resolved[]): readonly Finding[] {
  const met = resolved.filter((one) => one.kind === 'intermittent');
  const [first] = met;
  if (first === undefined) return [];
  const often = met.length > 1;
  const times = often ? `${met.length} times` : 'once';
  return [
    {
      code: 'intermittent',
      says: often ? 'hold' : 'advice',
      ...placeOf(seen, first.failure),
      because: `failed ${times} and passed when repeated: ${first.failure.message}`,
      runs: met.flatMap(({ runs }) => idsOf(runs)),
    },
  ];
}

function unclearFindings(seen: SeriesSeen, one: Resolved, isCovered: boolean): readonly Finding[] {
  if (one.kind !== 'unclear' && one.kind !== 'open') return [];
  const { failure, runs } = one;
  const [ours] = runs.flatMap(({ outcome }) =>
    outcome.kind === 'inconclusive' ? [outcome.failure] : [],
  );
  const instead = one.kind === 'open' ? 'it was not repeated' : 'it was skipped then';
  const why = ours?.message ?? instead;
  if (failure === undefined) {
    const says = isCovered ? 'advice' : 'inconclusive';
    const because = `could not be told: ${why}`;
    return [{ code: 'our-side', says, ...placeOf(seen, ours), because, runs: idsOf(runs) }];
  }
  const because = `failed (${failure.message}), and whether by accident could not be told: ${why}`;
  const unconfirmed = { code: 'not-confirmed', says: 'inconclusive', because } as const;
  return [{ ...unconfirmed, ...placeOf(seen, failure), runs: idsOf(runs) }];
}

export function notUndone(run: RunReport): readonly Finding[] {
  const { compensation, runId } = run;
  if (compensation.kind === 'clean') return [];
  const because = `the clean-up is ${compensation.kind}: ${compensation.reason ?? 'unknown'}`;
  return [{ code: 'not-undone', says: 'inconclusive', ...placeOf(run), because, runs: [runId] }];
}

export function placeOf(
  { tenant, scenario, transport }: Series,
  failure?: Failure,
): Pick<Finding, 'tenant' | 'scenario' | 'transport' | 'step'> {
  const step = failure?.step;
  return { tenant, scenario, transport, ...(step === undefined ? {} : { step }) };
}

const idsOf = (runs: readonly RunReport[]): readonly string[] => runs.map(({ runId }) => runId);
