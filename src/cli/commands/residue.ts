/** `orderwatch residue` and `orderwatch sweep`: what synthetic documents are still open, and closing them. */
import type { Command } from 'commander';
import { nameOfMark } from '../../domain/any-mark.ts';
import { imbalances } from '../../domain/residue.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { Engine } from '../../engine/run-state.ts';
import { type ResidueReport, residue, sweep } from '../../engine/sweep.ts';
import { compose } from '../../wire/compose.ts';
import { EXIT, type ExitCode, worst } from '../exit.ts';
import { chooseTenants, configOption, jsonOption, stateOption, tenantOption } from '../options.ts';
import { stopOnSignals } from '../stop.ts';
import { colours, counted, liveLine, paintOutcome, print, table } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly tenant?: readonly string[];
  readonly state: string;
  readonly json?: true;
  readonly now?: true;
}

type Look = (tenant: Tenant, engine: Engine, signal: AbortSignal) => Promise<ResidueReport>;

export function addResidue(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('residue')
    .description('list documents open past their deadline and books out of balance; exit 1 if any')
    .addOption(configOption())
    .addOption(tenantOption())
    .addOption(stateOption())
    .addOption(jsonOption())
    .option('--now', 'count all, whatever their deadline: for when nothing is running')
    .addHelpText('after', '\nExample:\n  orderwatch residue --config orderwatch.yaml --now')
    .action(async (options: Options) => {
      const all = options.now === true;
      done(
        await overTenants(options, (tenant, engine, signal) =>
          residue(tenant, engine, { all, signal }),
        ),
      );
    });
}

export function addSweep(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('sweep')
    .description('undo what dead runs left past their deadline; exit 1 if anything stays open')
    .addOption(configOption())
    .addOption(tenantOption())
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Finds documents by their marks in Odoo, so it works without any local state.

Example:
  orderwatch sweep --config orderwatch.yaml --tenant north`,
    )
    .action(async (options: Options) => {
      done(await overTenants(options, sweep));
    });
}

async function overTenants(options: Options, look: Look): Promise<ExitCode> {
  const orderwatch = await compose({ configFile: options.config, stateFolder: options.state });
  const stop = stopOnSignals();
  const live = liveLine();
  const reports: ResidueReport[] = [];
  try {
    const tenants = chooseTenants(orderwatch.config.tenants, options.tenant);
    for (const tenant of tenants) {
      if (stop.signal.aborted) break;
      live.show(`${tenant.id}: looking`);
      reports.push(await look(tenant, orderwatch.engine, stop.signal));
      live.clear();
    }
  } finally {
    live.clear();
    stop.close();
    await orderwatch.close();
  }
  if (options.json === true) print(JSON.stringify({ tenants: reports }, null, 2));
  else reports.forEach(printReport);
  return worst([...reports.map(codeOf), stop.code()]);
}

function codeOf({ residue: left, books, error, skipped }: ResidueReport): ExitCode | undefined {
  if (left.length > 0 || imbalances(books).length > 0) return EXIT.failed;
  if (error !== undefined) return error.blame === 'target' ? EXIT.failed : EXIT.inconclusive;
  return skipped === undefined ? EXIT.passed : undefined;
}

function printReport(report: ResidueReport): void {
  const { tenant, residue: left, actions, error, skipped } = report;
  const off = imbalances(report.books);
  const undone = actions.filter(({ outcome }) => outcome === 'done');
  if (undone.length > 0) print(`${tenant}: undone in ${counted(undone.length, 'action')}`);
  if (skipped !== undefined) print(`${tenant}: ${colours.yellow('skipped')}: ${skipped}`);
  else if (error !== undefined) {
    print(`${tenant}: ${colours.red('not finished')}: ${error.message} (blame ${error.blame})`);
  } else if (left.length + off.length === 0) {
    print(`${tenant}: residue ${paintOutcome('none')}`);
  }
  if (off.length > 0) print(`${tenant}: nothing is open, yet ${colours.red(off.join(', '))}`);
  if (left.length === 0) return;
  print(`${tenant}: residue ${colours.red(String(left.length))}`);
  print(
    table(
      ['model', 'document', 'state', 'run', 'deadline'],
      left.map(({ model, reference, state, mark }) => [
        model,
        reference,
        state,
        mark === undefined ? 'no mark' : nameOfMark(mark),
        mark === undefined ? '' : new Date(mark.deadlineMs).toISOString(),
      ]),
    ),
  );
}
