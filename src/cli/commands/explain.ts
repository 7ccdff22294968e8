/** `orderwatch explain`: what was seen of a run, which rule decided, and what would have changed the answer. */
import { Argument, type Command } from 'commander';
import { otherwise, type Trouble } from '../../analysis/blame/judge.ts';
import { loadWithScenarios } from '../../config/load.ts';
import type { Diagnosis } from '../../domain/failure.ts';
import { parseRunId } from '../../domain/mark.ts';
import type { RunReport } from '../../domain/report.ts';
import { formatDuration } from '../../lib/duration.ts';
import { findReport } from '../../wire/explain.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { configOption, jsonOption, stateOption, UsageError } from '../options.ts';
import { storyOf } from '../run-output.ts';
import { colours, paintOutcome, print, printNote, table } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly state: string;
  readonly json?: true;
}

export function addExplain(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('explain')
    .description('whose trouble a run was and where: what was seen, and which rule decided')
    .addArgument(new Argument('<run id>', 'as a report, the log and the artifacts name it'))
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Reports are kept for a day. A run that passed at its usual speed needs no explanation, and has none.
Exits 0 when the run is found, 3 when nothing is kept of it.

Example:
  orderwatch explain --config orderwatch.yaml SYN~north~order-confirmation~rpc~20261123T084500Z`,
    )
    .action(async (runId: string, options: Options) => {
      done(await explain(runId, options));
    });
}

async function explain(runId: string, options: Options): Promise<ExitCode> {
  if (parseRunId(runId) === undefined) {
    throw new UsageError(`${runId} is not a run id: SYN~tenant~scenario~transport~slot`);
  }
  const { config } = await loadWithScenarios(options.config);
  const report = await findReport(config, options.state, runId);
  if (report === undefined) {
    printNote(`nothing is kept of ${runId}: reports go after a day, and with the state folder`);
    return EXIT.nothingRan;
  }
  if (options.json === true) print(JSON.stringify(explanationOf(report), null, 2));
  else print(textOf(report));
  return EXIT.passed;
}

function explanationOf(report: RunReport): object {
  const { diagnosis } = report;
  const others =
    diagnosis === undefined ? [] : otherwise(troubleOf(report), diagnosis.observations);
  return { report, otherwise: others };
}

/** As the rules were asked. */
function troubleOf({ outcome, diagnosis }: RunReport): Trouble {
  return 'failure' in outcome ? { ...outcome.failure, ...diagnosis?.said } : 'slow';
}

function textOf(report: RunReport): string {
  const { diagnosis } = report;
  const head = [colours.bold(report.runId), ...storyOf(report)];
  if (diagnosis === undefined) return [...head, '', 'nothing was wrong or slow'].join('\n');
  return [
    ...[...head, '', colours.bold('seen'), seenTable(diagnosis)],
    ...['', colours.bold('rule'), `  ${diagnosis.rule}: ${diagnosis.because}`],
    `  so: ${answerOf(diagnosis)}`,
    ...otherwiseLines(report, diagnosis),
  ].join('\n');
}

function seenTable({ observations }: Diagnosis): string {
  return table(
    ['  look', 'shows', 'after', 'in detail'],
    observations.map(({ look, seen, ms, detail }) => [
      `  ${look}`,
      paintOutcome(seen),
      ms === undefined ? '' : formatDuration(ms),
      detail ?? '',
    ]),
  );
}

function otherwiseLines(report: RunReport, { observations }: Diagnosis): readonly string[] {
  const others = otherwise(troubleOf(report), observations);
  if (others.length === 0) return [];
  const rows = others.map(({ look, seen, judgement }) => [
    `  ${look}`,
    seen,
    answerOf(judgement),
    judgement.rule,
  ]);
  return [
    '',
    colours.bold('what would have changed it'),
    table(['  had', 'shown', 'then', 'by'], rows),
  ];
}

function answerOf({ blame, layers }: Pick<Diagnosis, 'blame' | 'layers'>): string {
  return layers.length === 0 ? `blame ${blame}` : `blame ${blame}, layer ${layers.join(' or ')}`;
}
