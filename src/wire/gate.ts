/** Connects `gate` to what is kept: past runs, deployments, earlier gates; and keeps what it found. */
import {
  type Deployment,
  deploymentOf,
  GOING_OUT_MS,
  rolledBackSpan,
} from '../domain/deployment.ts';
import type { GateResult } from '../domain/gate.ts';
import type { TenantId } from '../domain/ids.ts';
import { type PastRun, pastRunsOf, type Series } from '../domain/past-run.ts';
import type { RunReport } from '../domain/report.ts';
import type { Span } from '../domain/span.ts';
import { type GateOrder, type GateParts, playGate } from '../tasks/gate/gate.ts';
import type { Past } from '../tasks/gate/series.ts';
import { slotsByHand, type Wanted } from '../tasks/run.ts';
import type { Orderwatch } from './compose.ts';
import { type Kept, remember } from './kept.ts';

export interface GateChoice extends Omit<GateOrder, 'deployment'> {
  /** What went out; absent when nobody said. */
  readonly release?: Pick<Deployment, 'version' | 'commit'>;
  /** Whether what is held goes on to its users all the same. */
  readonly isHeldThrough: boolean;
  /** In place of what is kept. */
  readonly reports?: readonly RunReport[];
}

export interface GateTellers extends Pick<GateParts, 'onRun' | 'onWait' | 'signal' | 'stopped'> {
  /** Told of what could not be kept; the verdict stands. */
  readonly onTrouble: (error: unknown) => void;
}

/** Who recorded a deployment that nobody had recorded before. */
const GATE = 'gate';

type Gating = Pick<Orderwatch, 'engine'> & { readonly kept: Kept };

/** Rejects with Failed `state.unusable` when what is kept cannot be read. */
export async function gate(
  { release, reports, isHeldThrough, ...order }: GateChoice,
  { engine, kept }: Gating,
  tellers: GateTellers,
): Promise<GateResult> {
  const startMs = engine.clock.now();
  const tenants = [...new Set(order.wanted.map(({ tenant }) => tenant.id))];
  const known = await kept.deployments.list();
  const went = release && { ...release, tenants, atMs: startMs };
  const deployment = went && (await deploymentFor(went, known, { engine, kept }));
  const keptOf = await keptPast(kept, known, deployment ?? { atMs: startMs, source: GATE });
  const claimed = new Set<TenantId>();
  const result = await playGate(
    { ...order, ...(deployment === undefined ? {} : { deployment }) },
    {
      ...{ ...tellers, engine },
      pastOf: async (wanted) => {
        if (order.control !== undefined) return { before: [], after: [] };
        return reports === undefined
          ? await keptOf(wanted)
          : { before: pastIn(reports, wanted), after: [] };
      },
      claim: async (tenant, forMs) => {
        claimed.add(tenant);
        await kept.claims?.claim(tenant, forMs);
      },
    },
  );
  // A claim that cannot be given up ends by itself.
  await Promise.allSettled([...claimed].map(async (tenant) => kept.claims?.release(tenant)));
  const { kind } = result.verdict;
  const isThrough = kind === 'promote' || (kind === 'hold' && isHeldThrough);
  await keep(result, kept, isThrough).catch(tellers.onTrouble);
  return result;
}

/** The one that is known already, else one that went out just now. */
async function deploymentFor(
  went: Pick<Deployment, 'version' | 'commit' | 'tenants' | 'atMs'>,
  known: readonly Deployment[],
  { engine, kept }: Gating,
): Promise<Deployment> {
  const present = deploymentOf(known, went, went.tenants);
  if (present !== undefined) return present;
  const id = slotsByHand(engine.clock)();
  const deployment: Deployment = { v: 1, id, source: GATE, ...went };
  await kept.deployments.record(deployment);
  return deployment;
}

/**
 * Of each series what is kept of it from before a deployment and since. What was rolled back is left out, and what the
 * fleet played while it may have been going out: nobody can tell on which side that is.
 */
async function keptPast(
  { gates, pastRuns }: Kept,
  known: readonly Deployment[],
  { atMs: sinceMs, source }: Pick<Deployment, 'atMs' | 'source'>,
): Promise<(wanted: Wanted) => Promise<Past>> {
  const judged = await gates.list();
  // Of a deployment the newest gate decides.
  const rolledBack = judged.filter(
    ({ verdict, deployment }, index) =>
      verdict.kind === 'rollback' &&
      (deployment === undefined ||
        judged.findIndex((one) => one.deployment?.id === deployment.id) === index),
  );
  const untilMs = source === GATE ? sinceMs - GOING_OUT_MS : sinceMs;
  return async (wanted) => {
    const { id } = wanted.tenant;
    const runs = await pastRuns.read(seriesOf(wanted));
    const spans = rolledBack
      .filter(({ tenants }) => tenants.includes(id))
      .map((one) => rolledBackSpan(timesOf(one), known, id));
    return {
      before: runs.filter(
        ({ atMs, planned }) =>
          atMs < (planned === true ? untilMs : sinceMs) && !isWithin(spans, atMs),
      ),
      after: runs.filter(({ atMs }) => atMs >= sinceMs),
    };
  };
}

/**
 * What was let through is what the next deployment is compared with. What was rolled back is not, and nobody knows what
 * became of what could not be told.
 */
async function keep(
  result: GateResult,
  { gates, pastRuns }: Kept,
  isThrough: boolean,
): Promise<void> {
  const { tenants, runs } = result;
  await gates.put(result);
  await remember(
    runs.filter(({ tenant }) => isThrough || !tenants.includes(tenant)),
    pastRuns,
  );
}

const seriesOf = ({ tenant, scenario, transport }: Wanted): Series => ({
  tenant: tenant.id,
  scenario: scenario.id,
  transport,
});

/** Of the same tenant, oldest first. */
function pastIn(
  reports: readonly RunReport[],
  { tenant, scenario, transport }: Wanted,
): readonly PastRun[] {
  const own = reports
    .filter((one) => one.tenant === tenant.id && one.scenario === scenario.id)
    .filter((one) => one.transport === transport);
  return pastRunsOf(own).toSorted((a, b) => a.atMs - b.atMs);
}

const timesOf = ({
  deployment,
  startedAt,
  finishedAt,
}: GateResult): Parameters<typeof rolledBackSpan>[0] => ({
  fromMs: deployment?.atMs ?? Date.parse(startedAt),
  judgedMs: Date.parse(finishedAt),
});

const isWithin = (spans: readonly Span[], atMs: number): boolean =>
  spans.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
