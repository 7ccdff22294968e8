/** Whether enough was played to let a deployment through: a run that was skipped proves nothing. */
import type { Finding } from '../../domain/gate.ts';
import type { Policy } from '../../domain/policy.ts';
import { groupBy } from '../../lib/group.ts';
import { resolvedRuns } from './attempts.ts';
import { placeOf, type SeriesSeen } from './series.ts';

/** Why a series was not played; undefined when it was, or has not been tried. */
export function skippedBecause({ runs }: SeriesSeen): string | undefined {
  const [first] = runs;
  if (first?.outcome.kind !== 'skipped') return undefined;
  return runs.every(({ outcome }) => outcome.kind === 'skipped') ? first.outcome.reason : undefined;
}

/** At least one of its runs came to a result about the tenant. */
function isTold({ runs }: SeriesSeen): boolean {
  return resolvedRuns(runs).some(({ kind }) => ['passed', 'failed', 'intermittent'].includes(kind));
}

/** Whether enough of what was not skipped came to a result, and anything at all did. */
export function isCovered(series: readonly SeriesSeen[], { coverage }: Policy): boolean {
  const played = playedIn(series);
  const told = played.filter(isTold).length;
  return told > 0 && told / played.length >= coverage.ratio;
}

/** `named`: scenarios that somebody asked for by name may not be skipped either. */
export function coverageFindings(
  series: readonly SeriesSeen[],
  policy: Policy,
  named: readonly string[],
): readonly Finding[] {
  if (playedIn(series).length === 0) return [nothingRan(series)];
  return [
    ...(isCovered(series, policy) ? [] : [tooFew(series, policy)]),
    ...skippedFindings(series, [...policy.coverage.scenarios, ...named]),
  ];
}

const playedIn = (series: readonly SeriesSeen[]): readonly SeriesSeen[] =>
  series.filter((one) => skippedBecause(one) === undefined);

function nothingRan(series: readonly SeriesSeen[]): Finding {
  const reasons = new Set(series.flatMap((one) => skippedBecause(one) ?? []));
  const why = reasons.size === 0 ? '' : `: ${[...reasons].join('; ')}`;
  return { code: 'nothing-ran', says: 'inconclusive', because: `nothing ran${why}`, runs: [] };
}

function tooFew(series: readonly SeriesSeen[], { coverage }: Policy): Finding {
  const played = playedIn(series);
  const told = played.filter(isTold).length;
  const wanted = Math.round(coverage.ratio * 100);
  const because = `${told} of ${played.length} came to a result, and the policy wants ${wanted} %`;
  return { code: 'coverage', says: 'inconclusive', because, runs: [] };
}

function skippedFindings(
  series: readonly SeriesSeen[],
  required: readonly string[],
): readonly Finding[] {
  const byScenario = groupBy(series, ({ tenant, scenario }) => `${tenant}|${scenario}`);
  return [...byScenario.values()].flatMap((over) => {
    // Over one of its transports is enough for what is required.
    const isRequired = required.includes(over[0]?.scenario ?? '') && !over.some(isTold);
    return over
      .filter((one) => isRequired || (isSkipped(one) && hasPassed(one)))
      .map((one): Finding => {
        const why = isRequired ? 'has to come to a result' : 'passed before the deployment';
        const skipped = skippedBecause(one);
        const how = skipped === undefined ? 'came to none' : `was skipped: ${skipped}`;
        const runs = one.runs.map(({ runId }) => runId);
        const because = `${why}, and ${how}`;
        return { code: 'coverage', says: 'inconclusive', ...placeOf(one), because, runs };
      });
  });
}

const isSkipped = (one: SeriesSeen): boolean => skippedBecause(one) !== undefined;
const hasPassed = ({ before }: SeriesSeen): boolean =>
  before.some(({ failure }) => failure === undefined);
