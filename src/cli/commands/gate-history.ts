/** `orderwatch gate list` and `gate show`: the gates that were played, and what each found. */
import { Argument, type Command } from 'commander';
import { loadWithScenarios } from '../../config/load.ts';
import { type Kept, openKept } from '../../wire/kept.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { gateListText, gateText } from '../gate-output.ts';
import { configOption, jsonOption, stateOption, tenantOption } from '../options.ts';
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
      '\nExits 0 when it is found, whatever its verdict was, 3 when nothing is kept of it.',
    )
    .action(async (gateId: string, options: Options) => {
      done(await show(gateId, options));
    });
}

async function list({ tenant: asked, json, ...options }: Options): Promise<ExitCode> {
  const gates = await withKept(options, (kept) => kept.gates.list());
  const shown = gates.filter(
    ({ tenants }) => asked === undefined || tenants.some((id) => asked.includes(id)),
  );
  if (json === true) print(JSON.stringify({ gates: shown }, null, 2));
  else print(shown.length === 0 ? 'no gate was played yet' : gateListText(shown));
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
  ask: (kept: Kept) => Promise<T>,
): Promise<T> {
  const { config } = await loadWithScenarios(file);
  const kept = await openKept(config, state);
  try {
    return await ask(kept);
  } finally {
    await kept.close();
  }
}
