/**
 * The cut proof of the browser: a run is cut at every request of its page, in every way, and it is killed and
 * stopped at every boundary between two steps. The seed decides which cuts are for good, lose the local state
 * or kill the process; a page that dies while the way is still open might save what was typed.
 */
import { type LabTenant, tenants } from '../support/lab.ts';
import { cutModes } from '../support/proxy.ts';
import { ownTemp } from '../support/temp.ts';
import { type Aftermath, cutAll, measuredSteps } from './aftermath.ts';
import { AFTER_STEPS, type BoundaryStop, stopAtBoundary } from './boundary-stops.ts';
import type { CutOptions } from './cuts.ts';
import { type CutSubject, playCut, playUncut, type RequestCut, shuffled } from './request-cuts.ts';

const LIMITS = { run: 40, compensation: 3, call: 8 } as const;
const AT_ONCE = 3;

export interface BrowserCutFigures extends Aftermath {
  /** Requests of the page in one uncut run, per tenant; a few come and go from run to run. */
  readonly requests: Readonly<Record<LabTenant, number>>;
  /** Places where a run was killed and stopped, per tenant. */
  readonly boundaries: number;
  readonly killed: number;
  /** Processes of browsers that outlived their run. */
  readonly browsersLeft: number;
}

type Point =
  | ({ readonly kind: 'request' } & RequestCut)
  | ({ readonly kind: 'boundary' } & BoundaryStop);

export interface BrowserCutOptions extends Omit<CutOptions, 'scenarios'> {
  readonly scenario: string;
}

export async function proveBrowserCuts({
  scenario,
  seed,
  share,
  say,
}: BrowserCutOptions): Promise<BrowserCutFigures> {
  const temp = await ownTemp();
  const page: CutSubject = {
    scenario,
    transport: 'browser',
    counts: isOfPage,
    env: temp.env,
  };
  const [north, south] = [await playUncut('north', page), await playUncut('south', page)];
  const requests = { north: north.requests, south: south.requests };
  const steps = north.report.steps.map(({ name }) => name);
  const boundaries = [...steps, ...AFTER_STEPS];
  say(`an uncut page makes ${requests.north} requests in north, ${requests.south} in south`);
  say(`boundaries: ${boundaries.join(', ')}`);
  const all = allPoints(requests, boundaries, seed);
  const points = all.slice(0, Math.ceil(all.length * share));
  const aftermath = await cutAll({
    points,
    steps: new Map([[page.scenario, measuredSteps(north.report)]]),
    limits: LIMITS,
    atOnce: AT_ONCE,
    cut: (point, times) =>
      point.kind === 'request' ? playCut(point, page, times) : stopAtBoundary(point, page, times),
    say,
  });
  const killed = points.filter((point) =>
    point.kind === 'request' ? point.kill : point.signal === 'SIGKILL',
  );
  const browsersLeft = temp.processes().length;
  await temp.remove();
  const own = { requests, boundaries: boundaries.length, killed: killed.length, browsersLeft };
  return { ...own, ...aftermath };
}

/** The calls that are not the page's are the business of the other cut proof. */
const isOfPage = (path: string): boolean => !path.startsWith('/xmlrpc/');

function allPoints(
  requests: Readonly<Record<LabTenant, number>>,
  boundaries: readonly string[],
  seed: number,
): readonly Point[] {
  const cuts = tenants.flatMap((tenant) =>
    Array.from({ length: requests[tenant] }, (_, index) => index + 1).flatMap((at) =>
      cutModes.map((mode) => ({ kind: 'request' as const, tenant, at, mode })),
    ),
  );
  const stops = tenants.flatMap((tenant) =>
    boundaries.flatMap((boundary) =>
      (['SIGKILL', 'SIGINT'] as const).map((signal) => ({
        kind: 'boundary' as const,
        tenant,
        boundary,
        signal,
      })),
    ),
  );
  return shuffled([...cuts, ...stops], seed).map((point, index) => {
    // Bits of the place in the seed's order: every combination comes up equally often.
    const loseState = index % 4 < 2;
    if (point.kind === 'boundary') return { ...point, loseState };
    return { ...point, loseState, forGood: index % 2 === 0, kill: index % 16 < 4 };
  });
}
