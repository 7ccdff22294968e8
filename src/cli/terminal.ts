/** What a command prints: results on standard output, progress on standard error; colours only on a terminal. */
import { isatty } from 'node:tty';
import Table from 'cli-table3';
import pico from 'picocolors';
import { formatDuration } from '../lib/duration.ts';

// Not `isTTY`: in a pipe it is absent, and absent would let CI=true bring the colours back.
export const colours = pico.createColors(isatty(1) && pico.isColorSupported);
const errorColours = pico.createColors(isatty(2) && pico.isColorSupported);

export function print(text = ''): void {
  process.stdout.write(`${text}\n`);
}

export function printError(text: string): void {
  process.stderr.write(`${errorColours.red('error')}: ${text}\n`);
}

export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** `1 change`, `2 changes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Columns aligned by their widest cell, no frame. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = { top: '', bottom: '', left: '', right: '', mid: '', middle: '  ' };
  const edges = Object.fromEntries(
    ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) =>
      ['', '-mid', '-left', '-right'].map((part) => [`${side}${part}`, '']),
    ),
  );
  const grid = new Table({
    head: head.map((name) => colours.dim(name)),
    chars: { ...edges, ...none },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  grid.push(...rows.map((row) => [...row]));
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** How many letters a line of standard output has; without end in a pipe. */
export function terminalColumns(): number {
  const { isTTY, columns } = process.stdout;
  // Some terminals do not know their width.
  return isTTY && columns > 1 ? columns : Number.POSITIVE_INFINITY;
}

/** Broken between words; `indent` blanks before the first line, two more before the others. */
export function wrapped(
  text: string,
  { columns, indent = 0 }: { readonly columns: number; readonly indent?: number },
): readonly string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  for (const [index, word] of text.split(' ').entries()) {
    if (index > 0 && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = ' '.repeat(indent + 2) + word;
    } else {
      line += index === 0 ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}

const GOOD: readonly string[] = ['passed', 'ready', 'ok', 'clean', 'none', 'promote'];
const BAD: readonly string[] = ['failed', 'lost', 'problem', 'rollback'];

/** Outcome words in the colours people expect. */
export function paintOutcome(word: string): string {
  if (GOOD.includes(word)) return colours.green(word);
  return BAD.includes(word) ? colours.red(word) : colours.yellow(word);
}

export interface LiveLine {
  show(text: string): void;
  clear(): void;
}

/** One line on a terminal that says what is going on and for how long; silent in a pipe. */
export function liveLine(): LiveLine {
  if (!process.stderr.isTTY) return { show: () => undefined, clear: () => undefined };
  let text = '';
  let since = process.hrtime.bigint();
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    const elapsed = Number(process.hrtime.bigint() - since) / 1e6;
    // Some terminals do not know their width.
    const width = process.stderr.columns > 1 ? process.stderr.columns - 1 : 79;
    const line = `${text} ${formatDuration(elapsed)}`.slice(0, width);
    process.stderr.write(`\r\x1b[2K${errorColours.dim(line)}`);
  };
  return {
    show: (next) => {
      text = next;
      since = process.hrtime.bigint();
      timer ??= setInterval(draw, 200);
      draw();
    },
    clear: () => {
      clearInterval(timer);
      timer = undefined;
      process.stderr.write('\r\x1b[2K');
    },
  };
}
