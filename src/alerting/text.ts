/** What a person reads of an incident: one line to know it by, and what is needed to act on it. */
import type { Layer } from '../domain/failure.ts';
import type { Incident, Scope, Suspect, Trouble } from '../domain/incident.ts';
import { runbookOf } from '../domain/runbook.ts';
import type { Draft } from './dedupe.ts';
import { distinct, type Place, type Places } from './scope.ts';
import { measuredText, subjectOf, troubleText } from './trouble-text.ts';
import { type Clockface, capitalised, clockfaceOf, listText, timeText } from './words.ts';

interface About {
  readonly draft: Draft;
  readonly layers: readonly Layer[];
  readonly suspects: readonly Suspect[];
  readonly places: Places;
  /** All tenants that are in trouble now, here or elsewhere. */
  readonly troubled: ReadonlySet<string>;
  /** A URL to which a layer is appended. */
  readonly runbooks: string | undefined;
}

type Card = Pick<Incident, 'title' | 'text'>;

/** More names than that are counted. */
const NAMED = 6;
/** Below this weight a deployment is listed as a suspect, and not named in the text. */
const NAMED_WEIGHT = 0.15;

export function cardOf(about: About): Card {
  const { now, before, resolvedMs, beganMs, quiet } = about.draft;
  const clock = clockfaceOf(zonesOf(now, about.places));
  if (before !== undefined && quiet) {
    if (resolvedMs === undefined) return { title: before.title, text: before.text };
    const minutes = Math.round((resolvedMs - beganMs) / 60_000);
    const after = minutes === 1 ? '1 minute' : `${minutes} minutes`;
    const over = `Over since ${timeText(clock, resolvedMs, beganMs)}, after ${after}.`;
    return { title: before.title, text: `${over} Before: ${before.text}` };
  }
  const sentences = [
    leadOf(about, clock),
    layerText(about),
    suspectText(about, clock),
    ...othersText(about),
    `Next: ${runbookText(about.layers, about.runbooks)}`,
  ];
  return { title: titleOf(about), text: sentences.join(' ') };
}

function runbookText([layer]: readonly Layer[], runbooks: string | undefined): string {
  return runbooks === undefined
    ? `runbook "${layer ?? 'unknown'}".`
    : `runbook ${runbookOf(runbooks, layer ?? 'unknown')}`;
}

function titleOf({ draft: { now, scope }, places }: About): string {
  const [gravest] = now;
  const { subject, many } = whoOf(now, scope, places);
  return subject === undefined
    ? capitalised(troubleText(gravest))
    : `${subject} ${verb(now, many, 'present')}`;
}

function leadOf({ draft: { now, scope }, places }: About, clock: Clockface): string {
  const [gravest] = now;
  const sinceMs = Math.min(...now.map((one) => one.sinceMs));
  const since = timeText(clock, sinceMs, Math.max(...now.map(({ atMs }) => atMs)));
  const { bad, of } = gravest.runs;
  const runs = of === 0 ? '' : `, ${runsText(bad, of)}`;
  const { subject, many, names } = whoOf(now, scope, places);
  if (subject === undefined) {
    const began = runs === '' ? `It began at ${since}.` : `Since ${since}${runs}.`;
    return `${capitalised(measuredText(gravest))}. ${began}`;
  }
  const who = names === undefined ? '' : `: ${names}`;
  const all = `${subject} ${verb(now, many, 'perfect')} since ${since}${who}.`;
  return `${all} Worst: ${measuredText(gravest)}${runs}.`;
}

interface Who {
  /** Absent where a single trouble says it all. */
  readonly subject?: string;
  readonly many: boolean;
  readonly names?: string;
}

function whoOf(now: readonly Trouble[], scope: Scope, places: Places): Who {
  const tenants = distinct(now.map(({ tenant }) => tenant)).toSorted();
  const [first = ''] = tenants;
  if (scope.kind === 'step' || scope.kind === 'tenant') {
    const what = distinct(now.map((one) => subjectOf(one)));
    if (what.length === 1) return { many: false };
    return { subject: `${capitalised(listText(what, 4))} at ${first}`, many: true };
  }
  const all = [...places.values()].filter((one) => liesIn(scope, one));
  const subject = `${shareText(tenants.length, all.length)} tenants ${whereOf(scope, all)}`;
  return { subject, many: tenants.length !== 1, names: listText(tenants, NAMED) };
}

/** `6 of the last 6 runs`. */
function runsText(bad: number, of: number): string {
  return of === 1 ? 'in the last run' : `${bad} of the last ${of} runs`;
}

function shareText(some: number, all: number): string {
  if (some < all) return `${some} of ${all}`;
  return all === 2 ? 'Both' : `All ${all}`;
}

function liesIn(scope: Scope, { platform }: Place): boolean {
  return scope.kind !== 'platform' || platform[scope.part] === scope.name;
}

function whereOf(scope: Scope, all: readonly Place[]): string {
  if (scope.kind === 'platform') {
    return scope.part === 'cluster' ? `in cluster ${scope.name}` : `on ${scope.name}`;
  }
  const clusters = distinct(all.map(({ platform }) => platform.cluster)).length;
  return clusters === 1 ? 'in 1 cluster' : `in ${clusters} clusters`;
}

const VERBS = {
  present: { fail: ['fails', 'fail'], slow: ['is slow', 'are slow'] },
  perfect: { fail: ['has failed', 'have failed'], slow: ['has been slow', 'have been slow'] },
} as const;

function verb(now: readonly Trouble[], many: boolean, tense: keyof typeof VERBS): string {
  const at = many ? 1 : 0;
  const { fail, slow } = VERBS[tense];
  const failing = now.some(({ kind }) => kind === 'failures');
  const slowing = now.some(({ kind }) => kind !== 'failures');
  if (!slowing) return fail[at];
  if (!failing) return slow[at];
  return tense === 'present' ? `${fail[at]} or ${slow[at]}` : `${fail[at]} or been slow`;
}

function layerText({ layers, draft: { now } }: About): string {
  const [layer] = layers;
  const telling = now.find((one) => one.layers[0] === layer && one.because !== '');
  const seen = telling === undefined ? '' : ` (${telling.because})`;
  return layer === undefined ? `Layer: not known${seen}.` : `Layer: ${layers.join(' or ')}${seen}.`;
}

function suspectText({ suspects: [first], draft: { now } }: About, clock: Clockface): string {
  if (first === undefined) return 'No recorded change.';
  if (first.weight < NAMED_WEIGHT) return 'No recorded change shortly before.';
  const lastMs = Math.max(...now.map(({ atMs }) => atMs));
  return `Release ${first.version} went out at ${timeText(clock, first.atMs, lastMs)}.`;
}

/** Whether others on the same host, or elsewhere, are well. */
function othersText({ draft: { now, scope }, places, troubled }: About): readonly string[] {
  const own = new Set(now.map((one) => one.tenant));
  const host =
    scope.kind === 'step' || scope.kind === 'tenant'
      ? places.get(now[0].tenant)?.platform.databaseHost
      : undefined;
  const beside = [...places.values()]
    .filter(
      ({ id, platform }) =>
        !own.has(id) && (host ?? platform.databaseHost) === platform.databaseHost,
    )
    .map(({ id }): string => id);
  if (beside.length === 0) return [];
  const where = host === undefined ? '' : ` on ${host}`;
  const bad = beside.filter((id) => troubled.has(id)).toSorted();
  if (bad.length > 0) return [`Also in trouble${where}: ${listText(bad, NAMED)}.`];
  return [
    beside.length === 1
      ? `The other tenant${where} is normal.`
      : `Other tenants${where} are normal.`,
  ];
}

const zonesOf = (now: readonly Trouble[], places: Places): readonly string[] =>
  now.map(({ tenant }) => places.get(tenant)?.timeZone ?? 'UTC');
