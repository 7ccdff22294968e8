/**
 * The cut proof: a run is cut before each request, after each request and before each response, of every
 * call it makes; half of the cuts also lose the local state, half of those for good also the process.
 * Then, after one wait, a sweep must reach residue zero and no mark may stand on two orders.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { findMark } from '../../src/domain/mark.ts';
import type { RunReport } from '../../src/domain/report.ts';
import { orderwatch } from '../support/cli.ts';
import { admin, type LabTenant, labConfig, tenants, tenantUrl } from '../support/lab.ts';
import { type Cut, type CutMode, cutModes, cutProxy } from '../support/proxy.ts';

const SCENARIO = 'order-confirmation';
const AT_ONCE = 4;
/** Short, so that a cut run is over soon; a run's last deadline is the sum of the first two. */
const LIMITS = { run: '15s', compensation: '3s', call: '10s' } as const;
const LONGEST_SECONDS = 18;

interface CutPoint {
  readonly tenant: LabTenant;
  readonly at: number;
  readonly mode: CutMode;
  readonly forGood: boolean;
  readonly loseState: boolean;
  readonly kill: boolean;
}

export interface CutFigures {
  /** Requests of one uncut run, per tenant. */
  readonly calls: Readonly<Record<LabTenant, number>>;
  readonly cutPoints: number;
  readonly killed: number;
  readonly statesLost: number;
  /** Orders that carry a mark of these runs. */
  readonly orders: number;
  readonly openBeforeSweep: number;
  readonly residue: number;
  readonly marksTwice: number;
  readonly wronglyPassed: number;
}

export interface CutOptions {
  readonly seed: number;
  /** The share of all cut points to make, 0 to 1. */
  readonly share: number;
  readonly say: (line: string) => void;
}

export async function proveCuts({ seed, share, say }: CutOptions): Promise<CutFigures> {
  const calls = { north: await countCalls('north'), south: await countCalls('south') };
  say(`an uncut run makes ${calls.north} calls in north, ${calls.south} in south`);
  const all = allPoints(calls, seed);
  const points = all.slice(0, Math.ceil(all.length * share));
  // No document may fall due while we still cut: runs would refuse to write beside three overdue ones.
  const graceSeconds = 20 + Math.ceil((points.length * 6) / AT_ONCE);
  const limits = { ...LIMITS, sweepGrace: `${graceSeconds}s` };
  const started = Date.now();
  const reports = await inParallel(points, (point) => cutRun(point, limits), say);
  const took = (Date.now() - started) / 1_000;
  if (took > graceSeconds) throw new Error(`the cuts took ${took} s, longer than the grace`);

  const { file, folder } = await labConfig({ limits });
  const state = join(folder, 'state');
  const common = ['--config', file, '--state', state];
  const before = await countResidue(common);
  say(`${points.length} cuts in ${took.toFixed(0)} s; ${before} documents open`);
  const runIds = new Set(reports.flatMap((report) => report?.runId ?? []));
  const lastDeadline = Date.now() + LONGEST_SECONDS * 1_000;
  const waitMs = (LONGEST_SECONDS + graceSeconds + 2) * 1_000;
  say(`waiting ${(waitMs / 1_000).toFixed(0)} s until all are past deadline and grace`);
  await sleep(waitMs);
  const swept = await orderwatch(['sweep', ...common]);
  say(swept.stdout.trim());
  const residue = await countResidue(common);
  const orders = await markedOrders(started, lastDeadline);
  return {
    calls,
    cutPoints: points.length,
    killed: points.filter(({ kill }) => kill).length,
    statesLost: points.filter(({ loseState }) => loseState).length,
    orders: orders.length,
    openBeforeSweep: before,
    residue: residue + (swept.code === 0 ? 0 : 1),
    marksTwice: orders.length - new Set(orders.map(({ runId }) => runId)).size,
    wronglyPassed: reports.filter((report) => isWronglyPassed(report, runIds)).length,
  };
}

/** A cut in the scenario's own calls must never pass; a cut in the clean-up must never be called clean. */
function isWronglyPassed(report: RunReport | undefined, known: ReadonlySet<string>): boolean {
  if (report === undefined || !known.has(report.runId)) return false;
  const measured = report.steps.filter(({ phase }) => phase === 'measured');
  return report.outcome.kind === 'passed' && measured.length !== 3;
}

async function countCalls(tenant: LabTenant): Promise<number> {
  const proxy = await cutProxy(tenantUrl(tenant));
  try {
    // The first run of a new state asks what the tenant offers; so does every run of this proof.
    const { file, folder } = await configThrough(tenant, proxy.url, {});
    const run = await orderwatch(runArgs(tenant, file, join(folder, 'state')));
    if (run.code !== 0)
      throw new Error(`an uncut run of ${tenant} fails: ${run.stdout}${run.stderr}`);
    return proxy.requests();
  } finally {
    await proxy.close();
  }
}

/** In an order that the seed decides, so that any first part of them is a fair sample. */
function allPoints(calls: Readonly<Record<LabTenant, number>>, seed: number): readonly CutPoint[] {
  const points = tenants.flatMap((tenant) =>
    Array.from({ length: calls[tenant] }, (_, index) => index + 1).flatMap((at) =>
      cutModes.flatMap((mode) => [true, false].map((forGood) => ({ tenant, at, mode, forGood }))),
    ),
  );
  const whole = fc.shuffledSubarray(points, { minLength: points.length });
  const [shuffled = points] = fc.sample(whole, { seed, numRuns: 1 });
  return shuffled.map((point, index) => ({
    ...point,
    loseState: index % 2 === 0,
    kill: point.forGood && index % 4 < 2,
  }));
}

async function cutRun(
  point: CutPoint,
  limits: Readonly<Record<string, string>>,
): Promise<RunReport | undefined> {
  let kill: () => void = () => undefined;
  const cut: Cut = {
    at: point.at,
    mode: point.mode,
    forGood: point.forGood,
    onCut: () => {
      if (point.kill) kill();
    },
  };
  const proxy = await cutProxy(tenantUrl(point.tenant), cut);
  const { file, folder } = await configThrough(point.tenant, proxy.url, limits);
  const state = join(folder, 'state');
  try {
    const run = await orderwatch([...runArgs(point.tenant, file, state), '--json', '-'], {
      onStart: (child) => {
        kill = () => child.kill('SIGKILL');
      },
    });
    if (run.code === undefined) return undefined;
    const { runs } = JSON.parse(run.stdout) as { readonly runs: readonly RunReport[] };
    return runs[0];
  } finally {
    if (point.loseState) await rm(state, { recursive: true, force: true });
    await proxy.close();
  }
}

function runArgs(tenant: LabTenant, file: string, state: string): readonly string[] {
  const what = ['--tenant', tenant, '--scenario', SCENARIO, '--transport', 'rpc'];
  return ['run', '--config', file, '--state', state, ...what];
}

async function configThrough(
  tenant: LabTenant,
  url: string,
  limits: Readonly<Record<string, string>>,
): ReturnType<typeof labConfig> {
  return await labConfig({ tenants: [tenant], limits, tenant: () => ({ url }) });
}

async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  say: (line: string) => void,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = [...items];
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      results.push(await work(item));
      if (results.length % 25 === 0) say(`${results.length} of ${items.length} cuts`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}

async function countResidue(common: readonly string[]): Promise<number> {
  const looked = await orderwatch(['residue', ...common, '--now', '--json']);
  const { tenants: found } = JSON.parse(looked.stdout) as {
    readonly tenants: readonly { readonly residue: readonly unknown[]; readonly error?: unknown }[];
  };
  const blind = found.find(({ error }) => error !== undefined);
  if (blind !== undefined) throw new Error(`residue cannot be counted: ${looked.stdout}`);
  return found.reduce((sum, { residue }) => sum + residue.length, 0);
}

interface MarkedOrder {
  readonly runId: string;
  readonly deadlineMs: number;
}

/** Every order, whatever its state, whose mark's deadline a run of this proof can have had. */
async function markedOrders(sinceMs: number, untilMs: number): Promise<readonly MarkedOrder[]> {
  const found: MarkedOrder[] = [];
  for (const tenant of tenants) {
    const access = await admin(tenant);
    const orders = await access.searchRead('sale.order', [['client_order_ref', '=like', 'SYN~%']], {
      client_order_ref: 'text',
    });
    const marks = orders.flatMap((order) => findMark(order.client_order_ref ?? '') ?? []);
    found.push(
      ...marks.filter(({ deadlineMs }) => deadlineMs > sinceMs && deadlineMs <= untilMs + 1_000),
    );
  }
  return found;
}
