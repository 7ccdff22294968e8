/** `orderwatch incident`: what was wrong and what is, and why each was told or held back. */
import { type Command, Option } from 'commander';
import { loadWithScenarios } from '../../config/load.ts';
import type { Incident } from '../../domain/incident.ts';
import { openKept } from '../../wire/kept.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { incidentCard, incidentTable } from '../incident-output.ts';
import {
  chooseTenants,
  configOption,
  jsonOption,
  sameOptions,
  stateOption,
  tenantOption,
  UsageError,
} from '../options.ts';
import { print } from '../terminal.ts';

interface ShowOptions {
  readonly config: string;
  readonly state: string;
  readonly json?: true;
}

interface ListOptions extends ShowOptions {
  readonly tenant?: readonly string[];
  readonly open?: true;
}

export function addIncident(program: Command, done: (code: ExitCode) => void): void {
  const incident = program
    .command('incident')
    .description('list incidents, and show what was decided of one and why')
    .addHelpText('after', '\nExample:\n  orderwatch incident list --config orderwatch.yaml --open');
  incident
    .command('list')
    .description('incidents of the last 400 days, the newest first')
    .addOption(configOption())
    .addOption(tenantOption())
    .addOption(new Option('--open', 'only those that are not over'))
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  orderwatch incident list --config orderwatch.yaml --open
  orderwatch incident list --config orderwatch.yaml --tenant north --json | jq '.incidents[0].title'`,
    )
    .action(async (options: ListOptions) => {
      done(await list(options));
    });
  incident
    .command('show')
    .argument('<id>', 'as incident list prints it')
    .description(
      'one incident: its card, its parts, its suspects, and each decision with its reason',
    )
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  orderwatch incident show 20261123T154210118Z-0 --config orderwatch.yaml
  orderwatch incident show 20261123T154210118Z-0 --config orderwatch.yaml --json | jq '.decisions'`,
    )
    .action(async (id: string, options: ShowOptions) => {
      done(await show(id, options));
    });
}

async function list(options: ListOptions): Promise<ExitCode> {
  const { config } = await loadWithScenarios(options.config);
  const wanted = new Set(chooseTenants(config.tenants, options.tenant).map(({ id }): string => id));
  const { incidents, close } = await openKept(config, options.state);
  try {
    const all = options.open === true ? await incidents.current() : await incidents.list();
    // Of all tenants also those that are configured no more.
    const chosen = all
      .filter(({ resolvedMs }) => options.open !== true || resolvedMs === undefined)
      .filter(
        ({ parts }) =>
          options.tenant === undefined || parts.some(({ tenant }) => wanted.has(tenant)),
      )
      .toSorted((a, b) => (a.id < b.id ? 1 : -1));
    if (options.json === true) print(JSON.stringify({ incidents: chosen }, null, 2));
    else print(chosen.length === 0 ? nothing(options) : incidentTable(chosen));
  } finally {
    await close();
  }
  return EXIT.passed;
}

const nothing = ({ open }: ListOptions): string =>
  open === true ? 'no incident is open' : 'no incident was found';

async function show(id: string, options: ShowOptions): Promise<ExitCode> {
  const { config } = await loadWithScenarios(options.config);
  const { incidents, close } = await openKept(config, options.state);
  let incident: Incident | undefined;
  try {
    incident = await incidents.get(id);
  } finally {
    await close();
  }
  if (incident === undefined) {
    throw new UsageError(
      `no incident ${id}; list them: orderwatch incident list ${sameOptions(options)}`,
    );
  }
  print(options.json === true ? JSON.stringify(incident, null, 2) : incidentCard(incident));
  return EXIT.passed;
}
