/** `orderwatch deployment`: notes that something changed, and tells what did. */
import { randomInt } from 'node:crypto';
import { type Command, Option } from 'commander';
import { type Config, loadWithScenarios } from '../../config/load.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { unscheduledSlot } from '../../domain/slot.ts';
import { systemClock } from '../../lib/clock.ts';
import { openKept } from '../../wire/kept.ts';
import { deploymentTable, withVerdicts } from '../deployment-output.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import {
  chooseTenants,
  collect,
  configOption,
  instantArgument,
  jsonOption,
  nameArgument,
  stateOption,
  tenantOption,
  UsageError,
} from '../options.ts';
import { counted, print } from '../terminal.ts';

/** So far may the clocks of two machines be apart. */
const CLOCKS_MS = 60_000;

interface RecordOptions {
  readonly config: string;
  readonly version: string;
  readonly commit?: string;
  readonly source: string;
  readonly tenant?: readonly string[];
  readonly cluster?: readonly string[];
  readonly at?: number;
  readonly state: string;
  readonly json?: true;
}

type ListOptions = Pick<RecordOptions, 'config' | 'tenant' | 'state' | 'json'>;

export function addDeployment(program: Command, done: (code: ExitCode) => void): void {
  const deployment = program
    .command('deployment')
    .description('record that something was deployed, and list what was')
    .addHelpText('after', '\nExample:\n  orderwatch deployment list --config orderwatch.yaml');
  addRecord(deployment, done);
  addList(deployment, done);
}

function addRecord(deployment: Command, done: (code: ExitCode) => void): void {
  deployment
    .command('record')
    .description('note which version went out, when, and to which tenants')
    .addOption(configOption())
    .addOption(
      new Option('--version <version>', 'what went out')
        .argParser(nameArgument)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--commit <commit>', 'of its source').argParser(nameArgument))
    .addOption(
      new Option('--source <name>', 'who says so, such as a pipeline')
        .argParser(nameArgument)
        .default('hand'),
    )
    .addOption(tenantOption())
    .addOption(
      new Option('--cluster <name>', 'the tenants of this cluster; may be repeated').argParser(
        collect,
      ),
    )
    .addOption(
      new Option(
        '--at <instant>',
        'when it went out, such as 2026-11-23T14:00:00Z; now when absent',
      ).argParser(instantArgument),
    )
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Without --tenant and --cluster it is all tenants of the configuration. Deployments are kept for 400 days, in
the fleet's Redis, or without one in the state folder. A gate that is told the version records its own.

Examples:
  orderwatch deployment record --config orderwatch.yaml --version 19.0.4 --commit 3f2c9ab --cluster eu-1
  orderwatch deployment record --config orderwatch.yaml --version 19.0.4 --tenant north --source argo-cd`,
    )
    .action(async (options: RecordOptions) => {
      done(await record(options));
    });
}

function addList(deployment: Command, done: (code: ExitCode) => void): void {
  deployment
    .command('list')
    .description('what was deployed, the newest first, and what gates said of it last')
    .addOption(configOption())
    .addOption(tenantOption())
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  orderwatch deployment list --config orderwatch.yaml --tenant north
  orderwatch deployment list --config orderwatch.yaml --json | jq '.deployments[0].verdict.kind'`,
    )
    .action(async (options: ListOptions) => {
      done(await list(options));
    });
}

async function record(options: RecordOptions): Promise<ExitCode> {
  const { config } = await loadWithScenarios(options.config);
  const nowMs = systemClock.now();
  const { version, commit, source, at: atMs = nowMs } = options;
  if (atMs > nowMs + CLOCKS_MS) {
    throw new UsageError('--at is in the future; record a deployment when it begins');
  }
  const deployment: Deployment = {
    v: 1,
    id: unscheduledSlot(atMs, randomInt(1_000_000)),
    atMs,
    version,
    ...(commit === undefined ? {} : { commit }),
    source,
    tenants: touched(config, options),
  };
  const { deployments, close } = await openKept(config, options.state);
  try {
    await deployments.record(deployment);
  } finally {
    await close();
  }
  const count = counted(deployment.tenants.length, 'tenant');
  if (options.json === true) print(JSON.stringify(deployment, null, 2));
  else print(`recorded ${deployment.id}: ${version} for ${count}`);
  return EXIT.passed;
}

/** Those that are named, and those of the clusters that are named. */
function touched({ tenants }: Config, { tenant, cluster }: RecordOptions): readonly string[] {
  const clusters = [...new Set(tenants.map(({ platform }) => platform.cluster))];
  const unknown = cluster?.find((name) => !clusters.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`no cluster "${unknown}"; the configuration has: ${clusters.join(', ')}`);
  }
  const named = chooseTenants(tenants, tenant ?? (cluster === undefined ? undefined : []));
  return tenants
    .filter((one) => named.includes(one) || cluster?.includes(one.platform.cluster) === true)
    .map(({ id }) => id);
}

async function list(options: ListOptions): Promise<ExitCode> {
  const { config } = await loadWithScenarios(options.config);
  const wanted = new Set(chooseTenants(config.tenants, options.tenant).map(({ id }): string => id));
  const { deployments, gates, close } = await openKept(config, options.state);
  try {
    const all = await deployments.list();
    // Of all tenants also those that are configured no more.
    const chosen = all.filter(
      ({ tenants }) => options.tenant === undefined || tenants.some((id) => wanted.has(id)),
    );
    const rows = withVerdicts(chosen, await gates.list());
    if (options.json === true) print(JSON.stringify({ deployments: rows }, null, 2));
    else print(rows.length === 0 ? 'nothing was recorded' : deploymentTable(rows));
  } finally {
    await close();
  }
  return EXIT.passed;
}
