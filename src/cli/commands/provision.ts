/** `orderwatch provision` and `orderwatch unprovision`: make and archive the synthetic company of each tenant. */
import type { Command } from 'commander';
import { type AdminAccount, adminFromEnvironment } from '../../config/environment.ts';
import type { Tenant } from '../../domain/tenant.ts';
import { Secret } from '../../lib/secret.ts';
import { compose } from '../../wire/compose.ts';
import {
  type ProvisionResult,
  type ProvisionTask,
  provisionTenant,
  unprovisionTenant,
} from '../../wire/provision.ts';
import { EXIT, type ExitCode, worst } from '../exit.ts';
import { chooseTenants, configOption, tenantOption, UsageError } from '../options.ts';
import { ask, askHidden } from '../prompt.ts';
import { type Stop, stopOnSignals } from '../stop.ts';
import { colours, counted, print } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly tenant?: readonly string[];
  readonly dryRun?: true;
}

const ADMINISTRATOR = `The administrator's login comes from ORDERWATCH_ADMIN_LOGIN and ORDERWATCH_ADMIN_PASSWORD (for one tenant
alone with _ID behind), or is asked for on a terminal. It is used once and kept nowhere.`;

export function addProvision(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('provision')
    .description('make the synthetic company, warehouse, customer, product, stock and probe user')
    .addOption(configOption())
    .addOption(tenantOption())
    .option('--dry-run', 'list the changes and make none')
    .addHelpText(
      'after',
      `
Searches before it creates and installs no module: a second run changes nothing.
${ADMINISTRATOR}

Example:
  orderwatch provision --config orderwatch.yaml --tenant north --dry-run`,
    )
    .action(async (options: Options) => {
      done(await overTenants(options, provisionTenant));
    });
}

export function addUnprovision(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('unprovision')
    .description('archive what provision made and say what stays')
    .addOption(configOption())
    .addOption(tenantOption())
    .option('--dry-run', 'list the changes and make none')
    .addHelpText(
      'after',
      `
Stops while synthetic documents are open: play nothing in the tenant any more, and sweep it first.
Odoo deletes nothing that has a history: what it will not archive, and what stays for good, is listed.
${ADMINISTRATOR}

Example:
  orderwatch unprovision --config orderwatch.yaml --tenant north --dry-run`,
    )
    .action(async (options: Options) => {
      done(await overTenants(options, unprovisionTenant));
    });
}

async function overTenants(options: Options, task: ProvisionTask): Promise<ExitCode> {
  const orderwatch = await compose({ configFile: options.config, stateFolder: '.orderwatch' });
  const stop = stopOnSignals();
  const codes: ExitCode[] = [];
  try {
    const tenants = chooseTenants(orderwatch.config.tenants, options.tenant);
    for (const tenant of tenants) {
      if (stop.signal.aborted) break;
      const admin = await adminOf(tenant);
      print(`${colours.bold(tenant.id)}${options.dryRun === true ? ' (dry run)' : ''}`);
      const result = await task(tenant, orderwatch, {
        admin,
        dryRun: options.dryRun === true,
        signal: stop.signal,
        onChange: (what) => {
          print(`  ${options.dryRun === true ? 'would ' : ''}${what}`);
        },
      });
      codes.push(conclude(result, options, stop));
    }
  } finally {
    stop.close();
    await orderwatch.close();
  }
  return worst([...codes, stop.code()]);
}

function conclude(result: ProvisionResult, options: Options, stop: Stop): ExitCode {
  switch (result.kind) {
    case 'done':
      if (result.changes.length === 0) print('  nothing to change');
      else if (options.dryRun !== true) print(`  ${counted(result.changes.length, 'change')} made`);
      for (const line of result.stays) print(`  stays: ${line}`);
      return EXIT.passed;
    case 'unsuitable':
      print(`  ${colours.red('stopped')}: ${result.reason}`);
      return EXIT.failed;
    case 'failed':
      print(`  ${colours.red('failed')}: ${result.failure.message}`);
      if (stop.signal.aborted) return EXIT.interrupted;
      return result.failure.blame === 'target' ? EXIT.failed : EXIT.inconclusive;
  }
}

async function adminOf(tenant: Tenant): Promise<AdminAccount> {
  const given = adminFromEnvironment(tenant.id);
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) {
    throw new UsageError(
      `no administrator for ${tenant.id}: set ORDERWATCH_ADMIN_LOGIN and ORDERWATCH_ADMIN_PASSWORD`,
    );
  }
  const login = await ask(`Administrator of ${tenant.id} (${tenant.url}): `);
  return { login, secret: new Secret(await askHidden('Password: ')) };
}
