/** What must be the same after a run as before it: the shelves, and what the customer owes. */
import { expect } from 'vitest';
import { labPaths } from '../../deploy/lab/faults.ts';
import { COMPANY_NAME } from '../../src/domain/fixtures.ts';
import type { RunReport } from '../../src/domain/report.ts';
import type { Transport } from '../../src/domain/transport.ts';
import type { Scenario } from '../../src/scenario/index.ts';
import { admin, type LabTenant } from './lab.ts';
import { stockOf } from './orders.ts';
import { rowsOf } from './rows.ts';
import { stage } from './runs.ts';

export interface Played {
  readonly report: RunReport;
  readonly booksBefore: object;
  readonly booksAfter: object;
  readonly rows: number;
  /** What `residue --now` says. */
  readonly residue: string;
}

/** Plays a scenario once in one tenant. */
export async function play(
  tenant: LabTenant,
  scenario: string,
  transport: Transport = 'rpc',
): Promise<Played> {
  const { run, command } = await stage({
    tenants: [tenant],
    tenant: () => ({ transports: [transport] }),
  });
  const booksBefore = await booksOf(tenant);
  const rowsBefore = await rowsOf(tenant);
  const { reports, stderr } = await run(['--scenario', scenario]);
  const rows = (await rowsOf(tenant)) - rowsBefore;
  const [report] = reports;
  if (report === undefined) throw new Error(`no report of ${scenario}: ${stderr}`);
  const [{ stdout: residue }, booksAfter] = await Promise.all([
    command('residue', '--now'),
    booksOf(tenant),
  ]);
  return { report, booksBefore, booksAfter, rows, residue };
}

/** Odoo writes some rows only once: when somebody does a thing, or opens the web client, for the first time. */
export async function playBefore(tenant: LabTenant, scenario: string): Promise<void> {
  const visits = await labPaths().psql(tenant, 'select count(*) from mail_presence');
  const transports: readonly Transport[] = Number(visits) === 0 ? ['rpc', 'browser'] : ['rpc'];
  const { run } = await stage({ tenants: [tenant], tenant: () => ({ transports }) });
  await run(['--scenario', scenario]);
}

/** Other tests let runs compete for the stock, and Odoo leaves reservations that no move holds: as its daily job does. */
export async function clearReservations(tenant: LabTenant): Promise<void> {
  const access = await admin(tenant);
  await access.write('stock.quant', 'action_view_inventory', []);
}

export async function booksOf(tenant: LabTenant): Promise<object> {
  const access = await admin(tenant);
  const owed = await access.searchRead(
    'account.move.line',
    [
      ['company_id.name', '=', COMPANY_NAME],
      ['account_id.account_type', '=', 'asset_receivable'],
      ['parent_state', '=', 'posted'],
    ],
    { amount_residual: 'number' },
  );
  const residual = owed.reduce((sum, line) => sum + line.amount_residual, 0);
  return { ...(await stockOf(access)), residual };
}

/** It passed, undid everything, and books and shelves are as before. */
export function expectBooksAlone({ report, residue, booksAfter, booksBefore }: Played): void {
  expect(report).toMatchObject(PASSED_CLEAN);
  expect(residue).toBe(`${report.tenant}: residue none\n`);
  expect(booksAfter).toEqual(booksBefore);
}

/** The same, every step measured, and of those in the browser these played on the page. */
export function expectWhole(
  played: Played,
  { steps }: Pick<Scenario, 'steps'>,
  clicked: readonly string[],
): void {
  const { report } = played;
  expectBooksAlone(played);
  expect(measured(report)).toEqual(steps);
  expect(byHand(report)).toEqual(report.transport === 'browser' ? clicked : []);
}

/** What a run that passed and undid everything looks like; to be matched. */
export const PASSED_CLEAN = {
  outcome: { kind: 'passed' },
  compensation: { kind: 'clean' },
} as const;

const measured = ({ steps }: RunReport): readonly string[] =>
  steps.filter(({ phase }) => phase === 'measured').map(({ name }) => name);

/** The measured steps that were played on the page. */
const byHand = ({ steps }: RunReport): readonly string[] =>
  steps
    .filter(({ phase, transport }) => phase === 'measured' && transport === 'browser')
    .map(({ name }) => name);

export const undone = ({ compensation }: RunReport): readonly string[] =>
  compensation.actions.filter(({ outcome }) => outcome === 'done').map(({ action }) => action);
