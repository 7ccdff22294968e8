/** `orderwatch check`: is the configuration valid, and what is in it. */
import type { Command } from 'commander';
import { type Config, loadWithScenarios } from '../../config/load.ts';
import { loadsOf, rowsPerDay } from '../../domain/budget.ts';
import { consentRefusal } from '../../domain/consent.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Scenario } from '../../scenario/contract.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { configOption, jsonOption } from '../options.ts';
import { scheduleRows, scheduleTable } from '../schedule-output.ts';
import { counted, print, table } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly json?: true;
}

export function addCheck(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('check')
    .description('validate the configuration; list tenants, scenarios and what would run when')
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  orderwatch check --config orderwatch.yaml')
    .action(async (options: Options) => {
      done(await check(options));
    });
}

async function check(options: Options): Promise<ExitCode> {
  const { config, scenarios } = await loadWithScenarios(options.config);
  const overview = overviewOf(config, [...scenarios.values()], systemClock.now());
  if (options.json === true) print(JSON.stringify(overview, null, 2));
  else printOverview(options.config, overview);
  return EXIT.passed;
}

type Overview = ReturnType<typeof overviewOf>;

function overviewOf(config: Config, scenarios: readonly Scenario[], nowMs: number) {
  return {
    fleet: config.fleet.name,
    tenants: config.tenants.map((tenant) => ({
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
      rowsPerDay: Math.ceil(rowsPerDay(loadsOf(tenant, config.schedules, scenarios))),
      rowBudget: tenant.rowBudget,
    })),
    scenarios: scenarios.map(({ id, title, consent, transports, rows, steps }) => ({
      scenario: id,
      title,
      consent,
      transports,
      rows,
      steps,
    })),
    schedules: scheduleRows(config, scenarios, nowMs),
  };
}

function printOverview(file: string, { fleet, tenants, scenarios, schedules }: Overview): void {
  print(`${file} is valid: fleet ${fleet}, ${counted(tenants.length, 'tenant')}\n`);
  print(
    table(
      ['tenant', 'url', 'database', 'tier', 'time zone', 'transports', 'consent', 'scenarios'],
      tenants.map((row) => [
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
      ['scenario', 'consent needed', 'transports', 'rows per run', 'steps'],
      scenarios.map((row) => [
        row.scenario,
        row.consent,
        row.transports.join(', '),
        row.transports.map((name) => row.rows[name]).join(', '),
        row.steps.join(' → '),
      ]),
    ),
  );
  if (schedules.length === 0) return;
  print();
  print(scheduleTable(schedules));
  print();
  print(
    table(
      ['tenant', 'rows per day', 'budget'],
      tenants.map((row) => [row.tenant, String(row.rowsPerDay), String(row.rowBudget)]),
    ),
  );
}
