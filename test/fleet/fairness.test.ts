/**
 * One in ten tenants hangs, and the others keep their slots: the shipped scheduler, queue, leases and worker on a Redis
 * of its own, with default limits and the usual places of this machine. Only Odoo is a stand-in. Without giving places away 5 % are on time.
 */
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plannedBetween } from '../../src/domain/history.ts';
import { runIdOf } from '../../src/domain/mark.ts';
import { runRequestOf } from '../../src/domain/run-request.ts';
import type { TenantSession } from '../../src/engine/ports.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { FolderRecords } from '../../src/store/folder.ts';
import { History } from '../../src/store/history.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { Keys } from '../../src/store/redis.ts';
import type { StandIn } from '../../src/wire/compose.ts';
import { noOps } from '../support/no-op.ts';
import {
  type StandInFleet,
  startStandInFleet,
  writeStandInConfig,
} from '../support/stand-in-fleet.ts';
import { temporaryFolder } from '../support/unit/folder.ts';
import { ownRedis } from '../support/unit/redis.ts';

const NAME = 'fairness';
const TENANTS = 200;
const HANGING = 20;
const EVERY_MS = 15_000;
const SIGN_IN_MS = 50;
/** Every tenant was due once. */
const WARM_UP_MS = EVERY_MS;
const WINDOW_MS = 3 * EVERY_MS;
/** By then a slot that nobody played is missed. */
const AFTER_MS = 33_000;
/** On time is a run that passed and began no later than this after its slot. */
const ON_TIME_MS = 5_000;

const server = ownRedis();
/** Where the tenants seem to be for who looks from outside: it listens and never answers. */
const silent = net.createServer((socket) => {
  socket.on('error', () => undefined);
});
const folder = temporaryFolder();

beforeAll(async () => {
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterAll(() => {
  silent.close();
});

const hanging: ReadonlySet<string> = new Set(
  Array.from({ length: HANGING }, (_, n) => `tenant-${n * (TENANTS / HANGING)}`),
);

const standIn: StandIn = {
  ...noOps,
  signIn: async (tenant, call, follow = (_call, _signal, work) => work()) =>
    await follow('sign in', call.signal, async () => {
      if (hanging.has(tenant.id)) return await never(call.signal);
      await systemClock.sleep(SIGN_IN_MS, call.signal);
      return await noOps.signIn(tenant, call);
    }),
};

const never = (signal: AbortSignal): Promise<TenantSession> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

async function play(stateFolder: string): Promise<StandInFleet> {
  const { port } = silent.address() as AddressInfo;
  const file = await writeStandInConfig(folder, {
    timing: { every: `${EVERY_MS / 1_000}s` },
    tenants: TENANTS,
    url: `http://127.0.0.1:${port}`,
    fleet: { name: NAME, redis: server.url },
  });
  const played = await startStandInFleet(file, stateFolder, standIn);
  try {
    await systemClock.sleep(WARM_UP_MS + WINDOW_MS + AFTER_MS);
  } finally {
    await played.fleet.stop(0);
  }
  return played;
}

it('180 tenants keep at least 99 % of their slots on time while 20 hang, and every slot is accounted for', async () => {
  const stateFolder = join(folder, 'state');
  const fromMs = Date.now() + WARM_UP_MS;
  const { reports, unexpected } = await play(stateFolder);

  const redis = await server.connect();
  const keys = new Keys(NAME);
  const history = new History(redis, keys, new FolderRecords(stateFolder), systemClock);
  const planned = [...plannedBetween(await history.read(), fromMs, fromMs + WINDOW_MS)];
  const accounts = await new Ledger(redis, keys).accounts(planned);
  const slots = planned.map((slot) => {
    const runId = runIdOf(runRequestOf(slot));
    const report = reports.get(runId);
    const lateMs = report === undefined ? Infinity : Date.parse(report.startedAt) - slot.slotMs;
    return { tenant: slot.tenant, account: accounts.get(runId)?.kind ?? 'hole', lateMs };
  });
  const ofHealthy = slots.filter(({ tenant }) => !hanging.has(tenant));
  const onTime = ofHealthy.filter(
    ({ account, lateMs: late }) => account === 'passed' && late <= ON_TIME_MS,
  );
  const ofHanging = slots.filter(({ tenant }) => hanging.has(tenant));
  const lates = ofHealthy.map((one) => one.lateMs).toSorted((a, b) => a - b);
  const share = onTime.length / ofHealthy.length;
  console.log(
    `${(100 * share).toFixed(2)} % of ${ofHealthy.length} slots of ${TENANTS - HANGING} tenants on time; ` +
      `began after ${at(lates, 0.5)} ms (median), ${at(lates, 0.99)} ms (99 %); ` +
      `${countsOf(ofHealthy)}; of the ${HANGING} that hang: ${countsOf(ofHanging)}`,
  );
  expect(ofHealthy.length).toBeGreaterThanOrEqual((TENANTS - HANGING) * 3);
  expect(ofHanging.length).toBeGreaterThanOrEqual(HANGING * 3);
  expect(share).toBeGreaterThanOrEqual(0.99);
  const open = slots.filter(({ account }) => /^(?:hole|queued|started)$/.test(account));
  expect(open).toEqual([]);
  expect(unexpected).toEqual([]);
  expect(countsOf(ofHanging)).not.toContain('passed');
});

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;

function countsOf(slots: readonly { readonly account: string }[]): string {
  const counts = new Map<string, number>();
  for (const { account } of slots) counts.set(account, (counts.get(account) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}
