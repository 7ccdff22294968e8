/** A gate's result as Markdown, for the summary of a pipeline's step or a comment on a pull request. */
import {
  changeWords,
  countWords,
  deploymentWords,
  findingGroups,
  gateLasted,
  isOf,
  latencyKnown,
  listWords,
  neededWords,
  placeWords,
  shownBy,
  slowestChange,
} from '../analysis/gate/words.ts';
import type { Finding, GatedSeries, GateResult, Verdict } from '../domain/gate.ts';
import { formatDuration } from '../lib/duration.ts';
import { chart, LEGEND } from './gate-chart.ts';
import { abridged, code, type Part, page, plain, row, tableHead } from './markdown.ts';

/** A comment on GitHub may have 65,536. */
const MOST_CHARACTERS = 60_000;
const SHOWN = { findings: 10, series: 15, charts: 3 } as const;

const MARKS: Readonly<Record<Verdict['kind'], string>> = {
  promote: '✅',
  rollback: '❌',
  hold: '✋',
  inconclusive: '❔',
};

/** At most 60,000 characters; the last line says what was left out. */
export function gateSummary(result: GateResult): string {
  const parts = [head(result), ...findings(result), ...series(result), ...durations(result)];
  return page(parts, MOST_CHARACTERS);
}

function head(result: GateResult): Part {
  const { verdict, tenants, policy, against, gateId } = result;
  const facts = [
    `on ${plain(listWords(tenants))}`,
    `policy ${plain(policy, 80)}`,
    `against ${plain(against, 120)}`,
    `took ${formatDuration(gateLasted(result))}`,
    `gate ${code(gateId)}`,
  ];
  return text(
    `## ${MARKS[verdict.kind]} ${verdict.kind}: ${plain(deploymentWords(result), 110)}\n\n` +
      `${plain(verdict.because, 1_000)}\n\n${facts.join(' · ')}\n\n`,
  );
}

const text = (words: string): Part => ({ of: 'notes', open: '', items: [words], close: '' });

function findings({ findings: all, runs }: GateResult): readonly Part[] {
  return findingGroups(all).flatMap(([says, found]) => {
    const items = found.map((one) => findingItem(one, shownBy(one, runs)?.runId));
    const part = { of: 'findings', open: '', items, close: '\n' };
    return abridged(HEADINGS[says], part, SHOWN.findings);
  });
}

const HEADINGS: Readonly<Record<Finding['says'], string>> = {
  rollback: 'Asks for a rollback',
  hold: 'Asks to hold',
  inconclusive: 'Cannot be told',
  advice: 'Advice, in nobody’s way',
};

function findingItem(finding: Finding, runId: string | undefined): string {
  const { step, because } = finding;
  const where = [
    plain(placeWords(finding)),
    ...(step === undefined ? [] : [`step “${plain(step, 80)}”`]),
  ].filter((word) => word !== '');
  const place = where.length === 0 ? '' : ` ${where.join(', ')}`;
  const shown = runId === undefined ? '' : `<br>run ${code(runId)}`;
  return `- **${finding.code}**${place}: ${plain(because, 600)}${shown}\n`;
}

function series({ series: all, findings: found }: GateResult): readonly Part[] {
  if (all.length === 0) return [];
  const grave = (one: GatedSeries): boolean =>
    found.some((finding) => finding.says !== 'advice' && isOf(one, finding));
  const ordered = [...all.filter(grave), ...all.filter((one) => !grave(one))];
  const part = {
    of: 'rows of the table',
    open: tableHead(['tenant', 'scenario', 'transport', 'before', 'after', 'step durations']),
    items: ordered.map(seriesRow),
    close: '\n',
  };
  return abridged('What was played', part, SHOWN.series);
}

function seriesRow(one: GatedSeries): string {
  const played = one.skipped === undefined;
  return row([
    plain(one.tenant),
    plain(one.scenario),
    one.transport,
    countWords(one.before),
    played ? countWords(one.after) : plain(`skipped: ${one.skipped}`, 120),
    plain(changeWords(one, 60)),
  ]);
}

function durations({ series: all }: GateResult): readonly Part[] {
  const measured = all.filter(({ steps }) => steps.length > 0);
  if (measured.length === 0) return [];
  const known = measured.filter(latencyKnown).toSorted((a, b) => worst(b) - worst(a));
  const unknown = measured.filter((one) => !latencyKnown(one));
  const charts = { of: 'charts', open: `${LEGEND}\n\n`, items: known.map(chartItem), close: '' };
  return [
    ...(known.length === 0 ? [] : abridged('Step durations', charts, SHOWN.charts)),
    ...(unknown.length === 0 ? [] : [unknownPart(unknown, known.length === 0)]),
  ];
}

function unknownPart(unknown: readonly GatedSeries[], all: boolean): Part {
  const needed = unknown.map((one) => `${placeWords(one)} (${neededWords(one) ?? ''})`);
  const what = all ? 'Whether any step got slower cannot be told yet' : 'Too few runs to tell';
  return text(`${what}: ${plain(listWords(needed, 4), 600)}.\n\n`);
}

const worst = (one: GatedSeries): number => slowestChange(one)?.ratio ?? 0;

function chartItem(one: GatedSeries): string {
  const runs = (side: 'before' | 'after'): number =>
    Math.max(...one.steps.map((step) => step[side].runs));
  const counts = `${runs('before')} runs before, ${runs('after')} after`;
  return `**${plain(placeWords(one))}**, ${counts}\n\n\`\`\`text\n${chart(one)}\`\`\`\n\n`;
}
