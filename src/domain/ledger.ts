/** What became of every planned slot: the accounts, and the audit that finds slots without one. */
import { z } from 'zod';
import type { PlannedSlot } from './history.ts';
import { type RunId, type Slot, scenarioId, tenantId } from './ids.ts';
import { runIdOf } from './mark.ts';
import type { RunReport } from './report.ts';
import { runRequestOf } from './run-request.ts';
import { slotInstant, slotOf } from './slot.ts';

/** A slot that begins later than this after it was due is missed. */
export const LATE_MS = 30_000;

const reason = z.string();

/** `queued` gives way to `started`, both to a final account; a final account stands for ever. */
export const accountSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('queued') }).readonly(),
  z.strictObject({ kind: z.literal('started') }).readonly(),
  z
    .strictObject({
      kind: z.literal('passed'),
      /** Of its measured steps together; absent where our own side spoilt the measurement. */
      seconds: z.number().nonnegative().exactOptional(),
    })
    .readonly(),
  z.strictObject({ kind: z.literal('failed') }).readonly(),
  z.strictObject({ kind: z.literal('inconclusive') }).readonly(),
  z.strictObject({ kind: z.literal('skipped'), reason }).readonly(),
  /** It was never tried: too late, or nobody was there. */
  z.strictObject({ kind: z.literal('missed'), reason }).readonly(),
]);

export type Account = z.infer<typeof accountSchema>;
export type OpenAccount = Extract<Account, { readonly kind: 'queued' | 'started' }>;

export function isOpen(account: Account): account is OpenAccount {
  return account.kind === 'queued' || account.kind === 'started';
}

/** The final account of a run that has ended. */
export function accountOf({
  outcome,
  steps,
  contaminated,
}: Pick<RunReport, 'outcome' | 'steps' | 'contaminated'>): Account {
  if (outcome.kind === 'skipped') return { kind: 'skipped', reason: outcome.reason };
  if (outcome.kind !== 'passed' || contaminated) return { kind: outcome.kind };
  const measured = steps.filter(({ phase }) => phase === 'measured');
  const seconds = measured.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000;
  return { kind: 'passed', seconds: Number(seconds.toFixed(3)) };
}

/** Why a slot was not tried although somebody was there to. */
export const suppressed = {
  /** It is left alone for a while. */
  down: (tenant: string): string => `${tenant} is down`,
  /** Another run still hung there when the slot's time was over. */
  busy: (tenant: string): string => `${tenant} was busy`,
  /** A gate had claimed it: that says nothing of the tenant. */
  claimed: (tenant: string): string => `${tenant} was claimed by a gate`,
} as const;

/** Missed because of how the tenant was: backing off must not look like working (DESIGN.md, law 5). */
export function isSuspended(account: Account, tenant: string): boolean {
  if (account.kind !== 'missed') return false;
  return [suppressed.down(tenant), suppressed.busy(tenant)].includes(account.reason);
}

/** The planned slot that a report accounts for; undefined for a run that nobody scheduled. */
export function accountedSlot(report: RunReport): PlannedSlot | undefined {
  const slotMs = slotInstant(report.slot as Slot);
  if (slotMs % 1_000 !== 0 || slotOf(slotMs) !== report.slot) return undefined;
  const { transport } = report;
  const [tenant, scenario] = [tenantId(report.tenant), scenarioId(report.scenario)];
  return { tenant, scenario, transport, slotMs };
}

export interface LedgerRow extends Pick<PlannedSlot, 'tenant' | 'scenario' | 'transport'> {
  /** The sum of all the other numbers and of the holes. */
  readonly planned: number;
  readonly passed: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly skipped: number;
  readonly missed: number;
  /** Without a final account, but still in time for one. */
  readonly pending: number;
  /** Without a final account although their time is over: epoch milliseconds, in the order of the plan. */
  readonly holes: readonly number[];
}

/**
 * One row for each tenant, scenario and transport, in the order of the plan. A slot has `longestMs` for its final
 * account, by `nowMs` (epoch milliseconds); accounts of slots that were not planned do not count.
 */
export function audit(
  planned: Iterable<PlannedSlot>,
  accounts: ReadonlyMap<RunId, Account>,
  nowMs: number,
  longestMs: number,
): readonly LedgerRow[] {
  const rows = new Map<string, OpenRow>();
  for (const slot of planned) {
    const row = rowFor(rows, slot);
    row.planned += 1;
    const account = accounts.get(runIdOf(runRequestOf(slot)));
    if (account !== undefined && !isOpen(account)) {
      row[account.kind] += 1;
    } else if (nowMs <= slot.slotMs + longestMs) {
      row.pending += 1;
    } else {
      row.holes.push(slot.slotMs);
    }
  }
  return [...rows.values()];
}

type OpenRow = { -readonly [Name in keyof LedgerRow]: LedgerRow[Name] } & { holes: number[] };

function rowFor(rows: Map<string, OpenRow>, { tenant, scenario, transport }: PlannedSlot): OpenRow {
  const name = `${tenant}|${scenario}|${transport}`;
  const ended = { passed: 0, failed: 0, inconclusive: 0, skipped: 0, missed: 0 };
  const row = rows.get(name) ?? {
    tenant,
    scenario,
    transport,
    planned: 0,
    ...ended,
    pending: 0,
    holes: [],
  };
  rows.set(name, row);
  return row;
}
