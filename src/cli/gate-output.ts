/** A gate's result on a terminal: what was played, what got slower, what was found, and last, by the prompt, the verdict. */
import { stripVTControlCharacters } from 'node:util';
import {
  changeWords,
  countWords,
  deploymentWords,
  findingGroups,
  gateLasted,
  latencyWords,
  listWords,
  placeWords,
  shownBy,
  worseSteps,
} from '../analysis/gate/words.ts';
import type { Durations, Finding, GatedSeries, GateResult } from '../domain/gate.ts';
import { formatDuration } from '../lib/duration.ts';
import { oneLine } from '../lib/thrown.ts';
import { sameOptions } from './options.ts';
import { colours, paintOutcome, table, terminalColumns, wrapped } from './terminal.ts';

interface Whereabouts {
  /** The file that the command was given. */
  readonly config: string;
  /** The state folder that it was given. */
  readonly state?: string;
  /** Where the runs' artifacts were kept. */
  readonly artifacts?: string;
  /** Of the terminal; without end when absent. */
  readonly columns?: number;
}

/** Ends with the verdict and its reason. */
export function gateText(result: GateResult, whereabouts: Whereabouts): string {
  const columns = whereabouts.columns ?? terminalColumns();
  const sections = [
    seriesLines(result.series, columns),
    latencyLines(result.series),
    ...findingGroups(result.findings).map(([says, found]) => [
      paintOutcome(says),
      ...found.flatMap((one) => findingLines(one, result, { ...whereabouts, columns })),
    ]),
    verdictLines(result, columns),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function verdictLines(result: GateResult, columns: number): readonly string[] {
  const { verdict, tenants, policy, against, gateId } = result;
  const facts = [
    `${deploymentWords(result)} on ${listWords(tenants)}`,
    `policy ${policy}, against ${against}`,
    `${formatDuration(gateLasted(result))}, gate ${gateId}`,
  ];
  return [
    ...wrapped(oneLine(facts.join('; '), 400), { columns }).map((line) => colours.dim(line)),
    ...wrapped(`${verdict.kind}: ${oneLine(verdict.because, 1_000)}`, { columns }).map(
      (line, index) =>
        index === 0 ? line.replace(verdict.kind, colours.bold(paintOutcome(verdict.kind))) : line,
    ),
  ];
}

function findingLines(
  finding: Finding,
  { runs }: GateResult,
  whereabouts: Required<Pick<Whereabouts, 'columns'>> & Whereabouts,
): readonly string[] {
  const { artifacts, columns } = whereabouts;
  const { code, because, step } = finding;
  const place = [placeWords(finding), ...(step === undefined ? [] : [`at "${oneLine(step, 80)}"`])];
  const run = shownBy(finding, runs);
  const lines = [
    ...wrapped(`${[code, ...place].join(' ').trim()}: ${oneLine(because, 600)}`, {
      columns,
      indent: 2,
    }),
  ];
  if (run === undefined) return lines;
  if (run.diagnosis !== undefined) {
    lines.push(`    why: orderwatch explain ${sameOptions(whereabouts)} ${run.runId}`);
  }
  if (artifacts !== undefined && run.outcome.kind !== 'passed') {
    lines.push(`    kept: ${artifacts}/${run.runId}`);
  }
  if (run.compensation.kind !== 'clean') {
    lines.push(`    next: orderwatch sweep ${sameOptions(whereabouts)} --tenant ${run.tenant}`);
  }
  return lines;
}

/** A table where there is room for it, else two lines for each. */
function seriesLines(all: readonly GatedSeries[], columns: number): readonly string[] {
  if (all.length === 0) return [];
  const head = ['tenant', 'scenario', 'transport', 'before', 'after', 'step durations'];
  const rows = all.map((one) => [
    one.tenant,
    one.scenario,
    one.transport,
    countWords(one.before),
    afterWords(one),
    changeWords(one, 30),
  ]);
  const lines = table(head, rows).split('\n');
  if (lines.every((line) => stripVTControlCharacters(line).length <= columns)) return lines;
  return all.flatMap((one) => {
    const change = changeWords(one, 30);
    const story = `before ${countWords(one.before)}; after ${afterWords(one)}`;
    const words = change === '' ? story : `${story}; ${change}`;
    return [placeWords(one), ...wrapped(words, { columns, indent: 2 })];
  });
}

function afterWords({ skipped, after }: GatedSeries): string {
  if (skipped !== undefined) return `${paintOutcome('skipped')}: ${oneLine(skipped, 60)}`;
  const words = countWords(after);
  if (after.failed > 0) return colours.red(words);
  return after.inconclusive > 0 || after.passed === 0 ? colours.yellow(words) : words;
}

/** What got slower for sure; of what nothing can be told, the table says how many runs it takes. */
function latencyLines(all: readonly GatedSeries[]): readonly string[] {
  return all.flatMap((one) =>
    worseSteps(one).flatMap(({ step, before, after, latency }) => [
      `${colours.red('slower')} ${placeWords(one)} at "${oneLine(step, 80)}"`,
      `  ${medianWords(before)} before, ${medianWords(after)} now, ${latencyWords(latency)}`,
    ]),
  );
}

const medianWords = ({ medianMs }: Durations): string =>
  medianMs === undefined ? 'unknown' : formatDuration(medianMs);

/** Two lines for each: when and how it ended; where, and why. */
export function gateListText(results: readonly GateResult[], columns = terminalColumns()): string {
  if (results.length === 0) return 'no gate is known';
  const lines = table(
    ['gate', 'started (UTC)', 'verdict', 'code', 'version'],
    results.map((result) => [
      result.gateId,
      result.startedAt.slice(0, 16).replace('T', ' '),
      paintOutcome(result.verdict.kind),
      result.verdict.code,
      oneLine(result.deployment?.version ?? '', 24),
    ]),
  ).split('\n');
  return lines
    .flatMap((line, index) => {
      const result = results[index - 1];
      if (result === undefined) return [line];
      const story = `${listWords(result.tenants, 3)}: ${oneLine(result.verdict.because, 300)}`;
      return [line, ...wrapped(story, { columns, indent: 2 })];
    })
    .join('\n');
}
