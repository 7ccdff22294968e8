/** `orderwatch doctor`: what each tenant offers, what would block or do harm, which scenarios are ready. */
import type { Command } from 'commander';
import type { Examination } from '../../tasks/doctor/patient.ts';
import { compose } from '../../wire/compose.ts';
import { examineTenant } from '../../wire/doctor.ts';
import { EXIT, type ExitCode, worst } from '../exit.ts';
import { chooseTenants, configOption, jsonOption, stateOption, tenantOption } from '../options.ts';
import { stopOnSignals } from '../stop.ts';
import { colours, liveLine, paintOutcome, print, table } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly tenant?: readonly string[];
  readonly state: string;
  readonly json?: true;
  readonly accept?: true;
}

export function addDoctor(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('doctor')
    .description('reach, version, rights, settings; per scenario: ready, or skipped because ...')
    .addOption(configOption())
    .addOption(tenantOption())
    .addOption(stateOption())
    .addOption(jsonOption())
    .option('--accept', 'accept what is missing now: skip those scenarios instead of failing them')
    .addHelpText(
      'after',
      `
Records what was ready: a scenario that was ready once and lacks something later fails, until --accept.
Tries a credential once even when probes stopped using it after two refusals.

Example:
  orderwatch doctor --config orderwatch.yaml --tenant north --json`,
    )
    .action(async (options: Options) => {
      done(await doctor(options));
    });
}

async function doctor(options: Options): Promise<ExitCode> {
  const orderwatch = await compose({ configFile: options.config, stateFolder: options.state });
  const stop = stopOnSignals();
  const live = liveLine();
  const examinations: Examination[] = [];
  try {
    const tenants = chooseTenants(orderwatch.config.tenants, options.tenant);
    for (const tenant of tenants) {
      if (stop.signal.aborted) break;
      live.show(`${tenant.id}: asking`);
      const accept = options.accept === true;
      const examination = await examineTenant(tenant, orderwatch, { accept, signal: stop.signal });
      live.clear();
      examinations.push(examination);
      if (options.json !== true) printExamination(examination);
    }
  } finally {
    live.clear();
    stop.close();
    await orderwatch.close();
  }
  if (options.json === true) print(JSON.stringify({ tenants: examinations }, null, 2));
  return worst([...examinations.map(codeOf), stop.code()]);
}

function codeOf({ findings, scenarios }: Examination): ExitCode {
  const levels = {
    problem: EXIT.failed,
    unknown: EXIT.inconclusive,
    ok: undefined,
    warning: undefined,
  };
  const statuses = {
    ready: EXIT.passed,
    lost: EXIT.failed,
    unknown: EXIT.inconclusive,
    skipped: undefined,
  };
  return worst([
    ...findings.map(({ level }) => levels[level]),
    ...scenarios.map(({ status }) => statuses[status]),
  ]);
}

function printExamination({ tenant, findings, scenarios }: Examination): void {
  print(colours.bold(tenant));
  print(
    table(
      ['check', 'result', 'detail'],
      findings.map(({ check, level, message }) => [check, paintOutcome(level), message]),
    ),
  );
  print();
  print(
    table(
      ['scenario', 'status', 'because'],
      scenarios.map(({ scenario, status, reason }) => [
        scenario,
        paintOutcome(status),
        reason ?? 'all it needs is there',
      ]),
    ),
  );
  print();
}
