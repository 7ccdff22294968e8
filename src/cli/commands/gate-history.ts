/** `orderwatch gate list` and `gate show`: the gates that were played, and what each found. */
import { Argument, type Command } from 'commander';
import { type Config, loadWithScenarios } from '../../config/load.ts';
import { type Kept, openKept } from '../../wire/kept.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { gateListText, gateText } from '../gate-output.ts';
import { chooseTenants, configOption, jsonOption, stateOption, tenantOption } from '../options.ts';
import { print, printNote } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly state: string;
  readonly tenant?: readonly string[];
  readonly json?: true;
}

export function addGateList(gate: Command, done: (code: ExitCode) => void): void {
  gate
    .command('list')
    .description('the gates of the last 90 days, newest first')
    .addOption(configOption())
    .addOption(tenantOption())
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  orderwatch gate list --config orderwatch.yaml --tenant north
  orderwatch gate list --config orderwatch.yaml --json | jq '.gates[0].verdict'`,
    )
    .action(async (options: Options) => {
      done(await list(options));
    });
}

export function addGateShow(gate: Command, done: (code: ExitCode) => void): void {
  gate
    .command('show')
    .description('what one gate found, with its evidence')
    .addArgument(new Argument('<gate id>', 'as `gate list` names it'))
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exits 0 when it is found, whatever its verdict was, 3 when nothing is kept of it.

Example:
  orderwatch gate show --config orderwatch.yaml 20261123T140000000Z-123456`,
    )
    .action(async (gateId: string, options: Options) => {
      done(await show(gateId, options));
    });
}

async function list({ tenant: asked, json, ...options }: Options): Promise<ExitCode> {
  const gates = await withKept(options, (kept, config) => {
    chooseTenants(config.tenants, asked);
    return kept.gates.list();
  });
  // Of all tenants also those that are configured no more.
  const shown = gates.filter(
    ({ tenants }) => asked === undefined || tenants.some((id) => asked.includes(id)),
  );
  print(json === true ? JSON.stringify({ gates: shown }, null, 2) : gateListText(shown));
  return EXIT.passed;
}

async function show(gateId: string, { json, ...options }: Options): Promise<ExitCode> {
  const result = await withKept(options, (kept) => kept.gates.get(gateId));
  if (result === undefined) {
    printNote(`nothing is kept of ${gateId}; there are: orderwatch gate list`);
    return EXIT.nothingRan;
  }
  print(json === true ? JSON.stringify(result, null, 2) : gateText(result, options));
  return EXIT.passed;
}

async function withKept<T>(
  { config: file, state }: Pick<Options, 'config' | 'state'>,
  ask: (kept: Kept, config: Config) => Promise<T>,
): Promise<T> {
  const { config } = await loadWithScenarios(file);
  const kept = await openKept(config, state);
  try {
    return await ask(kept, config);
  } finally {
    await kept.close();
  }
}
