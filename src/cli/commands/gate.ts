/** `orderwatch gate`: may a deployment go on to its users. */
import { appendFile, writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { GateResult, Verdict } from '../../domain/gate.ts';
import { describeThrown } from '../../lib/thrown.ts';
import { compose } from '../../wire/compose.ts';
import { gate } from '../../wire/gate.ts';
import { EXIT, type ExitCode, worst } from '../exit.ts';
import { chooseGate, type GateOptions, softDeadline } from '../gate-choice.ts';
import { gateText } from '../gate-output.ts';
import {
  durationArgument,
  nameArgument,
  runsArgument,
  scenarioOption,
  stateOption,
  tenantOption,
  transportOption,
  UsageError,
} from '../options.ts';
import { runLine } from '../run-output.ts';
import { stopOnSignals } from '../stop.ts';
import { liveLine, print, printError, printNote } from '../terminal.ts';
import { addGateList, addGateShow } from './gate-history.ts';

interface Options extends Omit<GateOptions, 'config'> {
  /** Also of its subcommands, so that commander cannot require it here. */
  readonly config?: string;
  readonly json?: string;
  readonly junit?: string;
  readonly summary?: string;
  readonly artifacts?: string;
}

const TEN_MINUTES_MS = 600_000;
const THREE_MINUTES_MS = 180_000;

export function addGate(program: Command, done: (code: ExitCode) => void): void {
  const command = program
    .command('gate')
    .enablePositionalOptions()
    .description('may a deployment go on to its users: promote, rollback, hold, or cannot tell')
    .option('--config <file>', 'configuration file (required)')
    .addOption(tenantOption())
    .addOption(scenarioOption())
    .addOption(transportOption())
    .option('--policy <name>', 'default, or one of fleet.policies', 'default')
    .option('--runs <n>', 'of each scenario; what the policy says when absent', runsArgument)
    .addOption(
      new Option('--timeout <duration>', 'for the whole gate, clean-up included')
        .argParser(durationArgument)
        .default(TEN_MINUTES_MS, '10m'),
    )
    .addOption(
      new Option('--wait-ready <duration>', 'for each tenant that is still starting')
        .argParser(durationArgument)
        .default(THREE_MINUTES_MS, '3m'),
    )
    .option(
      '--against <what>',
      'compare with what is kept (state), another tenant (tenant:ID), or reports (file:PATH)',
      'state',
    )
    .addOption(
      new Option('--version <version>', 'what went out; recorded with the verdict').argParser(
        nameArgument,
      ),
    )
    .addOption(new Option('--commit <commit>', 'of its source').argParser(nameArgument))
    .addOption(stateOption())
    .option(
      '--json <file>',
      'write verdict, evidence and runs to a file, or to standard output with -',
    )
    .option('--junit <file>', 'write JUnit XML: a suite for each scenario, a case for each step')
    .option('--summary <file>', 'append a summary in Markdown to a file')
    .option(
      '--artifacts <folder>',
      'keep report, calls, page and trace of each run that did not pass',
    )
    .addOption(
      new Option('--hold <how>', 'exit 0 (pass) or 1 (fail) on hold, not 6').choices([
        'pass',
        'fail',
      ]),
    )
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      done(await playAndShow(options));
    });
  for (const add of [addGateList, addGateShow]) add(command, done);
}

const HELP = `
Plays first what the policy calls critical, and plays again what failed, for once may be an accident. It stops
as soon as a rollback is sure. A run that is under way shortly before the time is over is stopped and undone.
Exits 0 promote, 1 rollback (also when the time is over, once it is sure), 6 hold (or as --hold says),
4 cannot tell, 3 nothing ran, 5 its time was over too early.

Examples:
  orderwatch gate --config orderwatch.yaml --tenant north --version 19.0.7 --commit 4f2c1aa
  orderwatch gate --config orderwatch.yaml --tenant north --runs 13 --summary gate.md --junit gate.xml
  orderwatch gate --config orderwatch.yaml --tenant north --against tenant:north-staging --hold fail
  orderwatch gate list --config orderwatch.yaml`;

async function playAndShow(options: Options): Promise<ExitCode> {
  const { config } = options;
  if (config === undefined) throw new UsageError("required option '--config <file>' not specified");
  const live = liveLine();
  const progress = { done: 0, wanted: 0 };
  const orderwatch = await compose({
    configFile: config,
    stateFolder: options.state,
    ...(options.artifacts === undefined ? {} : { artifactsFolder: options.artifacts }),
    onStep: ({ tenant, scenario, transport }, step) => {
      const number = progress.done + 1;
      // What is repeated comes on top.
      const count = `[${number}/${Math.max(number, progress.wanted)}]`;
      live.show(`${count} ${tenant.id} ${scenario.id} ${transport}: ${step}`);
    },
  });
  try {
    const choice = await chooseGate(options, orderwatch);
    const stop = stopOnSignals(softDeadline(options, choice));
    const sides = choice.control === undefined ? 1 : 2;
    progress.wanted = choice.wanted.length * choice.runs * sides;
    try {
      const result = await gate(choice, orderwatch, {
        signal: stop.signal,
        stopped: () => STOPS[stop.code() ?? EXIT.passed],
        onWait: (tenants) => {
          live.show(`${tenants.map(({ id }) => id).join(', ')}: waiting for an answer`);
        },
        onRun: (report) => {
          live.clear();
          progress.done += 1;
          show(options, runLine(report));
        },
        onTrouble: (error) => {
          printNote(`could not be kept for later gates: ${describeThrown(error)}`);
        },
      });
      live.clear();
      show(options, gateText(result, { ...options, config }));
      const written = await writeAll(options, result);
      return worst([exitOf(result, options.hold), written ? undefined : EXIT.inconclusive]);
    } finally {
      stop.close();
    }
  } finally {
    live.clear();
    await orderwatch.close();
  }
}

const STOPS: Partial<Record<ExitCode, 'timed-out' | 'interrupted'>> = {
  [EXIT.timedOut]: 'timed-out',
  [EXIT.interrupted]: 'interrupted',
};

/** A pipeline that waits for a file must not go on without it; the verdict and the other files are there all the same. */
async function writeAll({ json, junit, summary }: Options, result: GateResult): Promise<boolean> {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (json === '-') process.stdout.write(text);
  const ended = await Promise.allSettled([
    json === undefined || json === '-' ? undefined : writeFile(json, text, OWN),
    junit === undefined ? undefined : writeJunit(junit, result),
    summary === undefined ? undefined : writeSummary(summary, result),
  ]);
  const failed = ended.filter((one) => one.status === 'rejected');
  for (const { reason } of failed) {
    printError(`a file could not be written: ${describeThrown(reason)}`);
  }
  return failed.length === 0;
}

const OWN = { mode: 0o600 };

async function writeJunit(file: string, result: GateResult): Promise<void> {
  const { gateJunitXml } = await import('../../surface/gate-junit.ts');
  await writeFile(file, gateJunitXml(result), OWN);
}

async function writeSummary(file: string, result: GateResult): Promise<void> {
  const { gateSummary } = await import('../../surface/gate-summary.ts');
  await appendFile(file, gateSummary(result), OWN);
}

function show({ json }: Options, text: string): void {
  if (json === '-') printNote(text);
  else print(text);
}

function exitOf({ verdict, findings }: GateResult, hold: Options['hold']): ExitCode {
  const { kind, code } = verdict;
  if (kind === 'promote') return EXIT.passed;
  if (kind === 'rollback') return EXIT.failed;
  if (kind === 'inconclusive') return CODES[code] ?? EXIT.inconclusive;
  if (hold === undefined) return EXIT.hold;
  // Somebody wants to go on in spite of what is held, not of what could not be told.
  const untold = findings.some(({ says }) => says === 'inconclusive');
  if (hold === 'pass') return untold ? EXIT.inconclusive : EXIT.passed;
  return EXIT.failed;
}

const CODES: Partial<Record<Verdict['code'], ExitCode>> = {
  'nothing-ran': EXIT.nothingRan,
  'timed-out': EXIT.timedOut,
  interrupted: EXIT.interrupted,
};
