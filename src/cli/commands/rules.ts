/** `orderwatch rules`: recording and alert rules for Prometheus. */
import type { Command } from 'commander';
import { loadWithScenarios } from '../../config/load.ts';
import { yamlText } from '../../config/yaml.ts';
import { rulesOf } from '../../surface/rules/rules.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { chooseTenants, configOption, tenantOption } from '../options.ts';
import { print } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly tenant?: readonly string[];
}

export function addRules(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('rules')
    .description(
      'print recording and alert rules for Prometheus: error budgets, and our own health',
    )
    .addOption(configOption())
    .addOption(tenantOption())
    .addHelpText(
      'after',
      `
The rules go by labels, and targets are a metric: a new tenant or another target needs no new file. They
name runbooks under fleet.runbooks. With --tenant there are those of these tenants, and none of the fleet's.

Examples:
  orderwatch rules --config orderwatch.yaml > rules.yml && promtool check rules rules.yml
  orderwatch rules --config orderwatch.yaml --tenant north > north.yml`,
    )
    .action(async (options: Options) => {
      done(await rules(options));
    });
}

async function rules({ config: file, tenant }: Options): Promise<ExitCode> {
  const { config } = await loadWithScenarios(file);
  const { runbooks } = config.fleet;
  chooseTenants(config.tenants, tenant);
  print(yamlText(rulesOf({ runbooks, tenants: tenant })).trimEnd());
  return EXIT.passed;
}
