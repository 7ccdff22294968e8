/** Builds what a scenario sees of its run; everything it may do goes through here. */
import { Failed } from '../domain/failure.ts';
import type { Fixtures, ScenarioContext } from '../scenario/context.ts';
import type { WebClient } from '../scenario/web.ts';
import type { Access } from './access.ts';
import { Skip } from './boundary.ts';
import type { Partner } from './exchange/way.ts';
import type { Plans } from './plan.ts';
import type { WebSession } from './ports.ts';
import type { Run } from './run-state.ts';
import type { StepRecorder } from './steps.ts';

export function scenarioContext(
  run: Run,
  parts: {
    readonly access: Access;
    readonly fixtures: Fixtures;
    readonly plans: Plans;
    readonly steps: StepRecorder;
    readonly signal: AbortSignal;
    readonly partner: (web: () => WebClient) => Partner;
    /** Whether this run has written. */
    readonly written: () => boolean;
  },
): ScenarioContext {
  const { access, plans, steps } = parts;
  return {
    runId: plans.entry.runId,
    mark: plans.entry.mark,
    transport: run.transport,
    tenant: { id: run.tenant.id, timeZone: run.tenant.timeZone },
    fixtures: parts.fixtures,
    ...ediOf(run),
    odoo: access,
    signal: parts.signal,
    step: async (name, body) => {
      steps.requireNext(run.scenario.steps, name);
      return await steps.time('measured', name, body);
    },
    setUp: async (name, body) => {
      steps.requireOutside(name);
      return await steps.time('set-up', name, body);
    },
    browse: (work) => browse(webOf(run, steps), work),
    plan: async (model) => {
      if (run.scenario.consent === 'read-only') throw readOnly(model);
      const web = (): WebClient => webOf(run, steps).client;
      return await plans.plan({ access, web, partner: () => parts.partner(web) }, model);
    },
    expect: (what, seen, wanted) => {
      if (seen !== wanted) throw unexpected(`${what} is ${String(seen)}, not ${String(wanted)}`);
    },
    need: (what, value) => {
      if (value === undefined) throw unexpected(`${what} is not there`);
      return value;
    },
    fail: ({ code, blame, layer = 'data', message }) => {
      throw new Failed(
        blame === 'target' ? { code, blame, layer, message } : { code, blame, message },
      );
    },
    skip: (reason) => {
      throw parts.written() ? lateSkip(reason) : new Skip(reason);
    },
  };
}

function ediOf({ tenant: { edi } }: Run): Pick<ScenarioContext, 'edi'> {
  return edi === undefined ? {} : { edi: { syntax: edi.syntax, channel: edi.channel.kind } };
}

function lateSkip(reason: string): Failed {
  const message = `skipped after it wrote: ${reason}`;
  return new Failed({ code: 'scenario.late-skip', blame: 'scenario', message });
}

async function browse(web: WebSession, work: (web: WebClient) => Promise<void>): Promise<void> {
  const before = web.usage().writes;
  await work(web.client);
  if (web.usage().writes === before) return;
  const message = 'the page wrote without a plan for its undo';
  throw new Failed({ code: 'scenario.unplanned-write', blame: 'scenario', message });
}

/** Nothing is written under a consent that nobody gave; nor is there a journal for its undo. */
function readOnly(model: string): Failed {
  const message = `a read-only scenario plans a ${model}`;
  return new Failed({ code: 'scenario.read-only', blame: 'scenario', message });
}

function webOf({ transport }: Run, { web }: StepRecorder): WebSession {
  if (web !== undefined) return web;
  const message = `there is no web client in a run over ${transport}`;
  throw new Failed({ code: 'scenario.no-browser', blame: 'scenario', message });
}

function unexpected(message: string): Failed {
  return new Failed({ code: 'state.unexpected', blame: 'target', layer: 'data', message });
}
