/** The part of a run that can pass or fail: sign in, set up, the scenario's own code, and the proof that it ended. */
import { Failed } from '../domain/failure.ts';
import { scenarioId } from '../domain/ids.ts';
import {
  judge,
  lostCapability,
  type Missing,
  missingText,
  type Readiness,
  sameNeeds,
} from '../domain/readiness.ts';
import type { Fixtures, WebClient } from '../scenario/index.ts';
import type { Access } from './access.ts';
import { assess, needsIn } from './assess.ts';
import { Skip } from './boundary.ts';
import { unmetConditions } from './conditions.ts';
import { scenarioContext } from './context.ts';
import { partnerOf } from './exchange/partner.ts';
import type { Partner } from './exchange/way.ts';
import { type FixtureSearch, findFixtures, missingFixtures } from './fixtures.ts';
import { findOpenDocuments } from './open-documents.ts';
import type { Follow } from './ports.ts';
import type { RunState } from './run-state.ts';

/** What the browser loads first where the scenario names nothing else. */
const HOME = '/odoo/sales';

/** So many runs of a tenant may be overdue before nothing more is written there. */
const MOST_OVERDUE = 3;

/** Throws Skip, Failed, or whatever the scenario throws; returns only when everything declared was done. */
export async function perform(state: RunState, signal: AbortSignal): Promise<void> {
  const { run, engine, steps } = state;
  const { tenant, scenario } = run;
  const call = { timeoutMs: tenant.limits.callMs, signal };
  const follow: Follow = (name, own, work) => state.calls.follow(name, own, work);
  const session = await steps.time('set-up', 'sign in', () => engine.signIn(tenant, call, follow));
  state.session = session;
  const access = state.access(session, signal);
  const [fixtures] = await bothEnded(
    steps.time('set-up', 'set up', () => setUp(state, access)),
    // Meanwhile: it writes nothing either, and neither needs what the other finds.
    run.transport === 'browser' ? openBrowser(state, signal) : undefined,
  );
  const { plans } = state;
  const written = (): boolean => state.calls.written;
  const partner = (web: () => WebClient): Partner => partnerOf(state, access, { web, signal });
  const parts = { access, fixtures, plans, steps, signal, partner, written };
  const context = scenarioContext(run, parts);
  state.inScenario = true;
  await scenario.run(context);
  state.inScenario = false;
  steps.requireAll(scenario.steps);
  requireReadBack(state);
}

async function setUp(state: RunState, access: Access): Promise<Fixtures> {
  const { tenant, scenario } = state.run;
  const [search, known] = await Promise.all([
    findFixtures(access),
    state.begun === undefined
      ? state.engine.readiness.get(tenant.id, scenarioId(scenario.id))
      : state.begun.readiness,
  ]);
  const found = await requireReady(state, access, { search, known });
  state.companyId = found.companyId;
  const writes = state.run.scenario.consent !== 'read-only';
  if (writes) await refuseOverdue(state, access, found.companyId);
  await requireConditions(state, access, found);
  return found;
}

async function openBrowser({ steps, engine, run }: RunState, signal: AbortSignal): Promise<void> {
  const { signedOut = false, opens = HOME } = run.scenario;
  const options = { timeoutMs: run.tenant.limits.callMs, signal, signedOut };
  const web = await steps.time('set-up', 'open browser', () => engine.openWeb(run.tenant, options));
  steps.web = web;
  if (!signedOut) await steps.time('set-up', 'load web client', () => web.load(opens));
}

/** Like `Promise.all`, but a failure waits for the other: nothing goes on behind its back. */
async function bothEnded<A, B>(a: Promise<A>, b: B): Promise<[A, Awaited<B>]> {
  await Promise.allSettled([a, b]);
  return await Promise.all([a, b]);
}

/** Throws Skip when the tenant never offered what the scenario needs, Failed when it offered it once. */
async function requireReady(
  state: RunState,
  access: Access,
  seen: { readonly search: FixtureSearch; readonly known: Readiness | undefined },
): Promise<Fixtures> {
  const { tenant, scenario } = state.run;
  const { search } = seen;
  const needs = needsIn(tenant, scenario.needs);
  const known = sameNeeds(seen.known, needs);
  const lacking = missingFixtures(search, tenant, needs);
  const nothingLacks = lacking.length === 0 && known?.missing.length === 0;
  if (nothingLacks && search.kind === 'found') return search.fixtures;
  const missing = [...lacking, ...(await assess(access, needs))];
  const readiness = judge(known, needs, missing);
  await state.engine.readiness.put(tenant.id, scenarioId(scenario.id), readiness);
  if (search.kind === 'found' && missing.length === 0) return search.fixtures;
  throw readiness.everReady ? new Failed(lostCapability(missing)) : new Skip(missingText(missing));
}

/** Throws Skip, before anything is written. */
async function requireConditions(
  { run, engine }: RunState,
  access: Access,
  fixtures: Fixtures,
): Promise<void> {
  const { timeZone, edi } = run.tenant;
  const at = { fixtures, timeZone, edi, nowMs: engine.clock.now() };
  const unmet = await unmetConditions(access, run.scenario.needs, at);
  if (unmet.length > 0) throw new Skip(unmet.join('; '));
}

async function refuseOverdue(state: RunState, access: Access, companyId: number): Promise<void> {
  const { tenant } = state.run;
  const { looks } = state.engine;
  const few = (count = MOST_OVERDUE): boolean => count < MOST_OVERDUE;
  if (few(looks.overdueRuns(tenant))) return;
  // Nobody has looked lately, or somebody may have swept since.
  looks.note(tenant, await findOpenDocuments(access, companyId));
  const count = looks.overdueRuns(tenant);
  if (few(count)) return;
  throw new Skip(`${count} runs are overdue and not swept (run: orderwatch sweep)`);
}

/** A run that wrote passes only when it read what it wrote afterwards. */
function requireReadBack({ calls }: RunState): void {
  if (calls.unread.size === 0) return;
  const models = [...calls.unread].join(', ');
  const message = `written last and never read back: ${models}`;
  throw new Failed({ code: 'scenario.no-read-back', blame: 'scenario', message });
}

/**
 * What a failure that looks like a missing capability really was: lost by the tenant, or never declared by
 * the scenario. Answers undefined when the tenant cannot say.
 */
export async function explainMissing(
  state: RunState,
  access: Access,
): Promise<readonly Missing[] | undefined> {
  try {
    const { tenant, scenario } = state.run;
    return await assess(access, needsIn(tenant, scenario.needs));
  } catch {
    return undefined;
  }
}
