/** The envelope of an EDIFACT interchange (UNA, UNB, UNH and their ends), syntax 3, around one message of D.96A. */
import { dayOf, shortDay } from '../dates.ts';
import { type DocumentKind, type Envelope, isGln } from '../document.ts';
import type { Draft } from '../draft.ts';
import { Unreadable } from '../result.ts';
import {
  at,
  type Delimiters,
  demanded,
  fitting,
  placeOf,
  type Row,
  refuseWrongEnd,
  type Segment,
  segmentsOf,
  textOf,
} from '../segments.ts';
import { kindOfType, messages } from './codes.ts';

const ADVICE_LENGTH = 9;

// What holds where no UNA says otherwise.
const usual = { component: ':', element: '+', release: '?', terminator: "'" } as const;

export interface Interchange {
  readonly kind: DocumentKind;
  readonly envelope: Draft;
  /** The day of preparation, `YYYY-MM-DD`. */
  readonly day: string;
  /** Between UNH and UNT. */
  readonly segments: readonly Segment[];
  /** The only decimal mark allowed; without a UNA a point and a comma both are. */
  readonly decimalMark: string | undefined;
}

/** Throws Unreadable for an interchange that does not hold together. */
export function openInterchange(text: string, maxParts: number): Interchange {
  const { delimiters, decimalMark, rest } = adviceOf(text.trimStart());
  const segments = segmentsOf(rest, delimiters, maxParts);
  refuseSeveral(segments);
  const [unb, unh] = segments;
  const [unt, unz] = segments.slice(-2);
  for (const [tag, segment] of Object.entries({ UNZ: unz, UNT: unt })) {
    if (segment?.tag !== tag) throw new Unreadable('truncated', `${tag} is not there`);
  }
  for (const [tag, segment] of Object.entries({ UNB: unb, UNH: unh })) {
    if (segment?.tag !== tag) throw new Unreadable('missing', tag);
  }
  refuseWrongEnd(unt, { count: segments.length - 2, control: at(unh, 0), digits: 6 });
  refuseWrongEnd(unz, { count: 1, control: at(unb, 4), digits: 6 });
  return {
    kind: kindOf(unb, unh),
    envelope: {
      sender: at(unb, 1),
      receiver: at(unb, 2),
      interchange: at(unb, 4),
      message: at(unh, 0),
    },
    day: dayOf(`20${at(unb, 3)}`),
    segments: segments.slice(2, -2),
    decimalMark,
  };
}

interface Advice {
  readonly delimiters: Delimiters;
  readonly decimalMark: string | undefined;
  readonly rest: string;
}

function adviceOf(text: string): Advice {
  if (!text.startsWith('UNA')) return { delimiters: usual, decimalMark: undefined, rest: text };
  const said = text.slice(3, ADVICE_LENGTH);
  const [component, element, decimalMark, release, terminator] = [0, 1, 2, 3, 5].map((at) =>
    said.charAt(at),
  ) as [string, string, string, string, string];
  const delimiters = { component, element, terminator, ...(release === ' ' ? {} : { release }) };
  const all = Object.values(delimiters);
  const areDistinct = new Set(all).size === all.length;
  if (!areDistinct || !/^[.,]$/.test(decimalMark) || /[A-Za-z0-9 ]/.test(all.join(''))) {
    throw new Unreadable('invalid', 'UNA');
  }
  return { delimiters, decimalMark, rest: text.slice(ADVICE_LENGTH) };
}

function refuseSeveral(segments: readonly Segment[]): void {
  const group = segments.find(({ tag }) => tag === 'UNG');
  const [, again] = segments.filter(({ tag }) => tag === 'UNH');
  const extra = group ?? again;
  if (extra !== undefined)
    throw new Unreadable('unsupported', `${placeOf(extra)}: groups or several messages`);
}

function kindOf(unb: Segment | undefined, unh: Segment | undefined): DocumentKind {
  const syntax = at(unb, 0, 1);
  if (!/^[123]$/.test(syntax)) throw new Unreadable('unsupported', `UNB: syntax ${syntax}`);
  const [type = '', version, release] = [0, 1, 2].map((component) => at(unh, 1, component));
  const kind = kindOfType(type);
  const isRead = kind === 'acknowledgement' || (version === 'D' && release === '96A');
  if (kind === undefined || !isRead) {
    throw new Unreadable('unsupported', `UNH: ${[type, version, release].join(':')}`);
  }
  return kind;
}

/** The text of an interchange. Throws RangeError for what EDIFACT has no room for. */
export function sealedInterchange(
  kind: DocumentKind,
  day: string,
  envelope: Envelope | undefined,
  rows: readonly Row[],
): string {
  const { sender, receiver, interchange, message } = demanded(envelope, 'an envelope');
  const version = kind === 'acknowledgement' ? ['D', '3', 'UN'] : ['D', '96A', 'UN'];
  const inner: readonly Row[] = [
    [
      'UNB',
      ['UNOC', '3'],
      mailbox(sender),
      mailbox(receiver),
      [shortDay(day), '0000'],
      interchange,
    ],
    ['UNH', message, [messages[kind].type, ...version]],
    ...rows,
    ['UNT', String(rows.length + 2), message],
    ['UNZ', '1', interchange],
  ];
  return `UNA:+.? '${textOf(inner, usual)}`;
}

const mailbox = (id: string): readonly string[] => [fitting(id, 35), ...(isGln(id) ? ['14'] : [])];
