/** `orderwatch check`: is the configuration valid, and what is in it. */
import type { Command } from 'commander';
import { loadConfig } from '../../config/load.ts';
import { loadScenarios } from '../../config/scenarios.ts';
import { consentRefusal } from '../../domain/consent.ts';
import { systemClock } from '../../lib/clock.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { configOption, jsonOption } from '../options.ts';
import { counted, print, table } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly json?: true;
}

export function addCheck(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('check')
    .description('validate the configuration; list tenants and scenarios')
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  orderwatch check --config orderwatch.yaml')
    .action(async (options: Options) => {
      done(await check(options));
    });
}

async function check(options: Options): Promise<ExitCode> {
  const { fleet, tenants } = loadConfig(options.config);
  const scenarios = [...(await loadScenarios()).values()];
  const nowMs = systemClock.now();
  const rows = tenants.map((tenant) => ({
    tenant: tenant.id,
    url: tenant.url,
    database: tenant.database,
    tier: tenant.tier,
    timeZone: tenant.timeZone,
    transports: tenant.transports,
    consent: tenant.consent.level,
    scenarios: scenarios
      .filter(({ transports }) => transports.some((name) => tenant.transports.includes(name)))
      .filter(({ consent }) => consentRefusal(tenant.consent, consent, nowMs) === undefined)
      .map(({ id }) => id),
  }));
  const listed = scenarios.map(({ id, title, consent, transports, steps }) => ({
    scenario: id,
    title,
    consent,
    transports,
    steps,
  }));
  if (options.json === true) {
    print(JSON.stringify({ fleet: fleet.name, tenants: rows, scenarios: listed }, null, 2));
    return EXIT.passed;
  }
  print(`${options.config} is valid: fleet ${fleet.name}, ${counted(tenants.length, 'tenant')}\n`);
  print(
    table(
      ['tenant', 'url', 'database', 'tier', 'time zone', 'transports', 'consent', 'scenarios'],
      rows.map((row) => [
        row.tenant,
        row.url,
        row.database,
        `${row.tier} %`,
        row.timeZone,
        row.transports.join(', '),
        row.consent,
        row.scenarios.join(', ') || 'none',
      ]),
    ),
  );
  print();
  print(
    table(
      ['scenario', 'consent needed', 'transports', 'steps'],
      listed.map((row) => [
        row.scenario,
        row.consent,
        row.transports.join(', '),
        row.steps.join(' → '),
      ]),
    ),
  );
  return EXIT.passed;
}
