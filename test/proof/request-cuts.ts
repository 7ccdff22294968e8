/** Runs behind a proxy that cuts them at a chosen request, over either transport, and the places to cut them at. */
import fc from 'fast-check';
import type { RunReport } from '../../src/domain/report.ts';
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
  /** Whose requests are counted and cut. */
  readonly counts: (path: string) => boolean;
  readonly env: Readonly<Record<string, string>>;
}

/** By tenant. */
export type Requests = Readonly<Record<LabTenant, number>>;

export interface Survey<P> {
  /** Those that count of one uncut run, by scenario. */
  readonly requests: Readonly<Record<string, Requests>>;
  /** Measured steps of an uncut run, by scenario. */
  readonly steps: ReadonlyMap<string, number>;
  readonly points: readonly (P & { readonly subject: CutSubject })[];
}

/** Plays each scenario uncut in both tenants, and takes its share of the places where such a run can be cut. */
export async function survey<P>(
  { scenarios, share, say }: Omit<CutOptions, 'seed'>,
  subjectOf: (scenario: string) => CutSubject,
  placesOf: (requests: Requests, report: RunReport) => readonly P[],
): Promise<Survey<P>> {
  const requests: Record<string, Requests> = {};
  const steps = new Map<string, number>();
  const points: (P & { readonly subject: CutSubject })[] = [];
  for (const scenario of scenarios) {
    const subject = subjectOf(scenario);
    const [north, south] = await Promise.all([
      playUncut('north', subject),
      playUncut('south', subject),
    ]);
    const own = { north: north.requests, south: south.requests };
    say(`an uncut ${scenario} makes ${own.north} requests in north, ${own.south} in south`);
    requests[scenario] = own;
    steps.set(scenario, measuredSteps(north.report));
    const places = placesOf(own, north.report);
    const chosen = places.slice(0, Math.ceil(places.length * share));
    points.push(...chosen.map((place) => ({ ...place, subject })));
  }
  return { requests, steps, points };
}

/** Every request, in every way to cut it. */
export function requestPlaces(
  requests: Requests,
): readonly Pick<RequestCut, 'tenant' | 'at' | 'mode'>[] {
  return tenants.flatMap((tenant) =>
    Array.from({ length: requests[tenant] }, (_, index) => index + 1).flatMap((at) =>
      cutModes.map((mode) => ({ tenant, at, mode })),
    ),
  );
}

/** Of one uncut run; `requests` are those that count. Throws when it does not pass. */
async function playUncut(
  tenant: LabTenant,
  subject: CutSubject,
): Promise<{ readonly requests: number; readonly report: RunReport }> {
  const proxy = await cutProxy(tenantUrl(tenant), undefined, subject.counts);
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
    return { requests: proxy.requests(), report };
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
  const cut: Cut = {
    at: point.at,
    mode: point.mode,
    forGood: point.forGood,
    onCut: () => {
      if (point.kill) kill();
    },
  };
  const proxy = await cutProxy(tenantUrl(point.tenant), cut, subject.counts);
  const own = await stageFor(point.tenant, subject, { url: proxy.url, limits });
  try {
    const { reports, endless } = await own.run(['--scenario', subject.scenario], {
      env: subject.env,
      withinMs,
      onStart: (child) => {
        kill = () => child.kill('SIGKILL');
      },
    });
    return { report: reports[0], endless, stage: own };
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
