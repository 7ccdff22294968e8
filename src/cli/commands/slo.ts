/** `orderwatch slo`: what was promised for each workflow against what it was. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadWithScenarios } from '../../config/load.ts';
import { parseDuration } from '../../lib/duration.ts';
import { type KeptObjective, keptObjectives } from '../../wire/objectives.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { chooseTenants, configOption, jsonOption, stateOption, tenantOption } from '../options.ts';
import { jsonOf, objectivesText } from '../slo-output.ts';
import { print } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly tenant?: readonly string[];
  readonly window?: number;
  readonly state: string;
  readonly json?: true;
}

const HOUR_MS = 3_600_000;
/** So long observers keep hours. */
const LONGEST_MS = 400 * 24 * HOUR_MS;

export function addSlo(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('slo')
    .description('how each workflow kept what was promised: availability, error budget, downtime')
    .addOption(configOption())
    .addOption(tenantOption())
    .addOption(
      new Option(
        '--window <duration>',
        'how far back, 1h to 400d; the objective’s own when absent',
      ).argParser(windowArgument),
    )
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
A valid result stands until the next valid one, two intervals at most; slots that were missed because the
tenant was down or busy count as bad, maintenance does not count. Exit 1: an objective is missed; exit 3:
nothing is known yet.

Examples:
  orderwatch slo --config orderwatch.yaml
  orderwatch slo --config orderwatch.yaml --tenant north --window 7d
  orderwatch slo --config orderwatch.yaml --json | jq '.objectives[] | select(.verdict == "missed")'`,
    )
    .action(async (options: Options) => {
      done(await slo(options));
    });
}

function windowArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= HOUR_MS && ms <= LONGEST_MS) return ms;
  throw new InvalidArgumentError('write 1h to 400d, such as 30d');
}

async function slo(options: Options): Promise<ExitCode> {
  const { config } = await loadWithScenarios(options.config);
  const objectives = await keptObjectives(config, {
    stateFolder: options.state,
    tenants: chooseTenants(config.tenants, options.tenant),
    ...(options.window === undefined ? {} : { windowMs: options.window }),
  });
  if (options.json === true) print(JSON.stringify({ objectives: objectives.map(jsonOf) }, null, 2));
  else print(objectives.length === 0 ? 'nothing is promised' : objectivesText(objectives));
  return codeOf(objectives);
}

function codeOf(objectives: readonly KeptObjective[]): ExitCode {
  const verdicts = objectives.map(({ verdict }) => verdict);
  if (verdicts.includes('missed')) return EXIT.failed;
  return verdicts.includes('kept') ? EXIT.passed : EXIT.nothingRan;
}
