/** Every process of a fleet is replaced in turn while it works, as an upgrade does: nothing is missed, nothing done twice. */
import { afterAll, expect, it } from 'vitest';
import { labPaths } from '../../deploy/lab/faults.ts';
import type { LedgerRow } from '../../src/domain/ledger.ts';
import { secondOrders, youngest } from '../support/orders.ts';
import { type Stage, stage } from '../support/runs.ts';
import { type Served, serve } from '../support/served.ts';

const SOON = { timeout: 45_000, interval: 200 };
const RUNS_BETWEEN = 4;
/** In the order of an upgrade. */
const PROCESSES = [
  'scheduler',
  'scheduler',
  'worker',
  'worker',
  'observer',
  'observer',
  'sweeper',
] as const;

/** A process and those that had its place before. */
interface Place {
  readonly role: (typeof PROCESSES)[number];
  readonly staged: Stage;
  readonly served: Served[];
}

const places: Place[] = [];
afterAll(async () => {
  for (const { served } of places) for (const one of served) await one[Symbol.asyncDispose]();
});

const begin = ({ file, state }: Stage, role: string): Served => serve(file, state, '--role', role);

const runs = (): ReturnType<Served['runs']> =>
  places.flatMap(({ served }) => served.flatMap((one) => one.runs()));

it('replacing every process under load loses nothing', async () => {
  const since = await youngest();
  const change = {
    name: `rolling-${process.pid}`,
    redis: `unix:${labPaths().redisSocket}`,
    limits: { run: '20s', compensation: '10s', call: '10s', sweepGrace: '1s' },
    schedules: [{ scenarios: ['order-confirmation', 'stock-reservation'], every: '10s' }],
    fleet: { rowBudget: 500_000 },
  };
  for (const role of PROCESSES) {
    const staged = await stage(change);
    places.push({ role, staged, served: [begin(staged, role)] });
  }
  await expect.poll(() => runs().length, SOON).toBeGreaterThan(RUNS_BETWEEN);
  for (const { role, staged, served } of places) {
    expect(await served.at(-1)?.end('SIGTERM')).toBe(0);
    const next = begin(staged, role);
    served.push(next);
    await next.url();
    const played = runs().length;
    await expect.poll(() => runs().length, SOON).toBeGreaterThanOrEqual(played + RUNS_BETWEEN);
  }
  const total = async (): Promise<number> => {
    const pages = places
      .filter(({ role }) => role === 'observer')
      .map(async ({ served }) => (await served.at(-1)?.metrics()) ?? '');
    const counts = (await Promise.all(pages))
      .join('\n')
      .matchAll(/^orderwatch_runs_total.* (\d+)$/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  };
  for (const wanted of ['scheduler', 'worker'] as const) {
    for (const { role, served } of places) {
      if (role === wanted) expect(await served.at(-1)?.end('SIGTERM')).toBe(0);
    }
  }
  await expect.poll(total, SOON).toBe(runs().length);
  for (const { role, served } of places) {
    if (role === 'observer' || role === 'sweeper') {
      expect(await served.at(-1)?.end('SIGTERM')).toBe(0);
    }
  }
  expect(
    runs().filter(({ outcome, compensation }) => outcome !== 'passed' || compensation !== 'clean'),
  ).toEqual([]);
  const { command } = places[0]?.staged ?? (await stage());
  const ledger = await command('ledger', '--since', '10m', '--json');
  const { rows } = JSON.parse(ledger.stdout) as { rows: readonly LedgerRow[] };
  const sum = (of: (row: LedgerRow) => number): number =>
    rows.reduce((all, row) => all + of(row), 0);
  expect(sum(({ passed }) => passed)).toBe(runs().length);
  expect(
    {
      lost: sum(({ missed, failed, inconclusive }) => missed + failed + inconclusive),
      holes: rows.flatMap(({ holes }) => holes),
      pending: sum(({ pending }) => pending),
    },
    ledger.stdout,
  ).toEqual({ lost: 0, holes: [], pending: 0 });
  expect(await secondOrders(since)).toEqual([]);
  expect((await command('residue', '--now')).code).toBe(0);
}, 300_000);
