/**
 * The cycles proof: one process plays order to cash again and again in both tenants at once. Nothing is left behind, each run
 * leaves the rows that its scenario publishes, and the last runs take as long and hold as much memory as the first.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RunReport } from '../../src/domain/report.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import type { Transport } from '../../src/domain/transport.ts';
import { runAll, wantedRuns } from '../../src/tasks/run.ts';
import { compose, type Orderwatch } from '../../src/wire/compose.ts';
import { booksOf, clearReservations } from '../support/books.ts';
import { type LabTenant, tenants } from '../support/lab.ts';
import { memoryOf, processesUnder } from '../support/processes.ts';
import { rowsOf } from '../support/rows.ts';
import { stage } from '../support/runs.ts';

const SCENARIO = 'order-to-cash';
/** Of the last third against the first. */
const FLAT = 1.2;
/** What is published is a run alone; here many share the rows of one sign-in, and of one web session. */
const ROWS_SHARED: Readonly<Record<Transport, number>> = { rpc: 1, browser: 3 };

/** Medians of the first third of the runs and of the last one. */
type FirstAndLast = readonly [number, number];

interface TransportFigures {
  readonly runs: number;
  readonly wrong: number;
  /** Milliseconds of the measured steps, per tenant. */
  readonly durations: Readonly<Record<LabTenant, FirstAndLast>>;
  /** MiB that we hold ourselves, garbage collected, and with our Chromium (PSS). */
  readonly heap: FirstAndLast;
  readonly memory: FirstAndLast;
  /** That one run left, per tenant, on average. */
  readonly rows: Readonly<Record<LabTenant, number>>;
  /** As published, for the longest chain. */
  readonly published: number;
}

export interface CycleFigures {
  readonly transports: Readonly<Record<Transport, TransportFigures>>;
  readonly residue: number;
  readonly booksChanged: number;
}

export interface CycleOptions {
  /** Runs, half of them in each tenant. */
  readonly runs: Readonly<Record<Transport, number>>;
  readonly say: (line: string) => void;
}

export async function proveCycles({ runs, say }: CycleOptions): Promise<CycleFigures> {
  await Promise.all(tenants.map(clearReservations));
  const booksBefore = await Promise.all(tenants.map(booksOf));
  const own = await stage({ tenant: () => ({ transports: ['rpc', 'browser'] }) });
  const orderwatch = await compose({ configFile: own.file, stateFolder: own.state });
  try {
    const rpc = await play(orderwatch, 'rpc', runs.rpc, say);
    const browser = await play(orderwatch, 'browser', runs.browser, say);
    const residue = await own.command('residue', '--now');
    if (residue.code !== 0) say(residue.stdout.trim());
    const booksAfter = await Promise.all(tenants.map(booksOf));
    const changed = tenants.filter(
      (_, n) => JSON.stringify(booksBefore[n]) !== JSON.stringify(booksAfter[n]),
    );
    return {
      transports: { rpc, browser },
      residue: residue.code === 0 ? 0 : 1,
      booksChanged: changed.length,
    };
  } finally {
    await orderwatch.close();
  }
}

/** Whether all passed and was undone, and left what is published. */
export function cyclesHold({ transports, residue, booksChanged }: CycleFigures): boolean {
  const wrong = transports.rpc.wrong + transports.browser.wrong;
  const asPublished = (['rpc', 'browser'] as const).every((transport) => {
    const { rows, published } = transports[transport];
    const { north, south } = rows;
    return Math.max(north, south) <= published && south >= published - ROWS_SHARED[transport];
  });
  return wrong + residue + booksChanged === 0 && asPublished;
}

/** Of enough runs: of a few, thirds say nothing. */
export function cyclesAreFlat({ transports }: CycleFigures): boolean {
  return Object.values(transports).every(({ durations, heap, memory }) =>
    [...Object.values(durations), heap, memory].every(([first, last]) => last <= first * FLAT),
  );
}

async function play(
  { config, scenarios, engine }: Orderwatch,
  transport: Transport,
  runs: number,
  say: CycleOptions['say'],
): Promise<TransportFigures> {
  const scenario = scenarios.get(SCENARIO);
  if (scenario === undefined) throw new Error(`there is no ${SCENARIO}`);
  const repeat = Math.ceil(runs / config.tenants.length);
  const total = repeat * config.tenants.length;
  const before = await Promise.all(tenants.map(rowsOf));
  const reports: RunReport[] = [];
  const held: { readonly heap: number; readonly memory: number }[] = [];
  const playIn = async (tenant: Tenant): Promise<void> => {
    const chosen = { tenants: [tenant], scenarios: [scenario], transports: [transport] };
    const wanted = wantedRuns({ ...chosen, repeat });
    for await (const report of runAll(wanted, engine, new AbortController().signal)) {
      reports.push(report);
      held.push(memoryNow());
      if (!isRight(report)) say(JSON.stringify(report));
      if (reports.length % 10 === 0) say(`${transport}: ${reports.length} of ${total}`);
    }
  };
  // As a fleet plays: one after the other in a tenant, and the tenants beside each other.
  await Promise.all(config.tenants.map(playIn));
  const after = await Promise.all(tenants.map(rowsOf));
  const perTenant = <T>(
    of: (tenant: LabTenant, n: number) => T,
  ): Readonly<Record<LabTenant, T>> => ({
    north: of('north', 0),
    south: of('south', 1),
  });
  return {
    runs: reports.length,
    wrong: reports.filter((report) => !isRight(report)).length,
    durations: perTenant((tenant) =>
      firstAndLast(reports.filter((report) => report.tenant === tenant).map(measuredMs)),
    ),
    heap: firstAndLast(held.map(({ heap }) => heap)),
    memory: firstAndLast(held.map(({ memory }) => memory)),
    rows: perTenant((_, n) => round(((after[n] ?? 0) - (before[n] ?? 0)) / repeat)),
    published: scenario.rows[transport] ?? 0,
  };
}

const isRight = ({ outcome, compensation }: RunReport): boolean =>
  outcome.kind === 'passed' && compensation.kind === 'clean';

const measuredMs = ({ steps }: RunReport): number =>
  steps
    .filter(({ phase }) => phase === 'measured')
    .reduce((sum, { durationMs }) => sum + durationMs, 0);

function firstAndLast(values: readonly number[]): FirstAndLast {
  const third = Math.max(1, Math.floor(values.length / 3));
  return [round(median(values.slice(0, third))), round(median(values.slice(-third)))];
}

const round = (value: number): number => Math.round(value * 100) / 100;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function memoryNow(): { readonly heap: number; readonly memory: number } {
  collectGarbage();
  const pids = [process.pid, ...processesUnder(process.pid, 'chrom').map(({ pid }) => pid)];
  const memory = pids.reduce((sum, pid) => sum + memoryOf(pid), 0);
  return { heap: process.memoryUsage().heapUsed / 2 ** 20, memory };
}
