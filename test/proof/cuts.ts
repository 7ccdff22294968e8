/**
 * The cut proof: a run is cut before each request, after each request and before each response, of every
 * call it makes; half of the cuts also lose the local state, half of those for good also the process.
 */
import { type LabTenant, tenants } from '../support/lab.ts';
import { cutModes } from '../support/proxy.ts';
import { type Aftermath, cutAll, measuredSteps } from './aftermath.ts';
import { type CutSubject, playCut, playUncut, type RequestCut, shuffled } from './request-cuts.ts';

const LIMITS = { run: 15, compensation: 3, call: 10 } as const;
const AT_ONCE = 4;

export interface CutFigures extends Aftermath {
  /** Requests of one uncut run, by scenario and tenant. */
  readonly calls: Readonly<Record<string, Readonly<Record<LabTenant, number>>>>;
  readonly killed: number;
}

export interface CutOptions {
  readonly scenarios: readonly string[];
  readonly seed: number;
  /** The share of each scenario's cut points to make, 0 to 1. */
  readonly share: number;
  readonly say: (line: string) => void;
}

type Point = RequestCut & { readonly subject: CutSubject };

export async function proveCuts({ scenarios, seed, share, say }: CutOptions): Promise<CutFigures> {
  const calls: Record<string, Readonly<Record<LabTenant, number>>> = {};
  const steps = new Map<string, number>();
  const points: Point[] = [];
  for (const scenario of scenarios) {
    const subject: CutSubject = { scenario, transport: 'rpc', counts: () => true, env: {} };
    const [north, south] = [await playUncut('north', subject), await playUncut('south', subject)];
    const own = { north: north.requests, south: south.requests };
    say(`an uncut ${scenario} makes ${own.north} calls in north, ${own.south} in south`);
    calls[scenario] = own;
    steps.set(scenario, measuredSteps(north.report));
    const all = allPoints(own, seed);
    const chosen = all.slice(0, Math.ceil(all.length * share));
    points.push(...chosen.map((point) => ({ ...point, subject })));
  }
  const aftermath = await cutAll({
    points,
    steps,
    limits: LIMITS,
    atOnce: AT_ONCE,
    cut: (point, times) => playCut(point, point.subject, times),
    say,
  });
  return { calls, killed: points.filter(({ kill }) => kill).length, ...aftermath };
}

function allPoints(
  calls: Readonly<Record<LabTenant, number>>,
  seed: number,
): readonly RequestCut[] {
  const points = tenants.flatMap((tenant) =>
    Array.from({ length: calls[tenant] }, (_, index) => index + 1).flatMap((at) =>
      cutModes.flatMap((mode) => [true, false].map((forGood) => ({ tenant, at, mode, forGood }))),
    ),
  );
  return shuffled(points, seed).map((point, index) => ({
    ...point,
    loseState: index % 2 === 0,
    kill: point.forGood && index % 4 < 2,
  }));
}
