/**
 * The soak proof: one worker process plays thousands of runs in both tenants, over RPC and in the browser, and holds in the
 * end as much memory as after its first fifty.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { labPaths } from '../../deploy/lab/faults.ts';
import { type Transport, transports } from '../../src/domain/transport.ts';
import { booksOf, clearReservations } from '../support/books.ts';
import { tenants } from '../support/lab.ts';
import { processesUnder } from '../support/processes.ts';
import { stage } from '../support/runs.ts';
import { type Served, serve } from '../support/served.ts';

/** Until then it loads what it needs. */
const FIRST_RUNS = 50;
/** Per cent that it may hold more in the end. */
const GROWTH = 5;
/** Of the same scenario under so many names: a tenant plays a scenario every ten seconds at most. */
const COPIES = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `order-confirmation-${letter}`);
const LOOK_MS = 1_000;
const END_WITHIN_MS = 43 * 60_000;

export interface SoakFigures {
  /** That ended, and the others of them than passed and undone. */
  readonly runs: Readonly<Record<Transport, number>>;
  readonly wrong: number;
  /** Resident MiB of the worker process, medians over the runs after the first fifty and over as many last ones. */
  readonly residentAfterFirst: number;
  readonly residentInTheEnd: number;
  readonly growthPercent: number;
  readonly residue: number;
  readonly booksChanged: number;
  readonly browsersLeft: number;
  readonly seconds: number;
}

export interface SoakOptions {
  /** At least so many runs end. */
  readonly runs: Readonly<Record<Transport, number>>;
  readonly say: (line: string) => void;
}

interface Look {
  readonly runs: number;
  readonly residentMib: number;
}

export async function proveSoak({ runs: wanted, say }: SoakOptions): Promise<SoakFigures> {
  const beganMs = performance.now();
  await Promise.all(tenants.map(clearReservations));
  const booksBefore = await Promise.all(tenants.map(booksOf));
  const change = {
    name: `soak-${process.pid}`,
    redis: `unix:${labPaths().redisSocket}`,
    limits: { run: '30s', compensation: '15s', call: '15s', sweepGrace: '1s' },
    tenant: () => ({ transports: [...transports] }),
    fleet: { scenarios: './scenarios', rowBudget: 2_000_000, workers: { browser: 1 } },
    schedules: [
      { scenarios: COPIES, transports: ['rpc'], every: '10s' },
      { scenarios: ['order-confirmation'], transports: ['browser'], every: '12s' },
    ],
  };
  const [own, rest] = [await stage(change), await stage(change)];
  for (const { folder } of [own, rest]) await writeCopies(join(folder, 'scenarios'));
  await using worker = serve(own.file, own.state, '--role', 'worker');
  const others = ['scheduler', 'observer', 'sweeper'].flatMap((role) => ['--role', role]);
  await using fleet = serve(rest.file, rest.state, ...others);
  const looks = await watch(worker, wanted, say);
  for (const served of [fleet, worker]) await served.end('SIGTERM');
  const booksAfter = await Promise.all(tenants.map(booksOf));
  const residue = await rest.command('residue', '--now');
  if (residue.code !== 0) say(residue.stdout);
  const ended = worker.runs();
  const wrong = ended.filter((run) => run.outcome !== 'passed' || run.compensation !== 'clean');
  for (const run of wrong) say(JSON.stringify(run));
  const [first, last] = firstAndLast(looks);
  return {
    runs: countOf(worker),
    wrong: wrong.length,
    residentAfterFirst: first,
    residentInTheEnd: last,
    growthPercent: Math.round((last / first - 1) * 1_000) / 10,
    residue: residue.code === 0 ? 0 : 1,
    booksChanged: tenants.filter(
      (_, n) => JSON.stringify(booksBefore[n]) !== JSON.stringify(booksAfter[n]),
    ).length,
    browsersLeft: processesUnder(worker.child.pid ?? 0, 'chrom').length,
    seconds: Math.round((performance.now() - beganMs) / 1_000),
  };
}

/** Whether so many ran, all right, and nothing is left of them; how much memory they held says `isFlat`. */
export function soakHolds(
  figures: SoakFigures,
  { runs: wanted }: Pick<SoakOptions, 'runs'>,
): boolean {
  const { runs, wrong, residue, booksChanged, browsersLeft } = figures;
  const enough = transports.every((transport) => runs[transport] >= wanted[transport]);
  return enough && wrong + residue + booksChanged + browsersLeft === 0;
}

/** Of enough runs: at first a process still grows into its heap. */
export const isFlat = ({ growthPercent }: SoakFigures): boolean => growthPercent < GROWTH;

async function writeCopies(folder: string): Promise<void> {
  await mkdir(folder);
  const original = new URL('../../dist/scenarios/order-confirmation.js', import.meta.url).href;
  for (const id of COPIES) {
    const copy = `import original from '${original}';\nexport default { ...original, id: '${id}' };\n`;
    await writeFile(join(folder, `${id}.js`), copy);
  }
}

/** Looks at the worker until it has played what is wanted, or the time is up. */
async function watch(
  worker: Served,
  wanted: SoakOptions['runs'],
  say: SoakOptions['say'],
): Promise<readonly Look[]> {
  const looks: Look[] = [];
  const endMs = performance.now() + END_WITHIN_MS;
  for (let n = 0; performance.now() < endMs; n += 1) {
    const count = countOf(worker);
    if (transports.every((transport) => count[transport] >= wanted[transport])) break;
    const residentMib = await residentOf(worker.child.pid ?? 0);
    looks.push({ runs: count.rpc + count.browser, residentMib });
    if (n % 60 === 59) {
      say(`${count.rpc} over rpc, ${count.browser} in the browser: ${residentMib.toFixed(0)} MiB`);
    }
    await sleep(LOOK_MS);
  }
  return looks;
}

function countOf(worker: Served): Readonly<Record<Transport, number>> {
  const played = worker.runs().map(({ transport }) => transport);
  const rpc = played.filter((transport) => transport === 'rpc').length;
  return { rpc, browser: played.length - rpc };
}

async function residentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

/** Medians over the tenth of the looks that follows the first fifty runs, and over the last tenth. */
function firstAndLast(looks: readonly Look[]): readonly [number, number] {
  const later = looks.filter(({ runs }) => runs >= FIRST_RUNS).map((look) => look.residentMib);
  const tenth = Math.max(1, Math.floor(later.length / 10));
  return [median(later.slice(0, tenth)), median(later.slice(-tenth))];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 10) / 10;
}
