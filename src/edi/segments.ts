/** Segments of X12 and EDIFACT: text to and from elements and components, in one pass over the text. */
import { Unreadable } from './result.ts';

export interface Segment {
  readonly tag: string;
  /** Each a list of components. The element after the tag has index 0. */
  readonly elements: readonly (readonly string[])[];
  /** Counted from 1, for messages. */
  readonly position: number;
}

export interface Delimiters {
  readonly element: string;
  readonly component: string;
  readonly terminator: string;
  /** Takes from the next character what it means; X12 has none. */
  readonly release?: string;
}

/**
 * All segments of a text. Line breaks between segments are ignored.
 * Throws Unreadable `truncated` if the last one has no terminator, and `too-many-parts`.
 */
export function segmentsOf(
  text: string,
  delimiters: Delimiters,
  maxParts: number,
): readonly Segment[] {
  const scanner = new Scanner(delimiters, maxParts);
  // Copies only what lies between delimiters: a concatenation for each character takes too much memory.
  const pattern = new RegExp(`[${Object.values(delimiters).map(escaped).join('')}]`, 'g');
  let from = 0;
  for (let hit = pattern.exec(text); hit !== null; hit = pattern.exec(text)) {
    scanner.text(text.slice(from, hit.index));
    from = hit.index + 1;
    if (hit[0] === delimiters.release) {
      scanner.text(text.charAt(from));
      from += 1;
      pattern.lastIndex = from;
    } else scanner.delimiter(hit[0]);
  }
  scanner.text(text.slice(from));
  return scanner.segments();
}

const escaped = (char: string): string => char.replace(/[\\\]^-]/, '\\$&');

class Scanner {
  readonly #delimiters: Delimiters;
  readonly #maxParts: number;
  readonly #segments: Segment[] = [];
  #elements: string[][] = [];
  #components: string[] = [];
  #text = '';
  #parts = 0;

  constructor(delimiters: Delimiters, maxParts: number) {
    this.#delimiters = delimiters;
    this.#maxParts = maxParts;
  }

  text(piece: string): void {
    this.#text += piece;
  }

  delimiter(char: string): void {
    const { component, element } = this.#delimiters;
    this.#parts += 1;
    if (this.#parts > this.#maxParts) {
      throw new Unreadable('too-many-parts', `segment ${this.#segments.length + 1}`);
    }
    this.#components.push(this.#text);
    this.#text = '';
    if (char === component) return;
    this.#elements.push(this.#components);
    this.#components = [];
    if (char !== element) this.#endSegment();
  }

  #endSegment(): void {
    const [[tag = ''] = [], ...elements] = this.#elements;
    const position = this.#segments.length + 1;
    this.#segments.push({ tag: tag.trimStart(), elements, position });
    this.#elements = [];
  }

  segments(): readonly Segment[] {
    const isOpen = this.#elements.length + this.#components.length > 0 || this.#text.trim() !== '';
    if (isOpen)
      throw new Unreadable('truncated', `segment ${this.#segments.length + 1} has no end`);
    return this.#segments;
  }
}

/** One component, or '' where there is none. Both indices count from 0. */
export function at(segment: Segment | undefined, element: number, component = 0): string {
  return segment?.elements[element]?.[component]?.trim() ?? '';
}

/** The first segment of a tag, and of a qualifier in its first element where one is given. */
export const first = (
  segments: readonly Segment[],
  tag: string,
  qualifier?: string,
): Segment | undefined =>
  segments.find(
    (segment) => segment.tag === tag && (qualifier === undefined || at(segment, 0) === qualifier),
  );

/** Text that was cut because a component has room for `size` characters only; what is shorter stood on a line of its own. */
export function continued(parts: readonly string[], size: number): string {
  return parts.map((part) => (Array.from(part).length === size ? part : `${part} `)).join('');
}

/** Text cut for components of `size` characters. Throws RangeError for more than `most` of them. */
export function cut(text: string, size: number, most: number): readonly string[] {
  return fitting(text, size * most).match(new RegExp(`.{1,${size}}`, 'gsu')) ?? [];
}

/** For messages: `segment 7 (LIN)`. */
export const placeOf = ({ position, tag }: Segment): string => `segment ${position} (${tag})`;

/** A segment to write: its tag and its elements, each one text or components; undefined is empty. */
export type Row = readonly [
  tag: string,
  ...elements: (string | undefined | readonly (string | undefined)[])[],
];

/** The text of rows. Without a release character no value may hold a delimiter. */
export function textOf(rows: readonly Row[], delimiters: Delimiters): string {
  return rows.map((row) => `${rowText(row, delimiters)}${delimiters.terminator}`).join('');
}

function rowText([tag, ...elements]: Row, delimiters: Delimiters): string {
  const texts = elements.map((element) =>
    withoutEmptyEnd(
      (typeof element === 'object' ? element : [element]).map((part = '') =>
        released(part, delimiters),
      ),
    ).join(delimiters.component),
  );
  return [tag, ...withoutEmptyEnd(texts)].join(delimiters.element);
}

function released(text: string, { element, component, terminator, release }: Delimiters): string {
  if (release === undefined) return text;
  const special = [element, component, terminator, release];
  return Array.from(text, (char) => (special.includes(char) ? release + char : char)).join('');
}

function withoutEmptyEnd(texts: readonly string[]): readonly string[] {
  return texts.slice(0, texts.findLastIndex((text) => text !== '') + 1);
}

/** The text as it is. Throws RangeError if it is longer than the syntax has room for. */
export function fitting(text: string, longest: number): string {
  if (text.length > longest) throw new RangeError(`"${text}" is longer than ${longest} characters`);
  return text;
}

/** What a syntax demands and a document need not have. Throws RangeError where it is absent. */
export function demanded<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new RangeError(`it cannot be written without ${what}`);
  return value;
}

/** Throws Unreadable unless the end of an envelope says how many parts it had, in so many digits at most, and its number. */
export function refuseWrongEnd(
  end: Segment | undefined,
  {
    count,
    control,
    digits,
  }: { readonly count: number; readonly control: string; readonly digits: number },
): void {
  const [said, number, tag] = [at(end, 0), at(end, 1), end?.tag ?? ''];
  if (!/^\d+$/.test(said) || said.length > digits || Number(said) !== count) {
    throw new Unreadable('wrong-count', `${tag}: ${said} instead of ${count}`);
  }
  if (number !== control) {
    throw new Unreadable('wrong-control-number', `${tag}: ${number} instead of ${control}`);
  }
}

/** The first segment of each group, and what follows it up to the next group. The first group may have no head. */
export interface Group {
  readonly head: Segment | undefined;
  readonly members: readonly Segment[];
}

/** Cuts a message before each segment that has one of the tags. */
export function groupsOf(segments: readonly Segment[], heads: readonly string[]): readonly Group[] {
  const groups: { head: Segment | undefined; members: Segment[] }[] = [
    { head: undefined, members: [] },
  ];
  for (const segment of segments) {
    if (heads.includes(segment.tag)) groups.push({ head: segment, members: [] });
    else groups.at(-1)?.members.push(segment);
  }
  return groups;
}
