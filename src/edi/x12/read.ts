/** ASC X12 005010 to documents: 850, 855, 856, 810 and 997. */
import { dayOf } from '../dates.ts';
import { decimalOf, differenceOf, productOf, sumOf } from '../decimal.ts';
import type { DocumentKind } from '../document.ts';
import { type Draft, lineOf, numberOf } from '../draft.ts';
import { at, continued, first, type Group, groupsOf, type Segment } from '../segments.ts';
import { kindOfGroup, kindOfSet, responseStatuses, unitFromX12 } from './codes.ts';
import { type Interchange, openInterchange } from './envelope.ts';

const LOOPS = ['N1', 'PO1', 'IT1', 'HL', 'TDS', 'CTT'];

export function readX12(text: string, maxParts: number): Draft {
  const interchange = openInterchange(text, maxParts);
  const { kind, envelope } = interchange;
  if (kind === 'acknowledgement') return { kind, envelope, ...acknowledgement(interchange) };
  const message = new Message(groupsOf(interchange.segments, LOOPS));
  return {
    kind,
    envelope,
    buyer: message.party('BY'),
    seller: message.party('SE', 'VN', 'SU'),
    lines: message.lines(),
    ...heads[kind](message),
  };
}

const heads: Readonly<
  Record<Exclude<DocumentKind, 'acknowledgement'>, (message: Message) => Draft>
> = {
  order: (message) => ({
    number: message.text('BEG', 2),
    issueDate: dayOf(message.text('BEG', 4)),
    references: { buyer: message.reference('CR') },
    shipTo: message.shipTo(),
    currency: message.text('CUR', 1),
    totals: message.orderTotals(),
  }),
  'order-response': (message) => ({
    // It need not have a number of its own.
    number: message.text('BAK', 7) || message.text('BAK', 2),
    issueDate: dayOf(message.text('BAK', 8) || message.text('BAK', 3)),
    status: responseStatuses[message.text('BAK', 1)] ?? message.text('BAK', 1),
    references: message.references(message.text('BAK', 2)),
    currency: message.text('CUR', 1),
    totals: message.orderTotals(),
  }),
  'despatch-advice': (message) => ({
    number: message.text('BSN', 1),
    issueDate: dayOf(message.text('BSN', 2)),
    references: message.references(message.text('PRF', 0)),
    shipTo: message.shipTo(),
  }),
  invoice: (message) => ({
    number: message.text('BIG', 1),
    issueDate: dayOf(message.text('BIG', 0)),
    dueDate: dayOf(message.text('ITD', 5)),
    references: {
      ...message.references(message.text('BIG', 3)),
      despatch: message.reference('SI'),
    },
    shipTo: message.shipTo(),
    currency: message.text('CUR', 1),
    totals: message.invoiceTotals(),
  }),
};

class Message {
  readonly #groups: readonly Group[];
  readonly #head: readonly Segment[];
  readonly #outsideLines: readonly Segment[];

  constructor(groups: readonly Group[]) {
    this.#groups = groups;
    // In an 856 what belongs to the document stands in its levels of shipment and order.
    this.#head = groups
      .filter(({ head }) => head === undefined || (head.tag === 'HL' && at(head, 2) !== 'I'))
      .flatMap(({ members }) => members);
    // What follows the last party belongs to the document again, but for references nobody can tell.
    const parties = groups.filter(({ head }) => head?.tag === 'N1');
    this.#outsideLines = [this.#head, ...parties.map(({ members }) => members)].flat();
  }

  text(tag: string, element: number): string {
    return lineOf(at(first(this.#outsideLines, tag), element));
  }

  reference(qualifier: string): string {
    return reference(this.#head, qualifier);
  }

  references(order: string): Draft {
    return { order, sellerOrder: this.reference('VN'), buyer: this.reference('CR') };
  }

  party(...codes: readonly string[]): Draft | undefined {
    const group = this.#groups.find(
      ({ head }) => head?.tag === 'N1' && codes.includes(at(head, 0)),
    );
    return group && partyOf(group);
  }

  /** Where nothing else is said, goods go to the buyer. */
  shipTo(): Draft | undefined {
    return this.party('ST') ?? this.party('BY');
  }

  lines(): readonly Draft[] {
    return this.#groups.flatMap((group) => {
      if (group.head?.tag === 'HL') return at(group.head, 2) === 'I' ? [despatchLine(group)] : [];
      return ['PO1', 'IT1'].includes(group.head?.tag ?? '') ? [pricedLine(group)] : [];
    });
  }

  orderTotals(): Draft | undefined {
    const members = this.#groups.find(({ head }) => head?.tag === 'CTT')?.members ?? [];
    const gross = decimalOf(at(first(members, 'AMT', 'TT'), 1));
    return gross === undefined ? undefined : totals(gross, this.#head);
  }

  invoiceTotals(): Draft | undefined {
    const group = this.#groups.find(({ head }) => head?.tag === 'TDS');
    const gross = /^-?\d{1,15}$/.test(at(group?.head, 0))
      ? productOf(at(group?.head, 0), '0.01')
      : undefined;
    return gross === undefined ? undefined : totals(gross, group?.members ?? []);
  }
}

const reference = (segments: readonly Segment[], qualifier: string): string =>
  lineOf(at(first(segments, 'REF', qualifier), 1));

function partyOf({ head, members }: Group): Draft {
  const place = first(members, 'N4');
  return {
    name: lineOf(at(head, 1)),
    id: at(head, 3),
    vat: reference(members, 'VX'),
    address: {
      street: lineOf(at(first(members, 'N3'), 0)),
      city: lineOf(at(place, 0)),
      zip: lineOf(at(place, 2)),
      country: at(place, 3),
    },
  };
}

function pricedLine({ head, members }: Group): Draft {
  const [quantity, price] = [numberOf(at(head, 1)), numberOf(at(head, 3))];
  const said = members.find((segment) => segment.tag === 'PAM' && at(segment, 3) === '1');
  const isComputable = decimalOf(quantity) !== undefined && decimalOf(price) !== undefined;
  const computed = isComputable ? productOf(quantity, price) : undefined;
  return {
    id: lineOf(at(head, 0)),
    product: productOfLine(head, 5, members),
    quantity,
    unit: unitFromX12(at(head, 2)),
    price,
    total: said === undefined ? computed : numberOf(at(said, 4)),
    taxPercent: numberOf(at(first(members, 'TXI'), 2)),
  };
}

function despatchLine({ members }: Group): Draft {
  const [item, shipped] = [first(members, 'LIN'), first(members, 'SN1')];
  return {
    id: lineOf(at(item, 0)),
    product: productOfLine(item, 1, members),
    quantity: numberOf(at(shipped, 1)),
    unit: unitFromX12(at(shipped, 2)),
  };
}

const CODES = ['VP', 'VN'];
const BARCODES = ['EN', 'UK', 'UP'];

/** Identifiers stand in pairs of qualifier and value. */
function productOfLine(
  segment: Segment | undefined,
  from: number,
  members: readonly Segment[],
): Draft {
  const pairs = new Map<string, string>();
  for (let index = from; index < (segment?.elements.length ?? 0); index += 2) {
    pairs.set(at(segment, index), lineOf(at(segment, index + 1)));
  }
  const [code, barcode] = [CODES, BARCODES].map((all) => valueOf(pairs, all));
  const described = members
    .filter(({ tag }) => tag === 'PID')
    .flatMap(({ elements }) => elements[4] ?? []);
  return {
    code,
    barcode,
    name: [lineOf(continued(described, 80)), code, barcode].find((text) => text !== ''),
  };
}

const valueOf = (pairs: ReadonlyMap<string, string>, qualifiers: readonly string[]): string =>
  qualifiers.map((qualifier) => pairs.get(qualifier) ?? '').find((value) => value !== '') ?? '';

function totals(gross: string, members: readonly Segment[]): Draft {
  const taxes = members
    .filter(({ tag }) => tag === 'TXI')
    .map((segment) => decimalOf(at(segment, 1)) ?? '0');
  const tax = sumOf(taxes);
  return { net: differenceOf(gross, tax), tax, gross };
}

function acknowledgement({ day, segments }: Interchange): Draft {
  const [group, message, verdict] = ['AK1', 'AK2', 'AK5'].map((tag) => first(segments, tag));
  const code = at(verdict ?? first(segments, 'AK9'), 0);
  const statuses: Readonly<Record<string, string>> = { A: 'accepted', E: 'accepted' };
  return {
    issueDate: day,
    status: statuses[code] ?? (/^[MPRWX]$/.test(code) ? 'rejected' : code),
    reasons: reasonsOf(verdict),
    acknowledges: {
      kind: kindOfSet(at(message, 0)) ?? kindOfGroup(at(group, 0)),
      group: at(group, 1),
      message: at(message, 1),
    },
  };
}

function reasonsOf(verdict: Segment | undefined): readonly string[] | undefined {
  const reasons =
    verdict?.elements
      .slice(1)
      .flat()
      .filter((code) => code !== '') ?? [];
  return reasons.length === 0 ? undefined : reasons;
}
