/**
 * The variants proof: every scenario in both tenants over both transports, as provisioned and under every variant
 * that touches it. Each run passes, is undone, and leaves the books as they were; where the tenant was down between
 * the transaction and its undo, a sweep does it when the tenant is back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadScenarios } from '../../src/config/scenarios.ts';
import type { RunReport } from '../../src/domain/report.ts';
import type { Transport } from '../../src/domain/transport.ts';
import { groupBy } from '../../src/lib/group.ts';
import { booksOf, clearReservations, undone } from '../support/books.ts';
import { Changes } from '../support/changes.ts';
import { type LabTenant, tenants, tenantUrl } from '../support/lab.ts';
import { playWhile } from '../support/meanwhile.ts';
import { type CutProxy, cutProxy } from '../support/proxy.ts';
import { stage } from '../support/runs.ts';
import { type Variant, variants } from '../support/variants.ts';
import { shuffled } from './request-cuts.ts';

export interface VariantFigures {
  readonly cases: number;
  /** Of each variant. */
  readonly passed: Readonly<Record<string, number>>;
  readonly wrong: number;
  /** How long tenants were away before the sweep, seconds. */
  readonly downSeconds: number;
  /** Tenants in which something was open at the end, or whose books had changed. */
  readonly residue: number;
  readonly booksChanged: number;
}

export interface VariantOptions {
  readonly seed: number;
  /** The share of the cases of each variant to play, 0 to 1; one at least. */
  readonly share: number;
  /** How long a tenant is away between a transaction and its undo, at least. */
  readonly downMs: number;
  readonly say: (line: string) => void;
}

interface Case {
  readonly variant: Variant;
  readonly scenario: string;
  readonly tenant: LabTenant;
  readonly transport: Transport;
}

/** What is left open hinders no other run; the time only ends what hangs, for two browsers at once are slow. */
const LIMITS = { run: '2m', sweepGrace: '2h' } as const;
/** A run whose tenant is away is soon over. */
const AWAY_LIMITS = { ...LIMITS, run: '45s', compensation: '5s' } as const;
const SWEEP_LIMITS = { ...AWAY_LIMITS, sweepGrace: '1s' } as const;
/** From the start of a run whose tenant is away until its deadline and the grace are over. */
const OVERDUE_MS = 52_000;

/** None of them is part of a transaction; with one of them its undo begins. */
const UNDO_BEGINS = [
  'account.move.button_draft',
  'stock.return.picking.create',
  'stock.picking.action_cancel',
  'sale.order.action_unlock',
  'sale.order.action_cancel',
] as const;

export async function proveVariants(options: VariantOptions): Promise<VariantFigures> {
  const { say } = options;
  await Promise.all(tenants.map(clearReservations));
  const booksBefore = await Promise.all(tenants.map(booksOf));
  const cases = await chosenCases(options);
  const passed: Record<string, number> = {};
  let wrong = 0;
  let [lastDownMs, lastStartMs] = [0, 0];
  const playLane = async (lane: readonly Case[]): Promise<void> => {
    for (const group of groupBy(lane, ({ variant }) => variant.name).values()) {
      for (const { one, trouble, startMs } of await playGroup(group)) {
        const { name, downBeforeUndo } = one.variant;
        if (downBeforeUndo)
          [lastDownMs, lastStartMs] = [Date.now(), Math.max(lastStartMs, startMs)];
        if (trouble === undefined) passed[name] = (passed[name] ?? 0) + 1;
        else wrong += 1;
        const what = `${name}: ${one.tenant} ${one.scenario} ${one.transport}`;
        say(`${what}: ${trouble ?? 'ok'}`);
      }
    }
  };
  // What is changed in one tenant is nothing to the other.
  await Promise.all([...groupBy(cases, ({ tenant }) => tenant).values()].map(playLane));
  const awayUntil = Math.max(lastDownMs + options.downMs, lastStartMs + OVERDUE_MS);
  await sleep(Math.max(0, awayUntil - Date.now()));
  const downSeconds = Math.round((Date.now() - lastDownMs) / 1_000);
  const sweeping = await stage({ limits: SWEEP_LIMITS });
  say((await sweeping.command('sweep')).stdout.trim());
  const residue = await sweeping.command('residue', '--now');
  if (residue.code !== 0) say(residue.stdout.trim());
  await Promise.all(tenants.map(clearReservations));
  const booksAfter = await Promise.all(tenants.map(booksOf));
  const changed = tenants.filter(
    (_, n) => JSON.stringify(booksBefore[n]) !== JSON.stringify(booksAfter[n]),
  );
  for (const tenant of changed) say(`the books of ${tenant} changed`);
  return {
    cases: cases.length,
    passed,
    wrong,
    downSeconds,
    residue: residue.code === 0 ? 0 : 1,
    booksChanged: changed.length,
  };
}

export function variantsHold({
  cases,
  passed,
  wrong,
  residue,
  booksChanged,
}: VariantFigures): boolean {
  const names = Object.keys(passed).length;
  return cases > 0 && names === variants.length && wrong + residue + booksChanged === 0;
}

/** Of each variant a share, in its order. */
async function chosenCases({ seed, share }: VariantOptions): Promise<readonly Case[]> {
  const scenarios = [...(await loadScenarios()).values()];
  return variants.flatMap((variant, n) => {
    const cases = scenarios
      .filter(variant.touches)
      .flatMap(({ id: scenario, transports }) =>
        tenants.flatMap((tenant) =>
          transports.map((transport) => ({ variant, scenario, tenant, transport })),
        ),
      );
    // Each by a seed of its own: those of equal length would all begin with the same case.
    return shuffled(cases, seed + n).slice(0, Math.ceil(cases.length * share));
  });
}

interface PlayedCase {
  readonly one: Case;
  readonly startMs: number;
  /** Undefined when all is as it must be. */
  readonly trouble: string | undefined;
}

/** Cases of one variant in one tenant, under one change. */
async function playGroup(cases: readonly Case[]): Promise<readonly PlayedCase[]> {
  const [first] = cases;
  if (first === undefined) return [];
  const changes = await Changes.in(first.tenant);
  try {
    await first.variant.change?.(changes);
    const played: PlayedCase[] = [];
    for (const one of cases) played.push({ one, ...(await troubleOf(one)) });
    return played;
  } finally {
    await changes.putBack();
  }
}

async function troubleOf(one: Case): Promise<Omit<PlayedCase, 'one'>> {
  const { tenant, variant } = one;
  const proxy = variant.downBeforeUndo ? await cutProxy(tenantUrl(tenant)) : undefined;
  const changes = await Changes.in(tenant);
  const before = await booksOf(tenant);
  try {
    const report = await playCase(one, changes, proxy);
    const startMs = Date.parse(report.startedAt);
    const trouble = troubleIn(report, variant);
    if (trouble !== undefined || variant.downBeforeUndo) return { startMs, trouble };
    const after = await booksOf(tenant);
    const same = JSON.stringify(before) === JSON.stringify(after);
    const changed = `books ${JSON.stringify(before)} became ${JSON.stringify(after)}`;
    return { startMs, trouble: same ? undefined : changed };
  } finally {
    await changes.putBack();
    await proxy?.close();
  }
}

function troubleIn(report: RunReport, variant: Variant): string | undefined {
  const { outcome, compensation } = report;
  if (outcome.kind !== 'passed') return JSON.stringify(outcome);
  if (variant.downBeforeUndo) {
    return compensation.kind === 'clean' ? 'undone although it was down' : undefined;
  }
  if (compensation.kind !== 'clean') return JSON.stringify(compensation);
  if (variant.undo === undefined || undone(report).includes(variant.undo)) return undefined;
  return `undone without ${variant.undo}: ${undone(report).join(', ')}`;
}

async function playCase(
  { variant, scenario, tenant, transport }: Case,
  changes: Changes,
  proxy: CutProxy | undefined,
): Promise<RunReport> {
  const happens = async (): Promise<undefined> => {
    proxy?.down();
    await variant.beforeUndo?.(changes);
    return undefined;
  };
  const url = proxy === undefined ? {} : { url: proxy.url };
  const limits = proxy === undefined ? LIMITS : AWAY_LIMITS;
  return await playWhile(
    tenant,
    scenario,
    { before: UNDO_BEGINS, happens },
    { limits, tenant: () => ({ transports: [transport], ...url }) },
  );
}
