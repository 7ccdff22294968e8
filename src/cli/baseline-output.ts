/** What normal looks like, for people: a line for each step, or its windows with a small chart. */
import { rangeWords } from '../analysis/gate/words.ts';
import { formatDuration } from '../lib/duration.ts';
import type { Baseline } from '../wire/baselines.ts';
import { colours, table } from './terminal.ts';

const BAR = 36;

/** Of each step what is usual now. */
export function baselineTable(baselines: readonly Baseline[]): string {
  const rows = baselines.map(({ tenant, scenario, transport, step, usual }) => [
    ...[tenant, scenario, transport, step],
    ...[rangeWords(usual.lowMs, usual.highMs), formatDuration(usual.usualMs)],
    usual.learning ? colours.yellow('learning') : 'known',
  ]);
  const [one] = baselines;
  const when = one === undefined ? '' : `\nUsual for ${one.usual.words}, in nine runs of ten.`;
  return `${table(['tenant', 'scenario', 'transport', 'step', 'usually', 'middle', ''], rows)}${when}`;
}

/** Of each step the range of every window; all bars of a step have one scale. */
export function baselineCharts(baselines: readonly Baseline[]): string {
  return baselines.map(chartOf).join('\n\n');
}

function chartOf({
  tenant,
  scenario,
  transport,
  wire,
  revision,
  step,
  ...known
}: Baseline): string {
  const { usual, windows } = known;
  const as = colours.dim(`${transport}, ${wire}, revision ${revision}`);
  const learning = usual.learning ? `; ${colours.yellow('learning')}` : '';
  const now = `usually ${rangeWords(usual.lowMs, usual.highMs)} for ${usual.words}${learning}`;
  const longest = Math.max(1, ...windows.map(({ highMs }) => highMs));
  const rows = windows.map((window) => [
    `  ${window.label}`,
    barOf(window, BAR / longest),
    formatDuration(window.usualMs),
    `(${rangeWords(window.lowMs, window.highMs)})`,
    window.seen === 0 ? colours.dim('from other tenants') : colours.dim(`${window.seen} runs`),
  ]);
  return `${tenant} ${scenario} (${as}): ${step}\n  ${now}\n${table(['', '', 'middle', 'nine of ten', 'seen'], rows)}`;
}

/** From low to high, with the middle marked. */
function barOf(
  {
    lowMs,
    usualMs,
    highMs,
  }: { readonly lowMs: number; readonly usualMs: number; readonly highMs: number },
  lettersPerMs: number,
): string {
  const at = (ms: number): number => Math.min(BAR - 1, Math.floor(ms * lettersPerMs));
  const letters = Array.from({ length: BAR }, (_, column) => {
    if (column === at(usualMs)) return '●';
    return column >= at(lowMs) && column <= at(highMs) ? '─' : ' ';
  });
  return letters.join('').trimEnd();
}
