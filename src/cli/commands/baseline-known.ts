/** `orderwatch baseline show` and `accept`: what observers hold for normal, and that something is from now on. */
import { type Command, Option } from 'commander';
import { type Config, loadWithScenarios } from '../../config/load.ts';
import type { Tenant } from '../../domain/tenant.ts';
import { transports } from '../../domain/transport.ts';
import { acceptNow, type Baseline, readBaselines } from '../../wire/baselines.ts';
import { baselineCharts, baselineTable } from '../baseline-output.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import {
  chooseTenants,
  configOption,
  jsonOption,
  scenarioOption,
  stateOption,
  tenantOption,
  transportOption,
  UsageError,
} from '../options.ts';
import { counted, print } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly tenant?: readonly string[];
  readonly scenario?: readonly string[];
  readonly transport?: readonly string[];
  readonly step?: string;
  readonly state: string;
  readonly json?: true;
}

const stepOption = (): Option => new Option('--step <name>', 'only this step');

export function addShow(baseline: Command, done: (code: ExitCode) => void): void {
  baseline
    .command('show')
    .description('how long each step usually takes, by window of the business week')
    .addOption(configOption())
    .addOption(tenantOption())
    .addOption(scenarioOption())
    .addOption(transportOption())
    .addOption(stepOption())
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Without --scenario a line for each step, of what is usual now; with it the windows of each step and a chart.
It is read from the fleet's Redis, where observers keep it twice a minute. Exit 3 when nothing is known yet.

Examples:
  orderwatch baseline show --config orderwatch.yaml --tenant north
  orderwatch baseline show --config orderwatch.yaml --tenant north --scenario picking-validation
  orderwatch baseline show --config orderwatch.yaml --json | jq '.baselines[].usual'`,
    )
    .action(async (options: Options) => {
      done(await show(options));
    });
}

export function addAccept(baseline: Command, done: (code: ExitCode) => void): void {
  baseline
    .command('accept')
    .description('take how long something takes now for normal at once, and end its alert')
    .addOption(configOption())
    .addOption(tenantOption().makeOptionMandatory())
    .addOption(scenarioOption().makeOptionMandatory())
    .addOption(transportOption())
    .addOption(stepOption())
    .addOption(stateOption())
    .addHelpText(
      'after',
      `
Without it a level that lasts 60 hours is taken for normal by itself. Failures cannot be accepted.
Exit 4 when no observer has heard it within ten seconds: the next one that runs will.

Example:
  orderwatch baseline accept --config orderwatch.yaml --tenant north --scenario invoice-posting --step "post invoice"`,
    )
    .action(async (options: Options) => {
      done(await accept(options));
    });
}

async function show(options: Options): Promise<ExitCode> {
  const { config, tenants } = await chosen(options);
  const all = await readBaselines(config, options.state, tenants);
  const baselines = all.filter((one) => isMeant(one, options));
  if (options.json === true) print(JSON.stringify({ baselines }, null, 2));
  else if (baselines.length === 0) print('nothing is known yet: no observer has seen it pass');
  else print(options.scenario === undefined ? baselineTable(baselines) : baselineCharts(baselines));
  return baselines.length === 0 ? EXIT.nothingRan : EXIT.passed;
}

async function accept(options: Options): Promise<ExitCode> {
  const { config, tenants } = await chosen(options);
  const { step, scenario: scenarios = [], transport } = options;
  const told = tenants.flatMap((tenant) =>
    scenarios.flatMap((scenario) =>
      transports
        .filter((one) => tenant.transports.includes(one) && (transport?.includes(one) ?? true))
        .map((one) => ({
          tenant,
          accept: {
            ...{ tenant: tenant.id, scenario, transport: one },
            ...(step === undefined ? {} : { step }),
          },
        })),
    ),
  );
  if (told.length === 0) throw new UsageError('nothing is played so: look at --transport');
  const heard = await acceptNow(config, options.state, told);
  const what = counted(told.length, 'baseline');
  if (heard)
    print(
      `accepted: ${what} now ${told.length === 1 ? 'takes' : 'take'} its present level for normal`,
    );
  else print(`noted for ${what}, but no observer is running; the next one will take it up`);
  return heard ? EXIT.passed : EXIT.inconclusive;
}

/** Throws ConfigError or UsageError. */
async function chosen(
  options: Options,
): Promise<{ readonly config: Config; readonly tenants: readonly Tenant[] }> {
  const { config, scenarios } = await loadWithScenarios(options.config);
  const unknown = options.scenario?.find((name) => !scenarios.has(name));
  if (unknown !== undefined) {
    const known = [...scenarios.keys()].join(', ');
    throw new UsageError(`no scenario "${unknown}"; there are: ${known}`);
  }
  return { config, tenants: chooseTenants(config.tenants, options.tenant) };
}

function isMeant(
  one: Baseline,
  { scenario, transport, step }: Pick<Options, 'scenario' | 'transport' | 'step'>,
): boolean {
  const among = (name: string, names: readonly string[] | undefined): boolean =>
    names?.includes(name) ?? true;
  return (
    among(one.scenario, scenario) &&
    among(one.transport, transport) &&
    (step === undefined || one.step === step)
  );
}
