/** `orderwatch ledger`: every slot that was planned against what became of it. */
import { type Command, Option } from 'commander';
import { loadWithScenarios } from '../../config/load.ts';
import type { LedgerRow } from '../../domain/ledger.ts';
import { slotOf } from '../../domain/slot.ts';
import { auditLedger } from '../../wire/ledger.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import {
  chooseTenants,
  configOption,
  durationArgument,
  jsonOption,
  stateOption,
  tenantOption,
} from '../options.ts';
import { print, table } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly tenant?: readonly string[];
  readonly since: number;
  readonly state: string;
  readonly json?: true;
}

const DAY_MS = 86_400_000;
/** More holes than that are counted only. */
const SHOWN = 5;

export function addLedger(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('ledger')
    .description(
      'account for every slot: planned by the configuration’s history, and what became of it',
    )
    .addOption(configOption())
    .addOption(tenantOption())
    .addOption(
      new Option('--since <duration>', 'how far back')
        .argParser(durationArgument)
        .default(DAY_MS, '1d'),
    )
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
A hole is a slot that was planned and has no account although its time is over: exit 1.
Accounts are kept for two days.

Examples:
  orderwatch ledger --config orderwatch.yaml
  orderwatch ledger --config orderwatch.yaml --tenant north --since 2h --json | jq '.rows[].holes'`,
    )
    .action(async (options: Options) => {
      done(await ledger(options));
    });
}

async function ledger(options: Options): Promise<ExitCode> {
  const { config } = await loadWithScenarios(options.config);
  const rows = await auditLedger(config, {
    stateFolder: options.state,
    sinceMs: options.since,
    ...(options.tenant === undefined ? {} : { tenants: options.tenant }),
  });
  // A tenant that is configured no more may have been planned; one that neither is nor was is a slip.
  const planned = new Set(rows.map(({ tenant }): string => tenant));
  const others = options.tenant?.filter((name) => !planned.has(name));
  chooseTenants(config.tenants, others);
  if (options.json === true) print(JSON.stringify({ rows: rows.map(jsonOf) }, null, 2));
  else print(rows.length === 0 ? 'nothing was planned' : textOf(rows));
  if (rows.length === 0) return EXIT.nothingRan;
  return rows.some(({ holes }) => holes.length > 0) ? EXIT.failed : EXIT.passed;
}

const jsonOf = (row: LedgerRow) => ({ ...row, holes: row.holes.map(slotOf) });

function textOf(rows: readonly LedgerRow[]): string {
  const head = ['tenant', 'scenario', 'transport', 'planned', 'passed', 'failed', 'inconclusive'];
  const shown = table(
    [...head, 'skipped', 'missed', 'pending', 'holes'],
    rows.map((row) => [
      row.tenant,
      row.scenario,
      row.transport,
      ...[row.planned, row.passed, row.failed, row.inconclusive].map(String),
      ...[row.skipped, row.missed, row.pending, row.holes.length].map(String),
    ]),
  );
  const holes = rows.flatMap((row) => {
    if (row.holes.length === 0) return [];
    const first = row.holes.slice(0, SHOWN).map(slotOf).join(', ');
    const more = row.holes.length > SHOWN ? ` and ${row.holes.length - SHOWN} more` : '';
    return [`hole: ${row.tenant} ${row.scenario} ${row.transport} at ${first}${more}`];
  });
  return [shown, ...(holes.length === 0 ? ['no hole'] : holes)].join('\n');
}
