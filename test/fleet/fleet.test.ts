import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { labPaths, startRedis, stopRedis } from '../../deploy/lab/faults.ts';
import { findMark } from '../../src/domain/mark.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startPrivateRedis } from '../../src/store/private-redis.ts';
import { Keys } from '../../src/store/redis.ts';
import {
  admin,
  type ConfigChange,
  type LabTenant,
  probePassword,
  tenants,
} from '../support/lab.ts';
import { secondOrders, youngest } from '../support/orders.ts';
import { promtoolSays, scrape } from '../support/prometheus.ts';
import { stage } from '../support/runs.ts';
import { findTexts, formsOf } from '../support/search.ts';
import { type Served, serve } from '../support/served.ts';

const SOON = { timeout: 45_000, interval: 200 };

const dense = (change: ConfigChange = {}): ConfigChange => ({
  limits: { run: '20s', compensation: '10s', call: '10s', sweepGrace: '1s' },
  schedules: [{ scenarios: ['order-confirmation'], every: '10s' }],
  ...change,
});

/** On the lab's Redis, apart from what other fleets keep there. */
function onLabRedis(change: ConfigChange = {}): ConfigChange & { readonly name: string } {
  fleets += 1;
  const name = `test-${process.pid}-${fleets}`;
  return { ...dense({ redis: `unix:${labPaths().redisSocket}`, ...change }), name };
}
let fleets = 0;

afterAll(async () => {
  const { command } = await stage();
  expect((await command('residue', '--now')).stdout).toBe(
    'north: residue none\nsouth: residue none\n',
  );
});

describe('a fleet in one process', () => {
  it('plays what is scheduled, shows it to Prometheus, and accounts for every slot', async () => {
    const promise = { workflow: 'orders', scenarios: ['order-confirmation'], hours: 'always' };
    const { file, state, command } = await stage(dense({ objectives: [promise] }));
    await using fleet = serve(file, state);
    await using prometheus = await scrape(await fleet.url());
    expect(fleet.notes()).toContain('a private Redis runs at');
    await expect.poll(() => playedIn(fleet), SOON).toEqual(['north', 'south']);
    const passed = 'orderwatch_runs_total{outcome="passed",transport="rpc"}';
    const seen = async (): Promise<unknown> =>
      (await prometheus.query(passed)).map(({ metric }) => metric['tenant']).sort();
    await expect.poll(seen, SOON).toEqual(['north', 'south']);
    const version = async (): Promise<unknown> =>
      (await prometheus.query('orderwatch_tenant_info{tenant="north"}'))[0]?.metric['odoo_version'];
    await expect.poll(version, SOON).toMatch(/^19\.0/);
    const [free] = await prometheus.query('orderwatch_free_stock_units{tenant="north"}');
    expect(free?.value).toBeGreaterThan(0);
    const good = 'orderwatch_objective_seconds_total{state="good",workflow="orders"} > 0';
    const kept = async (): Promise<unknown> =>
      (await prometheus.query(good)).map(({ metric }) => metric['tenant']).sort();
    await expect.poll(kept, SOON).toEqual(['north', 'south']);
    expect(promtoolSays(await fleet.metrics())).toBe('');
    expect(await (await fetch(`${await fleet.url()}/readyz`)).text()).toBe('ready\n');

    await reloadWithout(file, 'south', fleet);
    await expect.poll(async () => await fleet.metrics(), SOON).not.toContain('tenant="south"');
    expect(await fleet.metrics()).toContain('tenant="north"');
    await writeFile(file, 'fleet: [');
    fleet.child.kill('SIGHUP');
    await expect.poll(() => fleet.notes(), SOON).toContain('the configuration stays what it was');
    await reloadWithout(file, 'nobody', fleet);

    expect(await fleet.end('SIGTERM')).toBe(0);
    expect(
      fleet
        .notes()
        .split('\n')
        .filter((note) => !isExpected(note)),
    ).toEqual([]);
    for (const tenant of tenants) expect(fleet.said()).not.toContain(await probePassword(tenant));
    expect(new Set(fleet.runs().map(({ outcome }) => outcome))).toEqual(new Set(['passed']));
    const ledger = await command('ledger');
    expect(ledger.stdout).toContain('no hole');
    expect(ledger.code).toBe(0);
    const slo = await command('slo', '--json', '--tenant', 'north');
    const { objectives } = JSON.parse(slo.stdout) as { objectives: readonly unknown[] };
    // Less than an hour tells too little.
    expect(objectives).toMatchObject([
      { workflow: 'orders', verdict: 'unknown', availability: 1, downtimeMinutes: 0 },
    ]);
    expect(slo.code).toBe(3);
    const [first] = fleet.runs();
    const explained = await command('explain', first?.runId ?? '');
    expect(explained.stdout).toMatch(/^SYN~\S+\n\nnothing was wrong or slow\n$|^SYN~.*long wait/);
    expect(explained.code).toBe(0);
    const slip = await command('ledger', '--tenant', 'nowhere');
    expect(slip.stderr).toContain('no tenant "nowhere"; the configuration has: north, south');
    expect(slip.code).toBe(2);
    expect(existsSync(join(state, 'redis/redis.sock'))).toBe(false);
  });

  let original = '';
  /** Without a tenant of this name, or with all of them. */
  async function reloadWithout(file: string, gone: string, fleet: Served): Promise<void> {
    original ||= await readFile(file, 'utf8');
    const raw = parse(original) as { tenants: readonly { id: string }[] };
    const kept = raw.tenants.filter(({ id }) => id !== gone);
    await writeFile(file, stringify({ ...raw, tenants: kept }));
    const before = count(fleet.notes(), 'configuration read anew');
    fleet.child.kill('SIGHUP');
    await expect.poll(() => count(fleet.notes(), 'configuration read anew'), SOON).toBe(before + 1);
  }
});

describe('a fleet in several processes', () => {
  it('shows each series once, and another scheduler leads within five seconds of a kill', async () => {
    const change = onLabRedis();
    const [one, two, three, four] = [
      await stage(change),
      await stage(change),
      await stage(change),
      await stage(change),
    ];
    await using first = serve(one.file, one.state, '--role', 'scheduler');
    await using worker = serve(two.file, two.state, '--role', 'worker');
    await using observer = serve(three.file, three.state, '--role', 'observer');
    await expect.poll(() => playedIn(worker), SOON).toEqual(['north', 'south']);
    await using second = serve(four.file, four.state, '--role', 'scheduler');
    await second.url();
    await expect.poll(() => observer.metrics(), SOON).toContain('tenant="south"');
    expect(await worker.metrics()).not.toContain('tenant=');
    expect(await worker.metrics()).toContain('orderwatch_schedule_lag_seconds_count');
    expect(await first.metrics()).toContain('orderwatch_needed_slots');

    const whoLeads = (): Promise<string | null> => leaderName(change.name);
    const leader = await whoLeads();
    await first.end('SIGKILL');
    const killed = Date.now();
    await expect.poll(whoLeads, { timeout: 10_000, interval: 50 }).not.toSatisfy(isOneOf(leader));
    expect(Date.now() - killed).toBeLessThanOrEqual(5_000);
    const before = worker.runs().length;
    await expect.poll(() => worker.runs().length, SOON).toBeGreaterThan(before + 3);
    for (const served of [second, worker, observer]) expect(await served.end('SIGTERM')).toBe(0);
    expect(new Set(worker.runs().map(({ outcome }) => outcome))).toEqual(new Set(['passed']));
    const ledger = await four.command('ledger', '--since', '5m');
    expect(ledger.stdout).toContain('no hole');
    const passwords = await Promise.all(tenants.map(probePassword));
    const secrets = passwords.flatMap(formsOf);
    const redisFiles = join(labPaths().folder, 'redis');
    expect(findTexts(redisFiles, [change.name])).not.toEqual([]);
    for (const folder of [redisFiles, one.state, two.state, three.state, four.state]) {
      expect(findTexts(folder, secrets)).toEqual([]);
    }
    const said = [first, second, worker, observer].map((served) => served.said()).join('\n');
    for (const secret of secrets) expect(said).not.toContain(secret);
  }, 180_000);
});

// Most of it is waiting: each tenant is beside the other, and in north one test comes after the other.
describe.concurrent('a fleet that is cut', () => {
  it('leaves no hole, no second order and no residue when its process is killed', async ({
    expect,
  }) => {
    const since = await youngest();
    // Short, so that slots soon have had all the time there is for their accounts.
    const limits = { run: '8s', compensation: '4s', call: '8s', sweepGrace: '1s' };
    const { file, state, command } = await stage(dense({ limits, tenants: ['south'] }));
    await using killed = serve(file, state);
    await expect.poll(() => killed.runs().length, SOON).toBeGreaterThan(0);
    await expect
      .poll(() => openOrders(['south']), { timeout: 45_000, interval: 20 })
      .toBeGreaterThan(0);
    expect(await killed.end('SIGKILL')).toBeUndefined();
    const left = await openMark('south');
    await sleep(4_000);
    await using next = serve(file, state);
    await expect.poll(() => next.runs().length, SOON).toBeGreaterThan(1);
    // Past the deadline and the grace the sweeper undoes what the kill left.
    const isClosed = async (): Promise<boolean> => (await changed('south', left.id)).isClosed;
    await expect.poll(isClosed, { timeout: 100_000, interval: 500 }).toBe(true);
    const allowedMs = left.deadlineMs + 1_000;
    const { changedMs } = await changed('south', left.id);
    // Odoo says whole seconds. Closed is later than swept first: one order says both.
    expect(changedMs).toBeGreaterThan(allowedMs - 1_000);
    expect(changedMs - allowedMs).toBeLessThanOrEqual(60_000);
    // Its run can no longer end: 81 s after its slot.
    const lost = async (): Promise<number> => {
      const told = [...killed.runs(), ...next.runs()];
      const said = told.filter(({ outcome }) => outcome === 'inconclusive').length;
      return (await inconclusiveSlots(command)) - said;
    };
    await expect.poll(lost, { timeout: 120_000, interval: 2_000 }).toBe(1);
    expect(await next.end('SIGTERM')).toBe(0);
    const runs = [...killed.runs(), ...next.runs()];
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(runs.length);
    expect(runs.map(({ runId }) => runId)).not.toContain(left.runId);
    expect(await secondOrders(since)).toEqual([]);
    const ledger = await command('ledger');
    expect(ledger.stdout).toContain('no hole');
    expect((await command('residue', '--now')).code).toBe(0);

    const own = await startPrivateRedis(state, systemClock);
    await forgetLedger(own.url.replace('unix:', ''), 'lab');
    await own.close();
    const isHole = async (): Promise<string> => (await command('ledger')).stdout;
    await expect
      .poll(isHole, { timeout: 90_000, interval: 2_000 })
      .toContain('hole: south order-confirmation rpc at ');
    expect((await command('ledger')).code).toBe(1);
  }, 300_000);

  describe('in north', () => {
    it('ends what is under way with its undo when it is asked to stop, and leaves with 0', {
      concurrent: false,
    }, async ({ expect }) => {
      const { file, state, command } = await stage(dense({ tenants: ['north'] }));
      await using fleet = serve(file, state, '--grace', '0.1s');
      await expect
        .poll(() => openOrders(['north']), { timeout: 45_000, interval: 5 })
        .toBeGreaterThan(0);
      expect(await fleet.end('SIGTERM')).toBe(0);
      expect((await command('residue', '--now')).code).toBe(0);
      const runs = fleet.runs();
      expect(runs.filter(({ compensation }) => compensation !== 'clean')).toEqual([]);
      expect(runs.filter(({ blame }) => blame === 'target')).toEqual([]);
      const ledger = await command('ledger', '--json');
      const { rows } = JSON.parse(ledger.stdout) as {
        rows: readonly Readonly<Record<string, number>>[];
      };
      const ended = rows.map((row) => (row['passed'] ?? 0) + (row['inconclusive'] ?? 0));
      expect(ended.reduce((sum, count_) => sum + count_, 0)).toBe(runs.length);
      expect(ledger.code).toBe(0);
    });

    it('doubles nothing when a worker stands still for longer than its lease in mid-run', {
      concurrent: false,
    }, async ({ expect }) => {
      const since = await youngest();
      const limits = { run: '8s', compensation: '4s', call: '8s', sweepGrace: '1s' };
      const change = onLabRedis({ limits, tenants: ['north'] });
      const [one, two, three] = [await stage(change), await stage(change), await stage(change)];
      await using frozen = serve(one.file, one.state, '--role', 'worker');
      await frozen.url();
      await using other = serve(two.file, two.state, '--role', 'scheduler', '--role', 'sweeper');
      await expect
        .poll(() => openOrders(['north']), { timeout: 45_000, interval: 5 })
        .toBeGreaterThan(0);
      frozen.child.kill('SIGSTOP');
      const left = await openMark('north');
      await using awake = serve(three.file, three.state, '--role', 'worker');
      // Its lease ended after 13 s; by now its order is swept.
      await sleep(16_000);
      frozen.child.kill('SIGCONT');
      const own = (): ReturnType<Served['runs']>[number] | undefined =>
        frozen.runs().find(({ runId }) => runId === left.runId);
      await expect.poll(own, SOON).toBeDefined();
      expect(own()?.outcome).not.toBe('failed');
      expect(own()?.blame).not.toBe('target');
      await expect.poll(() => awake.runs().length, SOON).toBeGreaterThan(0);
      const isClosed = async (): Promise<boolean> => (await changed('north', left.id)).isClosed;
      await expect.poll(isClosed, SOON).toBe(true);
      for (const served of [frozen, awake, other]) expect(await served.end('SIGTERM')).toBe(0);
      expect(await secondOrders(since)).toEqual([]);
      expect((await one.command('residue', '--now')).code).toBe(0);
    });

    it('blames no tenant and loses no report while Redis is away in mid-run', {
      concurrent: false,
      timeout: 240_000,
    }, async ({ expect }) => {
      const since = await youngest();
      const { file, state, command } = await stage(onLabRedis({ tenants: ['north'] }));
      await using fleet = serve(file, state);
      await expect.poll(() => fleet.runs().length, SOON).toBeGreaterThan(0);
      await expect
        .poll(() => openOrders(['north']), { timeout: 45_000, interval: 20 })
        .toBeGreaterThan(0);
      const before = fleet.runs().length;
      await stopRedis();
      await sleep(6_000);
      await startRedis();
      await expect.poll(() => fleet.runs().length, SOON).toBeGreaterThan(before + 1);
      expect(await fleet.end('SIGTERM')).toBe(0);
      const runs = fleet.runs();
      expect(runs.filter(({ blame }) => blame === 'target')).toEqual([]);
      expect(runs.filter(({ compensation }) => compensation !== 'clean')).toEqual([]);
      const { rows } = JSON.parse((await command('ledger', '--json')).stdout) as {
        rows: readonly { readonly passed: number; readonly holes: readonly string[] }[];
      };
      const passed = runs.filter(({ outcome }) => outcome === 'passed');
      expect(rows.reduce((sum, row) => sum + row.passed, 0)).toBe(passed.length);
      expect(rows.flatMap(({ holes }) => holes)).toEqual([]);
      expect(await secondOrders(since)).toEqual([]);
    });
  });
});

/** Who leads the schedulers; nobody for a moment after a kill. */
const leaderName = (fleet: string): Promise<string | null> =>
  onRedis(labPaths().redisSocket, (redis) => redis.get(new Keys(fleet).of('leader', 'scheduler')));

const forgetLedger = (socket: string, fleet: string): Promise<unknown> =>
  onRedis(socket, async (redis) =>
    redis.del(await redis.keys(`${new Keys(fleet).of('ledger')}:*`)),
  );

async function onRedis<T>(socket: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(socket);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

const isOneOf =
  (leader: string | null) =>
  (name: unknown): boolean =>
    name === null || name === leader;

/** What a fleet says in whose life nothing went wrong but for a bad configuration. */
const isExpected = (note: string): boolean =>
  note === '' ||
  /^(no fleet\.redis is configured|serving|stopping|configuration read anew|the configuration stays)/.test(
    note,
  ) ||
  /^\s|orderwatch\.yaml/.test(note);

const playedIn = (fleet: Served): readonly string[] =>
  [...new Set(fleet.runs().map(({ tenant }) => tenant))].sort();

const count = (text: string, part: string): number => text.split(part).length - 1;

/** Marked orders that are not cancelled. */
async function openOrders(of: readonly LabTenant[]): Promise<number> {
  const counts = of.map(async (tenant) => {
    const access = await admin(tenant);
    return await access.count('sale.order', [
      ['client_order_ref', '=like', 'SYN~%'],
      ['state', '!=', 'cancel'],
    ]);
  });
  return (await Promise.all(counts)).reduce((sum, open) => sum + open, 0);
}

/** The order that a run has just left there, and what its mark says. */
async function openMark(tenant: LabTenant) {
  const access = await admin(tenant);
  const open = [
    ['client_order_ref', '=like', 'SYN~%'] as const,
    ['state', '!=', 'cancel'] as const,
  ];
  const [order] = await access.searchRead('sale.order', open, { client_order_ref: 'text' });
  const mark = findMark(order?.client_order_ref ?? '');
  if (order === undefined || mark === undefined) throw new Error(`nothing is open in ${tenant}`);
  return { id: order.id, runId: mark.runId, deadlineMs: mark.deadlineMs };
}

/** Whether this order is cancelled, and when it was last written. */
async function changed(tenant: LabTenant, id: number) {
  const access = await admin(tenant);
  const fields = { state: 'text', write_date: 'text' } as const;
  const [order] = await access.searchRead('sale.order', [['id', '=', id]], fields);
  const changedMs = Date.parse(`${order?.write_date?.replace(' ', 'T') ?? ''}Z`);
  return { isClosed: order?.state === 'cancel', changedMs };
}

/** How many slots are so, by the ledger. */
async function inconclusiveSlots(
  command: (name: string, ...args: string[]) => Promise<{ readonly stdout: string }>,
): Promise<number> {
  const { stdout } = await command('ledger', '--json');
  const { rows } = JSON.parse(stdout) as { rows: readonly { readonly inconclusive: number }[] };
  return rows.reduce((sum, row) => sum + row.inconclusive, 0);
}
