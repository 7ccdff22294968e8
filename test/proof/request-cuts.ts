/** Runs behind a proxy that cuts them at a chosen request, over either transport, and the places to cut them at. */
import fc from 'fast-check';
import type { RunReport } from '../../src/domain/report.ts';
import { onlyReads } from '../support/calls.ts';
import { type LabTenant, tenants, tenantUrl } from '../support/lab.ts';
import { type Cut, type CutMode, type CutProxy, cutModes, cutProxy } from '../support/proxy.ts';
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
  const subjects = scenarios.map(subjectOf);
  const [north, south] = await Promise.all([
    playUncut('north', subjects),
    playUncut('south', subjects),
  ]);
  for (const subject of subjects) {
    const { scenario } = subject;
    const uncut = { north: uncutOf(north, scenario), south: uncutOf(south, scenario) };
    const own = { north: uncut.north.calls, south: uncut.south.calls };
    say(
      `uncut, ${scenario} makes ${sayCalls(own.north)} in north, ${sayCalls(own.south)} in south`,
    );
    calls[scenario] = { north: own.north.length, south: own.south.length };
    steps.set(scenario, measuredSteps(uncut.north.report));
    const places = placesOf(own, uncut.north.report);
    const chosen = places.slice(0, Math.ceil(places.length * share));
    points.push(...chosen.map((place) => ({ ...place, subject })));
  }
  return { calls, steps, points };
}

interface Uncut {
  readonly calls: readonly string[];
  readonly report: RunReport;
}

function uncutOf(uncut: ReadonlyMap<string, Uncut>, scenario: string): Uncut {
  const found = uncut.get(scenario);
  if (found === undefined) throw new Error(`no uncut run of ${scenario}`);
  return found;
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

/** By scenario. Throws when one does not pass. */
async function playUncut(
  tenant: LabTenant,
  subjects: readonly CutSubject[],
): Promise<ReadonlyMap<string, Uncut>> {
  const uncut = new Map<string, Uncut>();
  for (const together of processesOf(subjects)) {
    const proxy = await cutProxy(tenantUrl(tenant));
    try {
      for (const one of await playTogether(tenant, together, proxy))
        uncut.set(one.report.scenario, one);
    } finally {
      await proxy.close();
    }
  }
  return uncut;
}

/**
 * The first run of a new state asks what the tenant offers; so does every run of these proofs. The page does not know
 * of it: runs in the browser share one, each in a context without a past.
 */
const processesOf = (subjects: readonly CutSubject[]): readonly (readonly CutSubject[])[] =>
  subjects.every(({ transport }) => transport === 'browser')
    ? [subjects]
    : subjects.map((subject) => [subject]);

async function playTogether(
  tenant: LabTenant,
  subjects: readonly CutSubject[],
  proxy: CutProxy,
): Promise<readonly Uncut[]> {
  const [first] = subjects;
  if (first === undefined) return [];
  const { run } = await stageFor(tenant, first, { url: proxy.url, limits: {} });
  const chosen = subjects.flatMap(({ scenario }) => ['--scenario', scenario]);
  const { code, reports, stdout, stderr } = await run(chosen, { env: first.env });
  if (code !== 0 || reports.length !== subjects.length) {
    throw new Error(`an uncut run of ${tenant} fails: ${stdout}${stderr}`);
  }
  const begun = reports.map(({ startedAt }, n) => (n === 0 ? 0 : Date.parse(startedAt)));
  return reports.map((report, n) => {
    const [from = 0, to = Number.POSITIVE_INFINITY] = [begun[n], begun[n + 1]];
    const isOwn = (time = 0): boolean => time >= from && time < to;
    const counts = subjects.find(({ scenario }) => scenario === report.scenario)?.counts;
    const calls = proxy.calls.filter(
      (call, index) => isOwn(proxy.times[index]) && counts?.(call) === true,
    );
    return { report, calls };
  });
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
