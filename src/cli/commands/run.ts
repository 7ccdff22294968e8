/** `orderwatch run`: plays scenarios now, shows each run as it ends, and writes the reports where asked. */
import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { RunReport } from '../../domain/report.ts';
import { MOST_DOCUMENTS } from '../../domain/short-mark.ts';
import { type Transport, transports } from '../../domain/transport.ts';
import type { Scenario } from '../../scenario/contract.ts';
import { runAll, type Wanted, wantedRuns } from '../../tasks/run.ts';
import { compose, type Orderwatch } from '../../wire/compose.ts';
import { EXIT, type ExitCode, worst } from '../exit.ts';
import {
  burstArgument,
  chooseTenants,
  collect,
  configOption,
  countArgument,
  durationArgument,
  stateOption,
  tenantOption,
  UsageError,
} from '../options.ts';
import { failureLines, runLine, runTable } from '../run-output.ts';
import { stopOnSignals } from '../stop.ts';
import { liveLine, print, printNote } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly tenant?: readonly string[];
  readonly scenario?: readonly string[];
  readonly transport?: readonly Transport[];
  readonly repeat: number;
  readonly burst?: number;
  readonly timeout?: number;
  readonly state: string;
  readonly json?: string;
  readonly junit?: string;
  readonly artifacts?: string;
}

export function addRun(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('run')
    .description('play scenarios now, one after the other, and undo what they made')
    .addOption(configOption())
    .addOption(tenantOption())
    .option('--scenario <id>', 'only this scenario; may be repeated', collect)
    .addOption(
      new Option(
        '--transport <name>',
        `only this transport (${transports.join(', ')}); may be repeated`,
      ).argParser((value, before: readonly string[] | undefined) => collect(value, before)),
    )
    .option('--repeat <n>', 'play everything so many times', countArgument, 1)
    .option(
      '--burst <n>',
      `documents that edi-exchange hands in at once, over rpc; up to ${MOST_DOCUMENTS}`,
      burstArgument,
    )
    .option(
      '--timeout <duration>',
      'for the whole command; a run’s own time is configured',
      durationArgument,
    )
    .addOption(stateOption())
    .option('--json <file>', 'write { "runs": [...] } to a file, or to standard output with -')
    .option('--junit <file>', 'write the runs as JUnit XML')
    .option(
      '--artifacts <folder>',
      'keep report, calls, page and trace of each run that did not pass',
    )
    .addHelpText(
      'after',
      `
Ctrl-C, SIGTERM and --timeout end the run under way and let it undo what it made.
A clean-up that is not finished makes the command inconclusive (4) even when the run itself passed.

Examples:
  orderwatch run --config orderwatch.yaml
  orderwatch run --config orderwatch.yaml --tenant north --scenario order-confirmation --repeat 5
  orderwatch run --config orderwatch.yaml --json - | jq '.runs[].outcome.kind'`,
    )
    .action(async (options: Options) => {
      done(await run(options));
    });
}

async function run(options: Options): Promise<ExitCode> {
  const live = liveLine();
  const progress = { done: 0, wanted: 0 };
  const orderwatch = await compose({
    configFile: options.config,
    stateFolder: options.state,
    ...(options.artifacts === undefined ? {} : { artifactsFolder: options.artifacts }),
    onStep: ({ tenant, scenario, transport }, step) => {
      const count = `[${progress.done + 1}/${progress.wanted}]`;
      live.show(`${count} ${tenant.id} ${scenario.id} ${transport}: ${step}`);
    },
  });
  const stop = stopOnSignals(options.timeout);
  try {
    const wanted = choose(options, orderwatch);
    progress.wanted = wanted.length;
    const reports: RunReport[] = [];
    for await (const report of runAll(wanted, orderwatch.engine, stop.signal)) {
      live.clear();
      progress.done = reports.push(report);
      // On a terminal the table comes at the end; a pipe gets each run as it ends.
      if (options.json !== '-' && !process.stdout.isTTY) print(runLine(report));
    }
    await write(options, reports);
    summarise(options, reports, wanted.length);
    return worst([...reports.map(codeOf), stop.code()]);
  } finally {
    live.clear();
    stop.close();
    await orderwatch.close();
  }
}

function choose(options: Options, { config, scenarios }: Orderwatch): readonly Wanted[] {
  const unknown = options.transport?.find((name) => !transports.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`no transport "${unknown}"; there are: ${transports.join(', ')}`);
  }
  const { transport: asked } = options;
  // A scenario that somebody names is played, or skipped with its reason; the others just do not apply.
  const fits = ({ transports: own }: Scenario): boolean =>
    options.scenario !== undefined || asked === undefined || own.some((t) => asked.includes(t));
  return wantedRuns({
    tenants: chooseTenants(config.tenants, options.tenant),
    scenarios: chooseScenarios(scenarios, options.scenario).filter(fits),
    ...(options.transport === undefined ? {} : { transports: [...new Set(options.transport)] }),
    repeat: options.repeat,
    ...(options.burst === undefined ? {} : { burst: options.burst }),
  });
}

function chooseScenarios(
  scenarios: ReadonlyMap<string, Scenario>,
  names: readonly string[] | undefined,
): readonly Scenario[] {
  return [...new Set(names ?? scenarios.keys())].map((name) => {
    const scenario = scenarios.get(name);
    if (scenario !== undefined) return scenario;
    throw new UsageError(`no scenario "${name}"; there are: ${[...scenarios.keys()].join(', ')}`);
  });
}

async function write(options: Options, reports: readonly RunReport[]): Promise<void> {
  const json = `${JSON.stringify({ runs: reports }, null, 2)}\n`;
  if (options.json === '-') process.stdout.write(json);
  else if (options.json !== undefined) await writeFile(options.json, json, { mode: 0o600 });
  if (options.junit !== undefined) {
    const { junitXml } = await import('../../surface/junit.ts');
    await writeFile(options.junit, junitXml(reports), { mode: 0o600 });
  }
}

function summarise(options: Options, reports: readonly RunReport[], wanted: number): void {
  const show = options.json === '-' ? printNote : print;
  if (options.json !== '-' && process.stdout.isTTY) show(runTable(reports));
  const lines = reports.flatMap((report) => failureLines(report, options));
  if (lines.length > 0) show(`\n${lines.join('\n')}`);
  if (reports.length < wanted) show(`\n${wanted - reports.length} of ${wanted} runs not started`);
}

/** What was not undone for sure is never a success. */
function codeOf({ outcome, compensation }: RunReport): ExitCode | undefined {
  const codes = {
    passed: EXIT.passed,
    failed: EXIT.failed,
    inconclusive: EXIT.inconclusive,
    skipped: undefined,
  };
  const code = codes[outcome.kind];
  return compensation.kind === 'clean' ? code : worst([code, EXIT.inconclusive]);
}
