/** Makes an incident of a draft: whether it is silenced, who may have caused it, whose it is, and how it reads. */
import type { Deployment } from '../domain/deployment.ts';
import type { Decision, Incident } from '../domain/incident.ts';
import type { Silence } from '../domain/silence.ts';
import type { Asked } from './confirm.ts';
import { decided } from './decisions.ts';
import type { Draft } from './dedupe.ts';
import { type Critical, type Route, route } from './route.ts';
import type { Places } from './scope.ts';
import { silenced } from './silence.ts';
import { suspectsOf } from './suspects.ts';
import { cardOf } from './text.ts';

interface Known {
  readonly nowMs: number;
  readonly places: Places;
  readonly troubled: ReadonlySet<string>;
  readonly deployments: readonly Deployment[];
  readonly silences: readonly Silence[];
  readonly critical: Critical;
  readonly asked: Asked;
  readonly runbooks: string | undefined;
}

const ORDER = ['silence', 'confirm', 'correlate', 'dedupe', 'route', 'deliver'] as const;

export function complete(draft: Draft, known: Known): Incident {
  const { id, scope, beganMs, foundMs, resolvedMs, parts, before } = draft;
  const hush = hushOf(draft, known);
  const suspects = suspectsOf({ beganMs, parts }, known.deployments);
  const routed = route(draft, known.critical);
  const { severity, owner, layers } = routed;
  const made = [
    ...draft.made,
    ...confirmedBy(draft, known.asked),
    ...hushed(before, hush),
    ...routedTo(before, routed),
  ]
    .map((one): Decision => ({ atMs: known.nowMs, ...one }))
    .toSorted((a, b) => ORDER.indexOf(a.stage) - ORDER.indexOf(b.stage));
  return {
    ...{ v: 1, id, scope, beganMs, foundMs },
    ...(resolvedMs === undefined ? {} : { resolvedMs }),
    ...{ severity, owner, layers, parts, suspects },
    ...cardOf({ ...known, draft, layers, suspects }),
    silenced: hush.silenced,
    decisions: made.reduce(decided, before?.decisions ?? []),
  };
}

type Hush = ReturnType<typeof silenced>;
type Made = Omit<Decision, 'atMs'> & { readonly atMs?: number };

/** One that is about to be over stays as it is. */
function hushOf({ before, now, quiet }: Draft, { silences, nowMs }: Known): Hush {
  if (before === undefined || !quiet) return silenced(now, silences, nowMs);
  return { silenced: before.silenced, because: '' };
}

function hushed(before: Incident | undefined, hush: Hush): readonly Made[] {
  if (before?.silenced === hush.silenced) return [];
  const decision = hush.silenced ? 'hold it back' : 'let it through';
  return [{ stage: 'silence', decision, because: hush.because }];
}

/** Of a new one: which run was asked to be played again, or how many runs showed it. */
function confirmedBy({ before, parts }: Draft, asked: Asked): readonly Made[] {
  if (before !== undefined) return [];
  const [{ runs, scenario, tenant }] = parts;
  const request = asked.get(tenant);
  const again: readonly Made[] =
    request?.scenario === scenario
      ? [
          {
            ...{ stage: 'confirm', decision: `play ${scenario} at ${tenant} again` },
            ...{ because: request.because, atMs: request.atMs },
          },
        ]
      : [];
  const shown = `${runs.bad} of the last ${runs.of} runs showed it`;
  return [...again, { stage: 'confirm', decision: 'believe it', because: shown }];
}

function routedTo(before: Incident | undefined, routed: Route): readonly Made[] {
  const { severity, owner, layers, because } = routed;
  const same =
    before?.severity === severity && before.owner === owner && before.layers[0] === layers[0];
  return same ? [] : [{ stage: 'route', decision: `a ${severity} for ${owner}`, because }];
}
