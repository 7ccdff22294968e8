/**
 * What one browser holds: idle, with one, two and three contexts that have the order form open, and after they
 * are closed. Every page is counted in the share that is its own (PSS), so the processes may be added up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Chromium } from '../../src/browser/chromium.ts';
import { chromiumFromEnvironment } from '../../src/config/environment.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import type { WebSession } from '../../src/engine/ports.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { compose, type Orderwatch } from '../../src/wire/compose.ts';
import { memoryOf, processesUnder } from '../support/processes.ts';
import { stage } from '../support/runs.ts';

const CONTEXTS = 3;
const MIB_PER_CONTEXT = 190;
const PERCENT_LEFT = 5;
const SETTLE_MS = 10_000;
const LOOK_MS = 500;
const QUIET_LOOKS = 6;

/** All in MiB of PSS. */
export interface MemoryFigures {
  /** A browser in which no context was opened yet. */
  readonly fresh: number;
  /** As many contexts as below were open before, and are closed again: a browser that has worked. */
  readonly idle: number;
  /** With the order form open in one, two and three contexts. */
  readonly open: readonly number[];
  /** What the first one costs, with what all of them share. */
  readonly firstContext: number;
  /** What each further one costs. */
  readonly perContext: number;
  readonly closed: number;
  readonly percentLeft: number;
  /** By the type of the process, before and after. */
  readonly idleByType: ByType;
  readonly closedByType: ByType;
}

type ByType = Readonly<Record<string, number>>;

export async function measureMemory(): Promise<MemoryFigures> {
  const own = await stage({ tenant: () => ({ transports: ['browser'] }) });
  const orderwatch = await compose({ configFile: own.file, stateFolder: own.state });
  try {
    const fresh = await measureFresh(orderwatch);
    const [tenant, other = tenant] = orderwatch.config.tenants;
    if (tenant === undefined || other === undefined) throw new Error('the lab has no tenant');
    await openAndClose(orderwatch, [tenant, other]);
    const idle = await settled();
    const open = await openAndClose(orderwatch, [tenant, other]);
    const closed = await settled();
    const [first = 0] = open;
    return {
      fresh,
      idle: total(idle),
      open,
      firstContext: first - total(idle),
      perContext: Math.round((Math.max(...open) - first) / (CONTEXTS - 1)),
      closed: total(closed),
      percentLeft: Math.round((total(closed) / total(idle) - 1) * 1_000) / 10,
      idleByType: idle,
      closedByType: closed,
    };
  } finally {
    await orderwatch.close();
  }
}

export function isFrugal({ perContext, percentLeft }: MemoryFigures): boolean {
  return perContext <= MIB_PER_CONTEXT && percentLeft <= PERCENT_LEFT;
}

/** The engine opens a browser and a context in one; this browser is another one, started the same way. */
async function measureFresh({ config }: Orderwatch): Promise<number> {
  const executable = chromiumFromEnvironment() ?? config.fleet.chromium;
  const chromium = new Chromium({ clock: systemClock, executable });
  try {
    await chromium.lend();
    return total(await settled());
  } finally {
    await chromium.close();
  }
}

/** One after the other, all open together, then all closed; what was held with each one more. */
async function openAndClose(
  orderwatch: Orderwatch,
  [one, other]: readonly [Tenant, Tenant],
): Promise<readonly number[]> {
  const sessions: WebSession[] = [];
  const open: number[] = [];
  for (let count = 0; count < CONTEXTS; count += 1) {
    sessions.push(await openForm(orderwatch, count % 2 === 0 ? one : other));
    open.push(total(await settled()));
  }
  await Promise.all(sessions.map((session) => session.close()));
  return open;
}

async function openForm({ engine }: Orderwatch, tenant: Tenant): Promise<WebSession> {
  const { signal } = new AbortController();
  const call = { timeoutMs: tenant.limits.callMs, signal, signedOut: false };
  const session = await engine.openWeb(tenant, call);
  await session.client.openForm('/odoo/sales/new', 'partner_id');
  return session;
}

/** What is held as soon as it has stopped falling, or when the time for that is over. */
async function settled(): Promise<ByType> {
  const until = performance.now() + SETTLE_MS;
  let least = memoryByType();
  for (let quiet = 0; quiet < QUIET_LOOKS && performance.now() < until; ) {
    await sleep(LOOK_MS);
    const now = memoryByType();
    quiet = total(now) < total(least) ? 0 : quiet + 1;
    least = now;
  }
  return least;
}

function memoryByType(): ByType {
  const held: Record<string, number> = {};
  for (const { pid, type = 'browser' } of processesUnder(process.pid, 'chrom')) {
    held[type] = (held[type] ?? 0) + Math.round(memoryOf(pid));
  }
  return held;
}

const total = (held: ByType): number => Object.values(held).reduce((sum, mib) => sum + mib, 0);
