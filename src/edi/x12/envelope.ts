/** The envelope of an X12 interchange (ISA, GS, ST and their ends), version 005010, around one transaction set. */
import { compactDay, dayOf, shortDay } from '../dates.ts';
import type { DocumentKind, Envelope } from '../document.ts';
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
import { kindOfSet, transactionSets } from './codes.ts';

const VERSION = '005010';
const ISA_LENGTH = 106;

export interface Interchange {
  readonly kind: DocumentKind;
  readonly envelope: Draft;
  /** The day of the group, `YYYY-MM-DD`. */
  readonly day: string;
  /** Between ST and SE. */
  readonly segments: readonly Segment[];
}

/** Throws Unreadable for an interchange that does not hold together. */
export function openInterchange(text: string, maxParts: number): Interchange {
  const start = text.trimStart();
  const segments = segmentsOf(start, delimitersOf(start), maxParts);
  refuseSeveral(segments);
  const [isa, gs, st] = segments;
  const [se, ge, iea] = segments.slice(-3);
  const opened = { ISA: isa, GS: gs, ST: st };
  for (const [tag, segment] of Object.entries({ IEA: iea, GE: ge, SE: se })) {
    if (segment?.tag !== tag) throw new Unreadable('truncated', `${tag} is not there`);
  }
  for (const [tag, segment] of Object.entries(opened)) {
    if (segment?.tag !== tag) throw new Unreadable('missing', tag);
  }
  refuseWrongEnd(se, { count: segments.length - 4, control: at(st, 1), digits: 10 });
  refuseWrongEnd(ge, { count: 1, control: at(gs, 5), digits: 10 });
  refuseWrongEnd(iea, { count: 1, control: at(isa, 12), digits: 10 });
  return {
    kind: kindOf(gs, st),
    envelope: {
      sender: at(isa, 5),
      receiver: at(isa, 7),
      interchange: at(isa, 12),
      group: at(gs, 5),
      message: at(st, 1),
    },
    day: dayOf(at(gs, 3)),
    segments: segments.slice(3, -3),
  };
}

function delimitersOf(text: string): Delimiters {
  if (text.length < ISA_LENGTH) throw new Unreadable('truncated', 'ISA');
  const [element, component, terminator] = [text.charAt(3), text.charAt(104), text.charAt(105)];
  const areDistinct = new Set([element, component, terminator]).size === 3;
  if (!areDistinct || /[A-Za-z0-9 ]/.test(element + component + terminator)) {
    throw new Unreadable('invalid', 'ISA: its delimiters');
  }
  return { element, component, terminator };
}

function refuseSeveral(segments: readonly Segment[]): void {
  for (const tag of ['ISA', 'GS', 'ST']) {
    const [, second] = segments.filter((segment) => segment.tag === tag);
    if (second !== undefined)
      throw new Unreadable('unsupported', `${placeOf(second)}: a second one`);
  }
}

function kindOf(gs: Segment | undefined, st: Segment | undefined): DocumentKind {
  if (!at(gs, 7).startsWith(VERSION))
    throw new Unreadable('unsupported', `GS: version ${at(gs, 7)}`);
  const kind = kindOfSet(at(st, 0));
  if (kind === undefined) throw new Unreadable('unsupported', `ST: ${at(st, 0)}`);
  if (at(gs, 0) !== transactionSets[kind].group) {
    throw new Unreadable('invalid', `GS: ${at(gs, 0)} around ${at(st, 0)}`);
  }
  return kind;
}

/** The text of an interchange. Throws RangeError for what X12 has no room for. */
export function sealedInterchange(
  kind: DocumentKind,
  day: string,
  envelope: Envelope | undefined,
  rows: readonly Row[],
): string {
  const { sender, receiver, interchange, group, message } = demanded(envelope, 'an envelope');
  const number = demanded(group, 'the control number of a group');
  if (!/^\d{9}$/.test(interchange))
    throw new RangeError('X12 numbers interchanges with nine digits');
  const delimiters = freeDelimiters(rows);
  const { set, group: id } = transactionSets[kind];
  const isa = [
    ...['ISA', '00', ''.padEnd(10), '00', ''.padEnd(10)],
    ...['ZZ', fitting(sender, 15).padEnd(15), 'ZZ', fitting(receiver, 15).padEnd(15)],
    ...[shortDay(day), '0000', delimiters.repetition, '00501', interchange, '0', 'P'],
    delimiters.component,
  ];
  const inner: readonly Row[] = [
    ['GS', id, sender, receiver, compactDay(day), '0000', fitting(number, 9), 'X', VERSION],
    ['ST', set, fitting(message, 9)],
    ...rows,
    ['SE', String(rows.length + 2), message],
    ['GE', '1', number],
    ['IEA', '1', interchange],
  ];
  return isa.join(delimiters.element) + delimiters.terminator + textOf(inner, delimiters);
}

// X12 cannot escape a delimiter, so one that a value needs is replaced for the whole interchange, by a separator of
// ISO 646, which no value has.
function freeDelimiters(rows: readonly Row[]): Delimiters & { readonly repetition: string } {
  const data = rows.flat(2).join('');
  const free = (usual: string, spare: string): string => (data.includes(usual) ? spare : usual);
  return {
    element: free('*', '\u001d'),
    component: free('>', '\u001f'),
    terminator: free('~', '\u001c'),
    repetition: free('^', '\u001e'),
  };
}
