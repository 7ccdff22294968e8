/** A small chart of how long steps took before and after, in letters alone: it looks the same wherever text does. */
import { latencyWords, rangeWords } from '../analysis/gate/words.ts';
import type { Durations, GatedSeries, GatedStep } from '../domain/gate.ts';
import { formatDuration } from '../lib/duration.ts';
import { verbatim } from './markdown.ts';

/** Of a pull request on a laptop, and of most terminals. */
const WIDTH = 78;
const LONGEST_BAR = 36;

interface Line {
  readonly side: string;
  readonly durations: Durations;
  readonly median: string;
  readonly range: string;
}

export const LEGEND =
  'Bars end at the median, thin lines where 95 % of the runs had ended; in brackets the middle 90 %.';

/** Lines of at most 78 letters for a fenced block; all bars have one scale. */
export function chart({ steps }: GatedSeries): string {
  const all = steps.map((step) => ({ step, lines: linesOf(step) }));
  const lines = all.flatMap((one) => one.lines);
  const wide = (text: (line: Line) => string): number =>
    Math.max(0, ...lines.map((line) => text(line).length));
  const columns = { side: wide((one) => one.side), median: wide((one) => one.median) };
  const room = WIDTH - columns.side - columns.median - wide((one) => one.range) - 8;
  const bar = Math.min(LONGEST_BAR, Math.max(8, room));
  const longest = Math.max(1, ...lines.map(({ durations }) => durations.highMs ?? 0));
  return all
    .map(({ step, lines: two }) => {
      const drawn = two.map((line) => {
        const start = `  ${line.side.padEnd(columns.side)}  ${barOf(line.durations, bar / longest).padEnd(bar)}`;
        return `${start}  ${line.median.padStart(columns.median)}  ${line.range}`.trimEnd();
      });
      return [headOf(step), ...drawn].map((line) => `${line}\n`).join('');
    })
    .join('\n');
}

function headOf({ step, latency }: GatedStep): string {
  const found = latencyWords(latency);
  return `${verbatim(step, WIDTH - found.length - 2)}: ${found}`;
}

function linesOf({ before, after }: GatedStep): readonly Line[] {
  return [
    { side: 'before', durations: before },
    { side: 'after', durations: after },
  ].map(({ side, durations }) => {
    const { medianMs, lowMs, highMs } = durations;
    const known = lowMs !== undefined && highMs !== undefined;
    return {
      side,
      durations,
      median: medianMs === undefined ? '' : formatDuration(medianMs),
      range: known ? `(${rangeWords(lowMs, highMs)})` : 'no run to measure',
    };
  });
}

/** `scale` is in letters per millisecond. What was measured is at least one letter. */
function barOf({ medianMs, highMs }: Durations, scale: number): string {
  if (medianMs === undefined) return '';
  const median = Math.max(1, Math.round(medianMs * scale));
  const high = Math.round((highMs ?? medianMs) * scale);
  return '▆'.repeat(median) + '▁'.repeat(Math.max(0, high - median));
}
