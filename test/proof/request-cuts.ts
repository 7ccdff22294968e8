/** Runs behind a proxy that cuts them at a chosen request, over either transport, and the places to cut them at. */
import fc from 'fast-check';
import type { RunReport } from '../../src/domain/report.ts';
import { onlyReads } from '../support/calls.ts';
import { type LabTenant, tenants, tenantUrl } from '../support/lab.ts';
import { type Cut, type CutMode, cutModes, cutProxy } from '../support/proxy.ts';
import { type Stage, stage } from '../support/runs.ts';
import { type CutRun, type CutTimes, measuredSteps } from './aftermath.ts';

export interface CutOptions {
  readonly scenarios: readonly string[];
  readonly seed: number;
  /** The share of each scenario's cut points to make, 0 to 1. */
  readonly share: number;
  readonly say: (line: string) => void;
}

export interface RequestCut {
  readonly tenant: LabTenant;
  /** As `callOf` names it, and which of these calls, from 1. */
  readonly call: string;
  readonly at: number;
  readonly mode: CutMode;
  readonly forGood: boolean;
  readonly loseState: boolean;
  /** Whether the process is killed at the cut itself. */
  readonly kill: boolean;
}

/** What is played and cut. */
export interface CutSubject {
  readonly scenario: string;
  readonly transport: 'rpc' | 'browser';
  /** Which calls are counted and cut. */
  readonly counts: (call: string) => boolean;
  readonly env: Readonly<Record<string, string>>;
}

/** Of one uncut run, in order, by tenant. */
export type Calls = Readonly<Record<LabTenant, readonly string[]>>;

/** By scenario and tenant. */
export type Counts = Readonly<Record<string, Readonly<Record<LabTenant, number>>>>;

export interface Survey<P> {
  /** Those that count of one uncut run. */
  readonly calls: Counts;
  /** Measured steps of an uncut run, by scenario. */
  readonly steps: ReadonlyMap<string, number>;
  readonly points: readonly (P & { readonly subject: CutSubject })[];
}

/** Plays each scenario uncut in both tenants, and takes its share of the places where such a run can be cut. */
export async function survey<P>(
  { scenarios, share, say }: Omit<CutOptions, 'seed'>,
  subjectOf: (scenario: string) => CutSubject,
  placesOf: (calls: Calls, report: RunReport) => readonly P[],
): Promise<Survey<P>> {
  const calls: Record<string, Counts[string]> = {};
  const steps = new Map<string, number>();
  const points: (P & { readonly subject: CutSubject })[] = [];
  for (const scenario of scenarios) {
    const subject = subjectOf(scenario);
    const [north, south] = await Promise.all([
      playUncut('north', subject),
      playUncut('south', subject),
    ]);
    const own = { north: north.calls, south: south.calls };
    say(
      `uncut, ${scenario} makes ${sayCalls(own.north)} in north, ${sayCalls(own.south)} in south`,
    );
    calls[scenario] = { north: own.north.length, south: own.south.length };
    steps.set(scenario, measuredSteps(north.report));
    const places = placesOf(own, north.report);
    const chosen = places.slice(0, Math.ceil(places.length * share));
    points.push(...chosen.map((place) => ({ ...place, subject })));
  }
  return { calls, steps, points };
}

const sayCalls = (calls: readonly string[]): string =>
  `${calls.length} calls (${calls.filter((call) => !onlyReads(call)).length} write)`;

/**
 * Every call, in every way to cut it. One that only reads leaves Odoo the same in whichever way it is cut: it is cut in
 * one of them, the seed's.
 */
export function callPlaces(
  calls: Calls,
  seed: number,
): readonly Pick<RequestCut, 'tenant' | 'call' | 'at' | 'mode'>[] {
  return tenants.flatMap((tenant) =>
    calls[tenant].flatMap((call, index) => {
      const at = calls[tenant].slice(0, index + 1).filter((other) => other === call).length;
      const modes = cutModes.filter((_, n) => !onlyReads(call) || n === (seed + index) % 3);
      return modes.map((mode) => ({ tenant, call, at, mode }));
    }),
  );
}

/** Throws when it does not pass. */
async function playUncut(
  tenant: LabTenant,
  subject: CutSubject,
): Promise<{ readonly calls: readonly string[]; readonly report: RunReport }> {
  const proxy = await cutProxy(tenantUrl(tenant));
  try {
    // The first run of a new state asks what the tenant offers; so does every run of these proofs.
    const { run } = await stageFor(tenant, subject, { url: proxy.url, limits: {} });
    const { code, reports, stdout, stderr } = await run(['--scenario', subject.scenario], {
      env: subject.env,
    });
    const [report] = reports;
    if (code !== 0 || report === undefined) {
      throw new Error(`an uncut run of ${tenant} fails: ${stdout}${stderr}`);
    }
    return { calls: proxy.calls.filter(subject.counts), report };
  } finally {
    await proxy.close();
  }
}

export async function playCut(
  point: RequestCut,
  subject: CutSubject,
  { limits, withinMs }: CutTimes,
): Promise<CutRun> {
  let kill: () => void = () => undefined;
  let came = false;
  const { call, at, mode, forGood } = point;
  const onCut = (): void => {
    came = true;
    if (point.kill) kill();
  };
  const cut: Cut = { call, at, mode, forGood, onCut };
  const proxy = await cutProxy(tenantUrl(point.tenant), cut);
  const own = await stageFor(point.tenant, subject, { url: proxy.url, limits });
  try {
    const { reports, endless } = await own.run(['--scenario', subject.scenario], {
      env: subject.env,
      withinMs,
      onStart: (child) => {
        kill = () => child.kill('SIGKILL');
      },
    });
    return { report: reports[0], came, endless, stage: own };
  } finally {
    await proxy.close();
  }
}

/** In an order that the seed decides, so that any first part of them is a fair sample. */
export function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const whole = fc.shuffledSubarray([...items], { minLength: items.length });
  const [shuffledItems = items] = fc.sample(whole, { seed, numRuns: 1 });
  return shuffledItems;
}

async function stageFor(
  tenant: LabTenant,
  { transport }: CutSubject,
  { url, limits }: { readonly url: string; readonly limits: Readonly<Record<string, string>> },
): Promise<Stage> {
  return await stage({
    tenants: [tenant],
    limits,
    tenant: () => ({ url, transports: [transport] }),
  });
}
