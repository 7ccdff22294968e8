/** Markdown as GitHub and GitLab read it, for text from outside that must stay text, and lists that must have an end. */
import { oneLine } from '../lib/thrown.ts';

/** Would be read as markup or a link of its own. */
const MARKUP = /[\\`*_[\]<>&|~$]/g;
/** Before a word they call a person, an issue or a merge request, whatever stands before them. */
const CALLS = /[@#!%$&~^](?=[\p{L}\p{N}_"])/gu;
const ADDRESSES = /:\/\/|www\./gi;
/** Would begin a list, a heading or a rule where it stands first. */
const BEGINNING = /^(\d*)([-+=#.)])(?=[-+=#.)]*(?:\s|$))/;
/** Takes no room and is no part of a name. */
const APART = '\u200b';

/** One line of text, nothing in it has a meaning; at most `most` letters of it. */
export function plain(text: string, most = 400): string {
  return oneLine(text, most)
    .replace(CALLS, (sign) => `${sign}${APART}`)
    .replace(ADDRESSES, (start) => `${start.slice(0, -1)}${APART}${start.slice(-1)}`)
    .replace(MARKUP, entity)
    .replace(BEGINNING, (_, digits: string, sign: string) => digits + entity(sign));
}

const entity = (sign: string): string => `&#${sign.charCodeAt(0)};`;

/** To be copied; nothing is read inside, and a backtick becomes an apostrophe. */
export const code = (text: string, most = 200): string => `\`${verbatim(text, most)}\``;

/** A line of a fenced block. */
export const verbatim = (text: string, most: number): string =>
  oneLine(text, most).replaceAll('`', "'");

export const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

export const tableHead = (names: readonly string[]): string =>
  row(names) + row(names.map(() => '---'));

/** A part of a page whose items may be left out one by one, from the last. */
export interface Part {
  /** What the items are called where some are left out: `findings`. */
  readonly of: string;
  readonly open: string;
  readonly items: readonly string[];
  readonly close: string;
}

/** The first `shown` items under their heading, the others to be opened with a click. */
export function abridged(heading: string, part: Part, shown: number): readonly Part[] {
  const { open, items, close } = part;
  const first = { ...part, open: `### ${heading}\n\n${open}`, items: items.slice(0, shown) };
  const others = items.slice(shown);
  if (others.length === 0) return [first];
  const title = `<details><summary>${others.length} more</summary>\n\n`;
  const end = '\n</details>\n\n';
  return [first, { ...part, open: title + open, items: others, close: close + end }];
}

const ROOM_FOR_END = 400;

/** Whole items only, at most `most` characters; a last line says what was left out. */
export function page(parts: readonly Part[], most: number): string {
  let text = '';
  const left = new Map<string, number>();
  for (const { of, open, items, close } of parts) {
    const room = most - ROOM_FOR_END - text.length - open.length - close.length;
    const kept = fitting(items, room);
    if (kept > 0) text += open + items.slice(0, kept).join('') + close;
    if (kept < items.length) left.set(of, (left.get(of) ?? 0) + items.length - kept);
  }
  if (left.size === 0) return text;
  const missing = [...left].map(([of, count]) => `${count} ${of}`).join(', ');
  return `${text}_Left out, for a summary has an end: ${missing}._\n`;
}

/** How many of the first items fit. */
function fitting(items: readonly string[], room: number): number {
  let used = 0;
  const over = items.findIndex((item) => {
    used += item.length;
    return used > room;
  });
  return over === -1 ? items.length : over;
}
