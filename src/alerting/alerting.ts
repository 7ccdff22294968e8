/** One turn from what observers see wrong to incidents, re-runs and notices: the stages in their order, without any I/O. */
import { isDeepStrictEqual } from 'node:util';
import type { Deployment } from '../domain/deployment.ts';
import type { Incident, Trouble } from '../domain/incident.ts';
import type { Silence } from '../domain/silence.ts';
import { unscheduledSlot } from '../domain/slot.ts';
import { complete } from './complete.ts';
import { type Asked, type Confirmation, confirm } from './confirm.ts';
import { correlate, type Group } from './correlate.ts';
import { decided, mergedInto } from './decisions.ts';
import { BACK_MS, dedupe } from './dedupe.ts';
import { type Notice, newsOf } from './notice.ts';
import { alertsOf, keyOf } from './parts.ts';
import type { Critical } from './route.ts';
import { type Place, type Places, placesOf } from './scope.ts';

/** An incident ends when nothing of it was in trouble for so long: a change of owner among observers takes less. */
const QUIET_MS = 30_000;

export interface TurnInput {
  readonly nowMs: number;
  /** All that observers say is wrong now, also below score 1. */
  readonly troubles: readonly Trouble[];
  /** Those that are played: half of a host's tenants is half of these. */
  readonly tenants: readonly Place[];
  readonly deployments: readonly Deployment[];
  readonly silences: readonly Silence[];
  /** Incidents that are not resolved. */
  readonly open: readonly Incident[];
  /** Those resolved in the last hour: one that comes back is the same. */
  readonly recent: readonly Incident[];
  /** Whether an objective of level critical names this scenario. */
  readonly critical: Critical;
}

export interface TurnResult {
  /** New and changed ones, to be stored before anybody is told. */
  readonly incidents: readonly Incident[];
  readonly confirmations: readonly Confirmation[];
  readonly notices: readonly Notice[];
}

interface Context extends TurnInput {
  readonly places: Places;
  /** By key. */
  readonly alerts: ReadonlyMap<string, Trouble>;
  /** Tenants. */
  readonly troubled: ReadonlySet<string>;
  readonly newId: () => string;
  readonly asked: Asked;
  readonly runbooks: string | undefined;
}

/** An incident before and after, and whether anybody is to be told. */
interface Folded {
  readonly before: Incident | undefined;
  readonly incident: Incident;
  readonly notice?: Notice;
}

export class Alerting {
  readonly #runbooks: string | undefined;
  #asked: Asked = new Map();
  /** By id of an open incident, since when nothing of it is in trouble. */
  #quiet: ReadonlyMap<string, number> = new Map();
  #confirmations = 0;

  /** `runbooks` is a URL to which a layer is appended. */
  constructor({ runbooks }: { readonly runbooks?: string | undefined } = {}) {
    this.#runbooks = runbooks;
  }

  /** The same turn again, with what it answered in place, answers nothing. */
  turn(input: TurnInput): TurnResult {
    const places = placesOf(input.tenants);
    const asking = confirm({ ...input, places }, this.#asked);
    this.#asked = asking.asked;
    this.#confirmations += asking.confirmations.length;
    this.#quiet = quietOf(input, this.#quiet);
    const alerts = alertsOf(input.troubles);
    const context = {
      ...{ ...input, places, alerts, asked: asking.asked, runbooks: this.#runbooks },
      troubled: new Set([...alerts.values()].map(({ tenant }) => tenant)),
      newId: idsOf(input),
    };
    const back = input.recent.filter((one) => isBack(one, input));
    const folded = correlate({ ...context, back }).flatMap((group) => this.#fold(group, context));
    const changed = folded.filter((one) => !isDeepStrictEqual(one.before, one.incident));
    return {
      incidents: changed.map(({ incident }) => incident),
      confirmations: asking.confirmations,
      notices: changed.flatMap(({ notice }) => notice ?? []),
    };
  }

  /** Re-runs asked for since the process began. */
  get confirmations(): number {
    return this.#confirmations;
  }

  #fold(group: Group, context: Context): readonly Folded[] {
    const { nowMs } = context;
    const quietMs = this.#quietMs(group);
    const overMs = quietMs !== undefined && nowMs - quietMs >= QUIET_MS ? quietMs : undefined;
    const { draft, merged } = dedupe(group, { ...context, overMs });
    const [, ...others] = group.open;
    return [
      ...merged.map((incident, at) => told(others[at], incident, nowMs)),
      told(draft.before, complete(draft, context), nowMs),
    ];
  }

  /** Since when nothing of all its incidents is in trouble; undefined while something is. */
  #quietMs({ open, parts }: Group): number | undefined {
    const since = open.map(({ id }) => this.#quiet.get(id));
    // A part that no incident holds is new.
    const held = new Set(open.flatMap((one) => one.parts.map(keyOf)));
    if (since.includes(undefined) || parts.some((one) => !held.has(keyOf(one)))) return undefined;
    return Math.max(...since.map((ms) => ms ?? 0));
  }
}

function quietOf(
  { nowMs, troubles, open }: TurnInput,
  before: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const lasting = new Set(troubles.map(keyOf));
  const quiet = open.filter(({ parts }) => !parts.some((one) => lasting.has(keyOf(one))));
  return new Map(quiet.map(({ id }) => [id, before.get(id) ?? nowMs]));
}

/** What begins after a deployment is something else, however alike it is. */
function isBack(incident: Incident, { nowMs, deployments }: TurnInput): boolean {
  const { resolvedMs = 0, parts } = incident;
  const isNewer = deployments.some(
    ({ atMs, tenants }) =>
      atMs > resolvedMs && parts.some(({ tenant }) => tenants.includes(tenant)),
  );
  return resolvedMs >= nowMs - BACK_MS && mergedInto(incident) === undefined && !isNewer;
}

/** None that is taken: a turn may be played twice within a millisecond. */
function idsOf({ nowMs, open, recent }: TurnInput): () => string {
  const taken = new Set([...open, ...recent].map(({ id }) => id));
  let counter = 0;
  return () => {
    for (;;) {
      const id = unscheduledSlot(nowMs, counter);
      counter += 1;
      if (!taken.has(id)) return id;
    }
  };
}

function told(before: Incident | undefined, after: Incident, nowMs: number): Folded {
  const news = newsOf(before, after);
  if (news === undefined) return { before, incident: after };
  const { state, because } = news;
  const decision = state === 'firing' ? `tell it as a ${after.severity}` : 'tell that it is over';
  const incident = {
    ...after,
    decisions: decided(after.decisions, { atMs: nowMs, stage: 'deliver', decision, because }),
  };
  return { before, incident, notice: { incident, state } };
}
