/**
 * The cut proof: a run is cut at every call it makes: before the request, after it and before the response. The seed
 * decides which half of the cuts is for good, which loses the local state, and which half of those for good kills the
 * process.
 */
import { type Aftermath, cutAll } from './aftermath.ts';
import {
  type Calls,
  type Counts,
  type CutOptions,
  callPlaces,
  playCut,
  type RequestCut,
  shuffled,
  survey,
} from './request-cuts.ts';

const LIMITS = { run: 15, compensation: 3, call: 10 } as const;
const AT_ONCE = 4;

export interface CutFigures extends Aftermath {
  /** Of one uncut run. */
  readonly calls: Counts;
  readonly killed: number;
}

export async function proveCuts({ seed, ...options }: CutOptions): Promise<CutFigures> {
  const { calls, steps, points } = await survey(
    options,
    (scenario) => ({ scenario, transport: 'rpc', counts: () => true, env: {} }),
    (own) => allPlaces(own, seed),
  );
  const aftermath = await cutAll({
    points,
    steps,
    limits: LIMITS,
    atOnce: AT_ONCE,
    cut: (point, times) => playCut(point, point.subject, times),
    say: options.say,
  });
  const killed = points.filter(({ kill }) => kill).length;
  return { calls, killed, ...aftermath };
}

function allPlaces(calls: Calls, seed: number): readonly RequestCut[] {
  return shuffled(callPlaces(calls, seed), seed).map((place, index) => {
    // Bits of the place in the seed's order: every combination comes up equally often.
    const forGood = index % 2 === 0;
    return { ...place, forGood, loseState: index % 4 < 2, kill: forGood && index % 8 < 4 };
  });
}
