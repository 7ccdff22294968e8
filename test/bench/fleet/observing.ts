/**
 * One observer process in front of 1,000 tenants: reports ten times as fast as they come, and while they come its page. What it
 * holds is seen from outside: its cursor in Redis, /proc, and how long its smallest page takes while it writes the largest.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { labPaths } from '../../../deploy/lab/faults.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { Keys } from '../../../src/store/redis.ts';
import { Reports } from '../../../src/store/reports.ts';
import { noOpConfiguration } from '../../support/no-op.ts';
import { type Served, serve } from '../../support/served.ts';
import { reportOf } from '../../support/unit/reports.ts';
import type { RoundsOptions } from '../rounds.ts';
import { at } from '../statistics.ts';
import { forget, openRedis } from './fleet.ts';

const NAME = 'bench';
/** The only partition. */
const CLUSTER = 'bench';
const TENANTS = 1_000;
const SCENARIOS = [
  'order-confirmation',
  'stock-reservation',
  'picking-validation',
  'invoice-posting',
  'order-to-cash',
];
const STEPS = 6;
/** Of 10,000 series every five minutes. */
const USUAL_PER_SECOND = 10_000 / 300;
const PER_SECOND = 10 * USUAL_PER_SECOND;
const BEAT_MS = 100;
const MEASURED_MS = 60_000;
const PAGES = 5;

export interface Observing {
  readonly reportsPerSecond: number;
  /** Milliseconds from a report's arrival in the stream until it is folded. */
  readonly lagP99Ms: number;
  /** Of a core. */
  readonly cpuShare: number;
  readonly residentMib: number;
  readonly page: {
    readonly mib: number;
    readonly seconds: number;
    /** The longest that anything else waited meanwhile. */
    readonly blockedMs: number;
    readonly goalMs: number;
    readonly met: boolean;
  };
  /** Milliseconds; an observer that does not keep up falls behind for ever. */
  readonly goalMs: number;
  readonly met: boolean;
}

export async function observing({
  signal,
  say,
}: Pick<RoundsOptions, 'signal' | 'say'>): Promise<Observing> {
  const folder = await mkdtemp(join(tmpdir(), 'orderwatch-bench-'));
  const file = join(folder, 'orderwatch.yaml');
  await writeFile(join(folder, 'secret'), 'nothing', { mode: 0o600 });
  await writeFile(file, configuration());
  await forget();
  const redis = openRedis();
  const keys = new Keys(NAME);
  const reports = new Reports(redis, keys, new FolderRecords(join(folder, 'spool')));
  await using observer = serve(file, join(folder, 'state'), '--role', 'observer');
  await observer.url();
  const behindMs = async (): Promise<number> => {
    const cursor = await redis.hget(keys.of('folded', CLUSTER), CURSOR);
    const stream = keys.of('reports', CLUSTER);
    const [next] = await redis.xrange(stream, `(${cursor ?? '0'}`, '+', 'COUNT', 1);
    return next === undefined ? 0 : Math.max(0, Date.now() - Number.parseInt(next[0], 10));
  };
  try {
    say('one observer: a report of each of 10,000 series');
    const all = everySeries();
    for (let n = 0; n < all.length; n += 500) await deliver(reports, all.slice(n, n + 500));
    while ((await behindMs()) > 0) await sleep(BEAT_MS, undefined, { signal });
    say(`one observer: ${PER_SECOND.toFixed(0)} reports a second, a minute of it`);
    const pid = observer.child.pid ?? 0;
    const [beganMs, cpuBefore] = [performance.now(), cpuSeconds(pid)];
    const behind: number[] = [];
    let sent = 0;
    for (let n = 0; performance.now() - beganMs < MEASURED_MS; n += 1) {
      const due = Math.floor((PER_SECOND * (performance.now() - beganMs)) / 1_000);
      await deliver(reports, seriesFrom(sent, due));
      sent = due;
      behind.push(await behindMs());
      await sleep(BEAT_MS, undefined, { signal });
    }
    const seconds = (performance.now() - beganMs) / 1_000;
    const cpuShare = (cpuSeconds(pid) - cpuBefore) / seconds;
    say(`one observer: its page, ${PAGES} times`);
    const page = await pagesOf(observer);
    const lagP99Ms = at(
      behind.toSorted((a, b) => a - b),
      0.99,
    );
    const goalMs = 2_000;
    return {
      reportsPerSecond: sent / seconds,
      lagP99Ms,
      cpuShare,
      residentMib: residentMib(pid),
      page,
      goalMs,
      met: lagP99Ms <= goalMs,
    };
  } finally {
    await observer.end('SIGTERM');
    redis.disconnect();
    await forget();
    await rm(folder, { recursive: true });
  }
}

/** As `store/folds` names the field. */
const CURSOR = 'cursor';

function configuration(): string {
  const redis = `unix:${labPaths().redisSocket}`;
  const raw = parse(
    noOpConfiguration({ name: NAME, redis, rowBudget: 1_000_000 }, TENANTS, {}),
  ) as {
    readonly fleet: object;
  };
  const fleet = { ...raw.fleet, schedules: [{ scenarios: SCENARIOS, every: '5m' }] };
  return stringify({ ...raw, fleet }, { aliasDuplicateObjects: false });
}

function everySeries(): readonly RunReport[] {
  return seriesFrom(0, TENANTS * SCENARIOS.length * 2);
}

let counter = 0;

/** Reports of just now, from one place in the order of all series to another. */
function seriesFrom(from: number, to: number): readonly RunReport[] {
  const finishedAt = new Date().toISOString();
  const startedAt = new Date(Date.now() - 2_400).toISOString();
  const stamp = startedAt.replace(/[-:.]/g, '');
  const [step] = reportOf().steps;
  if (step === undefined) throw new Error('the dull report has no step');
  return Array.from({ length: to - from }, (_, index) => {
    const place = from + index;
    const tenant = `tenant-${place % TENANTS}`;
    const scenario = SCENARIOS[Math.floor(place / TENANTS) % SCENARIOS.length] ?? '';
    const isRpc = Math.floor(place / TENANTS / SCENARIOS.length) % 2 === 0;
    const transport = isRpc ? ('rpc' as const) : ('browser' as const);
    counter += 1;
    const slot = `${stamp}-${counter}`;
    const steps = Array.from({ length: STEPS }, (_step, n) => ({
      ...step,
      name: `step ${n}`,
      transport,
      startedAt,
      durationMs: 300 + Math.random() * 80,
    }));
    const runId = `SYN~${tenant}~${scenario}~${transport}~${slot}`;
    return reportOf({ runId, tenant, scenario, transport, slot, startedAt, finishedAt, steps });
  });
}

async function deliver(reports: Reports, all: readonly RunReport[]): Promise<void> {
  const fates = await Promise.all(all.map((report) => reports.deliver(report, CLUSTER)));
  if (fates.includes('kept')) throw new Error('Redis took a report too late');
}

async function pagesOf(observer: Served): Promise<Observing['page']> {
  const url = await observer.url();
  let [blockedMs, bytes, isDone] = [0, 0, false];
  const others = (async () => {
    while (!isDone) {
      const askedMs = performance.now();
      await (await fetch(`${url}/healthz`)).text();
      blockedMs = Math.max(blockedMs, performance.now() - askedMs);
      await sleep(2);
    }
  })();
  const seconds: number[] = [];
  for (let n = 0; n < PAGES; n += 1) {
    const askedMs = performance.now();
    const page = await fetch(`${url}/metrics`);
    // Read as it comes and thrown away: holding it would stop this process, which measures.
    for await (const chunk of page.body ?? []) bytes += (chunk as Uint8Array).length;
    seconds.push((performance.now() - askedMs) / 1_000);
  }
  isDone = true;
  await others;
  const goalMs = 50;
  return {
    mib: bytes / PAGES / 2 ** 20,
    seconds: at(
      seconds.toSorted((a, b) => a - b),
      0.5,
    ),
    blockedMs,
    goalMs,
    met: blockedMs <= goalMs,
  };
}

/** Of the process, user and system; the kernel counts hundredths. */
function cpuSeconds(pid: number): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function residentMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}
