/** Objectives as people read them: a table for each tenant, and JSON for everybody else. */
import { formatDuration } from '../lib/duration.ts';
import type { KeptObjective } from '../wire/objectives.ts';
import { colours, counted, table } from './terminal.ts';

const BAR = 10;

/** What `slo --json` writes of one. */
export function jsonOf(one: KeptObjective): object {
  const { tenant, objective, window, downtimeSeconds, worstDay, ...told } = one;
  const { windowMs: _, latencyMs, hours, ...promised } = objective;
  return {
    tenant,
    ...promised,
    hours: typeof hours === 'string' ? hours : hours.window,
    ...(latencyMs === undefined ? {} : { latencySeconds: latencyMs / 1_000 }),
    window: {
      from: new Date(window.fromMs).toISOString(),
      to: new Date(window.toMs).toISOString(),
    },
    ...told,
    budget: rounded(told.budget),
    burn: rounded(told.burn),
    downtimeMinutes: minutes(downtimeSeconds),
    ...(worstDay === undefined
      ? {}
      : {
          worstDay: {
            date: worstDay.date,
            downtimeMinutes: minutes(worstDay.downtimeSeconds),
          },
        }),
  };
}

/** Without what is only an artefact of adding. */
const rounded = (numbers: object): object =>
  Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, Number(Number(value).toFixed(6))]),
  );

const minutes = (seconds: number): number => Number((seconds / 60).toFixed(2));

export function objectivesText(all: readonly KeptObjective[]): string {
  const names = [...new Set(all.map(({ tenant }) => tenant))];
  const rows = names.flatMap((name) =>
    all.filter(({ tenant }) => tenant === name).map((one, index) => rowOf(one, index === 0)),
  );
  const head = ['tenant', 'workflow', 'level', 'target', 'availability', 'budget left', 'burn 1h'];
  return [
    table([...head, 'downtime', 'worst day', 'coverage', ''], rows),
    '',
    ...notesOf(all),
  ].join('\n');
}

function rowOf(one: KeptObjective, isFirst: boolean): readonly string[] {
  const { tenant, objective, availability, budget, burn, coverage, verdict } = one;
  return [
    isFirst ? tenant : '',
    objective.workflow,
    objective.level,
    percent(objective.target, 2),
    availability === undefined ? '-' : percent(availability, 3),
    barOf(budget.leftRatio),
    burn['1h'] === undefined ? '-' : `${burn['1h'].toFixed(1)}x`,
    availability === undefined ? '-' : downtimeText(one.downtimeSeconds),
    one.worstDay === undefined
      ? '-'
      : `${one.worstDay.date} ${downtimeText(one.worstDay.downtimeSeconds)}`,
    coverage === undefined ? '-' : percent(coverage, 0),
    paint(verdict),
  ];
}

const PAINTS = { kept: colours.green, missed: colours.red, unknown: colours.yellow } as const;
const paint = (verdict: KeptObjective['verdict']): string => PAINTS[verdict](verdict);

/** Cut, not rounded: 99.9996 is not 100. */
function percent(ratio: number, digits: number): string {
  const scale = 10 ** digits;
  // What is not exact in binary must not lose its last digit.
  const cut = Math.floor(Number((ratio * 100 * scale).toFixed(6))) / scale;
  return `${cut.toFixed(digits)} %`;
}

function barOf(left: number | undefined): string {
  if (left === undefined) return '-';
  const full = Math.max(0, Math.min(BAR, Math.round(left * BAR)));
  const bar = '█'.repeat(full) + '░'.repeat(BAR - full);
  const share = left < -9.99 ? '< -999 %' : `${Math.floor(left * 100)} %`;
  return `${(left < 0 ? colours.red : colours.green)(bar)} ${share}`;
}

const downtimeText = (seconds: number): string =>
  seconds === 0 ? 'none' : formatDuration(Math.round(seconds) * 1_000);

/** What stands beside, and what is needed to read the table. */
function notesOf(all: readonly KeptObjective[]): readonly string[] {
  const sum = (of: (one: KeptObjective) => number): number =>
    all.reduce((total, one) => total + of(one), 0);
  const beside = [
    counted(
      sum((one) => one.beside.inconclusive),
      'inconclusive run',
    ),
    `${sum((one) => one.beside.skipped)} skipped`,
    `${sum((one) => one.beside.missed)} missed`,
    `${downtimeText(sum((one) => one.seconds.maintenance))} of maintenance`,
  ].join(', ');
  const unknown = all.some(({ verdict }) => verdict === 'unknown')
    ? ['unknown: less than an hour, or less than 80 % of the time that counts, is known']
    : [];
  return [`beside: ${beside}`, ...unknown];
}
