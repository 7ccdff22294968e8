/**
 * Run reports as troubles: what is wrong now, since when, in how many of the last runs, and what was seen around them. The
 * detector says what is unusual; this knows the runs.
 */
import { z } from 'zod';
import { troubleSchema } from '../../domain/incident.ts';
import type { RunReport } from '../../domain/report.ts';
import type { Detector } from '../baseline/detector.ts';
import { standingOf } from '../baseline/standing.ts';
import { usualOf } from '../baseline/usual.ts';
import { isOver, paceSchema, ratioOf, withPace } from './pace.ts';
import { isFailed, isWell, type RecentRun, recentRunSchema, SET_UP, withRun } from './recent.ts';
import { type Seen, troubleIn } from './troubles.ts';

/** What is remembered of one tenant, scenario and transport. */
export const watchedSchema = z
  .strictObject({
    v: z.literal(1),
    /** Those that passed or failed, oldest first. */
    recent: z.array(recentRunSchema).readonly(),
    /** A second run, asked for because one had failed alone, has failed too. */
    isConfirmed: z.boolean(),
    /** Of the step that leads, how its last runs compare with usual. */
    pace: paceSchema,
    trouble: troubleSchema.exactOptional(),
  })
  .readonly();

export type Watched = z.infer<typeof watchedSchema>;

/** As before the first run. */
export const unwatched: Watched = {
  v: 1,
  recent: [],
  isConfirmed: false,
  pace: { step: '', ratios: [] },
};

interface Feeding {
  /** Between two slots. */
  readonly intervalMinutes: number;
  /** A deployment goes out: what is seen meanwhile is judged, and not learned. */
  readonly isGoingOut: boolean;
}

export interface PlayedAs {
  readonly scenario: string;
  readonly transport: string;
  readonly wire: string;
  readonly revision: string;
}

/** The name under which the detector knows what is played alike: another revision or wire is another scenario to it. */
function seriesName({ scenario, transport, wire, revision }: RunReport): string {
  return [scenario, transport, wire, revision].join('|');
}

/** What `seriesName` made a name of. */
export function playedAs(name: string): PlayedAs {
  const [scenario = '', transport = '', wire = '', revision = ''] = name.split('|');
  return { scenario, transport, wire, revision };
}

/**
 * Tells the detector what a run showed: how long each measured step took, or at which it failed. Answers the steps that have
 * been slow for so long that they are normal from now on.
 */
export function feed(
  detector: Detector,
  report: RunReport,
  { intervalMinutes, isGoingOut }: Feeding,
): readonly string[] {
  const { tenant, outcome, steps, contaminated } = report;
  forgetOthers(detector, report);
  const line = {
    ...{ t: Date.parse(report.finishedAt), tenant, scenario: seriesName(report) },
    ...{ intervalMinutes, learns: !isGoingOut },
  };
  if (outcome.kind === 'failed') {
    detector.probe({ ...line, step: outcome.failure.step ?? SET_UP, ok: false, ms: 0 });
    return [];
  }
  if (outcome.kind !== 'passed' || contaminated) return [];
  const measured = steps.filter(({ phase }) => phase === 'measured');
  const found = measured.flatMap(
    ({ name, durationMs: ms }) => detector.probe({ ...line, step: name, ok: true, ms }) ?? [],
  );
  return found.flatMap((one) => ('type' in one && one.type === 'accepted' ? one.step : []));
}

/** What was played before in another revision or over another wire is not played any more. */
function forgetOthers(detector: Detector, report: RunReport): void {
  const name = seriesName(report);
  const scenarios = detector.fleet.tenants.get(report.tenant)?.scenarios;
  if (scenarios === undefined || scenarios.has(name)) return;
  const before = `${report.scenario}|${report.transport}|`;
  for (const other of [...scenarios.keys()]) if (other.startsWith(before)) scenarios.delete(other);
}

/** After `feed`. Undefined of a run that tells nothing of its tenant: what was known stands. */
export function watch(
  before: Watched | undefined,
  report: RunReport,
  detector: Detector,
): Watched | undefined {
  const { kind } = report.outcome;
  if (kind !== 'passed' && kind !== 'failed') return undefined;
  const { tenant, scenario, transport } = report;
  const recent = withRun(before?.recent ?? [], report);
  const isConfirmed = confirmed(before, report, recent);
  const { standing, step, nowMs, usual } = leading(report, detector);
  const pace = withPace(before?.pace, { step, ratio: ratioOf(nowMs, usual), standing });
  const trouble = troubleIn({
    ...{ series: { tenant, scenario, transport }, recent, isConfirmed, standing, nowMs, usual },
    before: before?.trouble,
    isOver: isOver(pace, standing),
  });
  return { v: 1, recent, isConfirmed, pace, ...(trouble === undefined ? {} : { trouble }) };
}

/** What the detector thinks of the scenario, and how long the step took that it thinks of. */
function leading(
  report: RunReport,
  detector: Detector,
): Pick<Seen, 'standing' | 'nowMs' | 'usual'> & { readonly step: string } {
  const { tenant, steps, finishedAt } = report;
  const scenario = seriesName(report);
  const standing = standingOf(detector.fleet, tenant, scenario);
  const step = standing?.step ?? '';
  const nowMs = steps.find((one) => one.name === step)?.durationMs;
  const atMs = Date.parse(finishedAt);
  return { standing, step, nowMs, usual: usualOf(detector, { tenant, scenario, step, atMs }) };
}

/** Until as many runs in a row passed as end it. */
function confirmed(
  before: Watched | undefined,
  report: RunReport,
  recent: readonly RecentRun[],
): boolean {
  if (before === undefined) return false;
  const isSecond = report.confirms !== undefined && report.outcome.kind === 'failed';
  return (isSecond && before.recent.some(isFailed)) || (before.isConfirmed && !isWell(recent));
}
