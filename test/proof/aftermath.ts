/**
 * What every cut proof shares: runs are cut in parallel lanes, all wait once until the last deadline is past,
 * one sweep follows, and what it leaves is counted, with what the cut runs wrongly said of themselves.
 */
import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunReport } from '../../src/domain/report.ts';
import { type MarkedOrder, markedOrders, unmarkedOrders } from '../support/orders.ts';
import { type Stage, stage } from '../support/runs.ts';

/** Seconds; short ones, so that a cut run is over soon. */
interface CutLimits {
  readonly run: number;
  readonly compensation: number;
  readonly call: number;
}

export interface CutRun {
  /** Absent when the process was killed before it could write one. */
  readonly report: RunReport | undefined;
  /** Whether it got to the place where it is cut. */
  readonly came: boolean;
  /** Whether it did not end by itself. */
  readonly endless: boolean;
  /** The run's own configuration and state. */
  readonly stage: Stage;
}

/** What a cut run is given. */
export interface CutTimes {
  readonly limits: Readonly<Record<string, string>>;
  /** By then it has ended, whatever happened to it. */
  readonly withinMs: number;
}

export interface CutWork<P> {
  readonly points: readonly P[];
  /** Measured steps of a run that is not cut, by its scenario. */
  readonly steps: ReadonlyMap<string, number>;
  readonly limits: CutLimits;
  readonly atOnce: number;
  readonly cut: (point: P, times: CutTimes) => Promise<CutRun>;
  readonly say: (line: string) => void;
}

export interface Aftermath {
  readonly cutPoints: number;
  /** Runs that never got to their place: what a page loads differs a little from run to run. */
  readonly neverCut: number;
  readonly statesLost: number;
  /** Orders that carry a mark of these runs. */
  readonly orders: number;
  readonly openBeforeSweep: number;
  readonly residue: number;
  readonly marksTwice: number;
  readonly wronglyPassed: number;
  /** Runs that never ended by themselves. */
  readonly endless: number;
  /** Runs that called their clean-up clean while something of theirs was open. */
  readonly wronglyClean: number;
  /** Orders without a mark that were not there before, whatever their state. */
  readonly unmarked: number;
}

/** While runs are cut, no document may fall due: the others would refuse to write beside three of them. */
const GRACE_OF_RUNS = '2h';
const GRACE_SECONDS = 2;

export async function cutAll<P extends { readonly loseState: boolean }>(
  work: CutWork<P>,
): Promise<Aftermath> {
  const { points, say } = work;
  const limits = {
    run: `${work.limits.run}s`,
    compensation: `${work.limits.compensation}s`,
    call: `${work.limits.call}s`,
  };
  const sweeping = await stage({ limits: { ...limits, sweepGrace: `${GRACE_SECONDS}s` } });
  const unmarkedBefore = new Set(await unmarkedOrders());
  const started = Date.now();
  const longest = (work.limits.run + work.limits.compensation) * 1_000;
  // Starting and ending a process, and waiting for the lease, are not in a run's own time.
  const times = { limits: { ...limits, sweepGrace: GRACE_OF_RUNS }, withinMs: 2 * longest };
  let endless = 0;
  const missed = new Set<P>();
  const cutOne = async (point: P): Promise<RunReport | undefined> => {
    const done = await work.cut(point, times);
    if (done.came) missed.delete(point);
    else missed.add(point);
    if (done.endless) {
      endless += 1;
      say(`never ended: ${JSON.stringify(point)}`);
    }
    if (!point.loseState) await keepJournals(done.stage.state, sweeping.state);
    await rm(done.stage.folder, { recursive: true, force: true });
    return done.report;
  };
  const reports = [...(await inLanes(work, cutOne))];
  // Beside others a run may be too slow to get there in its time: alone it does.
  for (const point of [...missed]) reports.push(await cutOne(point));
  for (const point of missed) say(`never cut: ${JSON.stringify(point)}`);

  const open = await openDocuments(sweeping);
  say(`${points.length} cuts in ${seconds(Date.now() - started)} s; ${open.length} documents open`);
  const lastDeadline = Date.now() + longest;
  const overMs = lastDeadlineOf(open) ?? lastDeadline;
  const waitMs = Math.max(0, overMs - Date.now()) + (GRACE_SECONDS + 2) * 1_000;
  say(`waiting ${seconds(waitMs)} s until all are past deadline and grace`);
  await sleep(waitMs);
  const swept = await sweeping.command('sweep');
  say(swept.stdout.trim());
  const left = await openDocuments(sweeping);
  const unmarked = (await unmarkedOrders()).filter((order) => !unmarkedBefore.has(order));
  const orders = await markedOrders(started, lastDeadline);
  for (const line of trouble({ reports, open, orders, unmarked, steps: work.steps })) say(line);
  return {
    cutPoints: points.length,
    neverCut: missed.size,
    statesLost: points.filter(({ loseState }) => loseState).length,
    orders: orders.length,
    openBeforeSweep: open.length,
    residue: left.length + (swept.code === 0 ? 0 : 1),
    marksTwice: twice(orders).length,
    wronglyPassed: reports.filter((report) => isWronglyPassed(report, work.steps)).length,
    endless,
    wronglyClean: reports.filter((report) => isWronglyClean(report, open)).length,
    unmarked: unmarked.length,
  };
}

/** Whether everything that was cut is undone, and nothing was said that is not so. */
export function cutsHold(figures: Aftermath): boolean {
  const { residue, marksTwice, wronglyPassed, wronglyClean, endless, unmarked } = figures;
  // A cut that never came proves nothing.
  const isCut = figures.neverCut <= figures.cutPoints / 20;
  return isCut && residue + marksTwice + wronglyPassed + wronglyClean + endless + unmarked === 0;
}

/** A cut in the scenario's own calls must never pass. */
function isWronglyPassed(
  report: RunReport | undefined,
  steps: ReadonlyMap<string, number>,
): boolean {
  if (report?.outcome.kind !== 'passed') return false;
  return measuredSteps(report) !== steps.get(report.scenario);
}

export function measuredSteps({ steps }: RunReport): number {
  return steps.filter(({ phase }) => phase === 'measured').length;
}

/** A cut in the clean-up must never be called clean. */
function isWronglyClean(report: RunReport | undefined, open: readonly OpenDocument[]): boolean {
  const own = open.some(({ mark }) => mark !== undefined && mark.runId === report?.runId);
  return report?.compensation.kind === 'clean' && own;
}

function twice(orders: readonly MarkedOrder[]): readonly MarkedOrder[] {
  return orders.filter(
    ({ runId }, index) => orders.findIndex((order) => order.runId === runId) < index,
  );
}

/** Names what a miss consists of, so that it can be looked at in Odoo and in its report. */
function trouble(found: {
  readonly reports: readonly (RunReport | undefined)[];
  readonly open: readonly OpenDocument[];
  readonly orders: readonly MarkedOrder[];
  readonly unmarked: readonly string[];
  readonly steps: ReadonlyMap<string, number>;
}): readonly string[] {
  const lies = found.reports.filter(
    (report) => isWronglyPassed(report, found.steps) || isWronglyClean(report, found.open),
  );
  return [
    ...twice(found.orders).map(({ runId }) => `a mark on two orders: ${runId}`),
    ...lies.map((report) => `said what is not so: ${JSON.stringify(report)}`),
    ...found.unmarked.map((order) => `an order without a mark: ${order}`),
  ];
}

async function inLanes<P, R>(
  { points, atOnce, say }: CutWork<P>,
  work: (point: P) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = [...points];
  const lane = async (): Promise<void> => {
    for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
      results.push(await work(point));
      if (results.length % 25 === 0) say(`${results.length} of ${points.length} cuts`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}

/** A state that is not lost is what the sweep finds. */
async function keepJournals(from: string, to: string): Promise<void> {
  const journals = join(from, 'journals');
  if (existsSync(journals)) await cp(journals, join(to, 'journals'), { recursive: true });
}

interface OpenDocument {
  readonly mark?: { readonly runId: string; readonly deadlineMs: number };
}

/** Undefined when one of them has no mark that tells it. */
function lastDeadlineOf(open: readonly OpenDocument[]): number | undefined {
  const deadlines = open.flatMap(({ mark }) => mark?.deadlineMs ?? []);
  return deadlines.length < open.length ? undefined : Math.max(0, ...deadlines);
}

async function openDocuments({ command }: Stage): Promise<readonly OpenDocument[]> {
  const looked = await command('residue', '--now', '--json');
  const { tenants: found } = JSON.parse(looked.stdout) as {
    readonly tenants: readonly {
      readonly residue: readonly OpenDocument[];
      readonly error?: unknown;
    }[];
  };
  const blind = found.find(({ error }) => error !== undefined);
  if (blind !== undefined) throw new Error(`residue cannot be counted: ${looked.stdout}`);
  return found.flatMap(({ residue }) => residue);
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(0);
