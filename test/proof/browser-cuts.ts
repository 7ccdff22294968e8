/**
 * The cut proof of the browser: a run is cut at every call of its page, in every way, and it is killed and
 * stopped at every boundary between two steps. The seed decides which cuts are for good, lose the local state
 * or kill the process; a page that dies while the way is still open might save what was typed.
 */
import { tenants } from '../support/lab.ts';
import { ownTemp } from '../support/temp.ts';
import { type Aftermath, cutAll } from './aftermath.ts';
import { AFTER_STEPS, type BoundaryStop, stopAtBoundary } from './boundary-stops.ts';
import {
  type Calls,
  type Counts,
  type CutOptions,
  type CutSubject,
  callPlaces,
  playCut,
  type RequestCut,
  shuffled,
  survey,
} from './request-cuts.ts';

const LIMITS = { run: 40, compensation: 3, call: 8 } as const;
const AT_ONCE = 3;

export interface BrowserCutFigures extends Aftermath {
  /** Of the page, in one uncut run; a few come and go from run to run. */
  readonly calls: Counts;
  /** Places where a run was killed and stopped, by scenario. */
  readonly boundaries: Readonly<Record<string, number>>;
  readonly killed: number;
  /** Processes of browsers that outlived their run. */
  readonly browsersLeft: number;
}

type Place =
  | ({ readonly kind: 'request' } & RequestCut)
  | ({ readonly kind: 'boundary' } & BoundaryStop);

export async function proveBrowserCuts({
  seed,
  ...options
}: CutOptions): Promise<BrowserCutFigures> {
  const temp = await ownTemp();
  const boundaries: Record<string, number> = {};
  const { calls, steps, points } = await survey(
    options,
    (scenario): CutSubject => ({
      scenario,
      transport: 'browser',
      counts: countsOf(scenario),
      env: temp.env,
    }),
    (own, report) => {
      const names = [...report.steps.map(({ name }) => name), ...AFTER_STEPS];
      options.say(`its boundaries: ${names.join(', ')}`);
      boundaries[report.scenario] = names.length;
      return allPlaces(own, names, seed);
    },
  );
  const aftermath = await cutAll({
    points,
    steps,
    limits: LIMITS,
    atOnce: AT_ONCE,
    cut: (point, times) =>
      point.kind === 'request'
        ? playCut(point, point.subject, times)
        : stopAtBoundary(point, point.subject, times),
    say: options.say,
  });
  const killed = points.filter((point) =>
    point.kind === 'request' ? point.kill : point.signal === 'SIGKILL',
  );
  const browsersLeft = temp.processes().length;
  await temp.remove();
  return { calls, boundaries, killed: killed.length, browsersLeft, ...aftermath };
}

/** The web client loads the same files in every scenario: of this one every request of the page is cut. */
const WITH_FILES = 'order-confirmation';

/** Of the others every call; those that are not the page's are the business of the other cut proof. */
const countsOf = (scenario: string): CutSubject['counts'] =>
  scenario === WITH_FILES
    ? (call) => !call.startsWith('/xmlrpc/')
    : (call) => /^\/web\/(?:dataset|action)\//.test(call);

function allPlaces(calls: Calls, boundaries: readonly string[], seed: number): readonly Place[] {
  const cuts = callPlaces(calls, seed).map((cut) => ({ kind: 'request' as const, ...cut }));
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
