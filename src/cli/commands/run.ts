/** `orderwatch run`: plays scenarios now, shows each run as it ends, and writes the reports where asked. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { RunReport } from '../../domain/report.ts';
import { MOST_DOCUMENTS } from '../../domain/short-mark.ts';
import type { Transport } from '../../domain/transport.ts';
import { describeThrown } from '../../lib/thrown.ts';
import { runAll } from '../../tasks/run.ts';
import { compose } from '../../wire/compose.ts';
import { type Kept, remember } from '../../wire/kept.ts';
import { EXIT, type ExitCode, worst } from '../exit.ts';
import {
  burstArgument,
  configOption,
  countArgument,
  durationArgument,
  scenarioOption,
  stateOption,
  tenantOption,
  transportOption,
} from '../options.ts';
import { failureLines, runLine, runTable } from '../run-output.ts';
import { chooseRuns } from '../selection.ts';
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
    .addOption(scenarioOption())
    .addOption(transportOption())
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
    const wanted = chooseRuns(options, orderwatch);
    progress.wanted = wanted.length;
    const reports: RunReport[] = [];
    for await (const report of runAll(wanted, orderwatch.engine, stop.signal)) {
      live.clear();
      progress.done = reports.push(report);
      // On a terminal the table comes at the end; a pipe gets each run as it ends.
      if (options.json !== '-' && !process.stdout.isTTY) print(runLine(report));
    }
    // Of a burst, the documents beside it slow down the one that is followed.
    if (options.burst === undefined) await rememberRuns(reports, orderwatch.kept);
    await write(options, reports);
    summarise(options, reports, wanted.length);
    return worst([...reports.map(codeOf), stop.code()]);
  } finally {
    live.clear();
    stop.close();
    await orderwatch.close();
  }
}

/** For gates to compare with; a command that cannot keep them has still played them. */
async function rememberRuns(reports: readonly RunReport[], { pastRuns }: Kept): Promise<void> {
  await remember(reports, pastRuns).catch((error: unknown) => {
    printNote(`could not be kept for later gates: ${describeThrown(error)}`);
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
