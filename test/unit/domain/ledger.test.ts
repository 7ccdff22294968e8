import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedSlot } from '../../../src/domain/history.ts';
import { type RunId, scenarioId, tenantId } from '../../../src/domain/ids.ts';
import {
  type Account,
  accountedSlot,
  accountOf,
  accountSchema,
  audit,
  type LedgerRow,
} from '../../../src/domain/ledger.ts';
import { runIdOf } from '../../../src/domain/mark.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import { runRequestOf } from '../../../src/domain/run-request.ts';
import { transports } from '../../../src/domain/transport.ts';
import { reportOf } from '../../support/unit/reports.ts';

const START_MS = Date.UTC(2026, 6, 1, 23, 59);
const LONGEST_MS = 60_000;

const slotAt = (second: number, tenant = 'north'): PlannedSlot => ({
  tenant: tenantId(tenant),
  scenario: scenarioId('login'),
  transport: 'rpc',
  slotMs: START_MS + second * 1_000,
});
const idOf = (slot: PlannedSlot): RunId => runIdOf(runRequestOf(slot));

const accounts: fc.Arbitrary<Account> = fc.oneof(
  fc.constantFrom<Account>(
    { kind: 'queued' },
    { kind: 'started' },
    { kind: 'passed' },
    { kind: 'failed' },
    { kind: 'inconclusive' },
  ),
  fc.record({ kind: fc.constantFrom('skipped' as const, 'missed' as const), reason: fc.string() }),
);

const slots: fc.Arbitrary<PlannedSlot> = fc.record({
  tenant: fc.constantFrom('north', 'south').map(tenantId),
  scenario: fc.constantFrom('login', 'order').map(scenarioId),
  transport: fc.constantFrom(...transports),
  slotMs: fc.nat(300).map((second) => START_MS + second * 1_000),
});

/** Slots, each once, some of them with an account. */
const ledgers = fc
  .uniqueArray(fc.record({ slot: slots, account: fc.option(accounts, { nil: undefined }) }), {
    selector: ({ slot }) => idOf(slot),
  })
  .map((entries) => ({
    planned: entries.map(({ slot }) => slot),
    accounts: new Map(
      entries.flatMap(({ slot, account }) => (account ? [[idOf(slot), account] as const] : [])),
    ),
  }));

const sum = (rows: readonly LedgerRow[], of: (row: LedgerRow) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

describe('the audit', () => {
  it('accounts for every planned slot exactly once, and for nothing else', () => {
    fc.assert(
      fc.property(ledgers, fc.nat(400), (ledger, second) => {
        const strange = new Map([...ledger.accounts, [idOf(slotAt(999)), { kind: 'passed' }]]);
        const nowMs = START_MS + second * 1_000;
        const rows = audit(ledger.planned, strange, nowMs, LONGEST_MS);
        for (const row of rows) {
          const ended = row.passed + row.failed + row.inconclusive + row.skipped + row.missed;
          expect(row.planned).toBe(ended + row.pending + row.holes.length);
        }
        expect(sum(rows, ({ planned }) => planned)).toBe(ledger.planned.length);
      }),
    );
  });

  it('shows a hole for each account that was deleted, as soon as its time is over', () => {
    fc.assert(
      fc.property(ledgers, fc.func(fc.boolean()), (ledger, deleted) => {
        const full = new Map(
          ledger.planned.map((slot): [RunId, Account] => [idOf(slot), { kind: 'passed' }]),
        );
        const gone = ledger.planned.filter((slot) => deleted(idOf(slot)));
        for (const slot of gone) full.delete(idOf(slot));
        const lateMs = START_MS + 301_000 + LONGEST_MS;
        const rows = audit(ledger.planned, full, lateMs, LONGEST_MS);
        const holes = rows.flatMap((row) =>
          row.holes.map((slotMs) => idOf({ ...row, slotMs } satisfies PlannedSlot)),
        );
        expect(holes.toSorted()).toEqual(gone.map(idOf).toSorted());
      }),
    );
  });

  it('waits for a slot until its time is over, whether it was queued, started or never seen', () => {
    const planned = [slotAt(0), slotAt(1), slotAt(2)];
    const known = new Map<RunId, Account>([
      [idOf(slotAt(0)), { kind: 'queued' }],
      [idOf(slotAt(1)), { kind: 'started' }],
    ]);
    const at = (ms: number): readonly LedgerRow[] => audit(planned, known, ms, LONGEST_MS);
    expect(at(START_MS + LONGEST_MS)).toMatchObject([{ pending: 3, holes: [] }]);
    expect(at(START_MS + LONGEST_MS + 1_500)).toMatchObject([
      { pending: 1, holes: [START_MS, START_MS + 1_000] },
    ]);
  });

  it('keeps tenants apart whose slots are at the same instant', () => {
    const passed = new Map<RunId, Account>([[idOf(slotAt(0)), { kind: 'passed' }]]);
    const planned = [slotAt(0), slotAt(0, 'south')];
    expect(audit(planned, passed, START_MS + 2 * LONGEST_MS, LONGEST_MS)).toMatchObject([
      { tenant: 'north', passed: 1, holes: [] },
      { tenant: 'south', passed: 0, holes: [START_MS] },
    ]);
  });
});

describe('an account', () => {
  it('of a run is its outcome, with the reason of one that was skipped', () => {
    const failure = { code: 'odoo.timeout', blame: 'fleet', message: 'x' } as const;
    const of = (outcome: RunReport['outcome']) => accountOf(reportOf({ outcome }));
    expect(of({ kind: 'inconclusive', failure })).toEqual({ kind: 'inconclusive' });
    const skipped = { kind: 'skipped', reason: 'no consent' } as const;
    expect(of(skipped)).toEqual(skipped);
  });

  it('of a run that passed says how long its measured steps took, unless that is our own doing', () => {
    const [step] = reportOf().steps;
    const steps = [
      { ...step!, phase: 'set-up', durationMs: 900 } as const,
      { ...step!, durationMs: 1_200.4 },
      { ...step!, durationMs: 300 },
    ];
    expect(accountOf(reportOf({ steps }))).toEqual({ kind: 'passed', seconds: 1.5 });
    expect(accountOf(reportOf({ steps, contaminated: true }))).toEqual({ kind: 'passed' });
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(accounts, (account) => {
        expect(accountSchema.parse(JSON.parse(JSON.stringify(account)))).toEqual(account);
      }),
    );
  });

  it('belongs to the planned slot of a report, and to none when nobody planned the run', () => {
    expect(accountedSlot(reportOf({ scenario: 'login', slot: '20260701T235900Z' }))).toEqual(
      slotAt(0),
    );
    expect(accountedSlot(reportOf())).toBeUndefined();
    expect(accountedSlot(reportOf({ slot: '20260701T235900000Z-4' }))).toBeUndefined();
  });
});
