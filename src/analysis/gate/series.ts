/** What a gate knows of one tenant, scenario and transport, and what its runs say by the policy, latency apart. */
import type { Failure } from '../../domain/failure.ts';
import type { Finding } from '../../domain/gate.ts';
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
  const failed = resolved.filter((one) => one.kind === 'failed');
  const first = failed.filter(
    ({ failure }, index) =>
      !failed.slice(0, index).some((earlier) => isAlike(earlier.failure, failure)),
  );
  return first.map(({ failure, runs }) => {
    const broken = brokenBefore(seen.before, failure);
    const { says, code } = broken
      ? ({ says: 'hold', code: 'already-broken' } as const)
      : decided(seen, failure, policy);
    const when = broken ? 'failed alike before the deployment' : 'failed, and again when repeated';
    return {
      ...{ code, says },
      ...placeOf(seen, failure),
      because: `${when}: ${failure.message}`,
      runs: idsOf(runs),
    };
  });
}

function decided(
  { scenario }: SeriesSeen,
  failure: Failure,
  policy: Policy,
): Pick<Finding, 'says' | 'code'> {
  const code = failure.code === CODE_OF_LOSS ? 'lost-capability' : 'failure';
  const criterion = criterionFor(policy, code, { scenario, step: failure.step });
  if (criterion === undefined) return { code, says: 'hold' };
  return { code, says: criterion.level === 'blocking' ? 'rollback' : 'advice' };
}

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
  if (one.kind !== 'unclear') return [];
  const ours = one.runs.flatMap(({ outcome }) =>
    outcome.kind === 'inconclusive' ? [outcome.failure] : [],
  );
  const why = ours[0]?.message ?? 'it could not be told';
  const unconfirmed = one.failure !== undefined;
  return [
    {
      code: unconfirmed ? 'not-confirmed' : 'our-side',
      says: isCovered && !unconfirmed ? 'advice' : 'inconclusive',
      ...placeOf(seen, one.failure ?? ours[0]),
      because: unconfirmed
        ? `failed (${one.failure.message}), and whether it is an accident could not be told: ${why}`
        : `could not be told: ${why}`,
      runs: idsOf(one.runs),
    },
  ];
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
