/** UN/EDIFACT D.96A to documents: ORDERS, ORDRSP, DESADV, INVOIC, and CONTRL of syntax 3. */
import { dayOf } from '../dates.ts';
import { decimalOf, differenceOf, productOf, quotientOf } from '../decimal.ts';
import type { BusinessKind } from '../document.ts';
import { type Draft, lineOf, numberOf } from '../draft.ts';
import { Unreadable } from '../result.ts';
import { at, continued, first, type Group, groupsOf, placeOf, type Segment } from '../segments.ts';
import { actionStatuses, kindOfType, responseStatuses } from './codes.ts';
import { type Interchange, openInterchange } from './envelope.ts';

const GROUPS = ['NAD', 'CUX', 'PAT', 'CPS', 'LIN', 'UNS'];
/** Characters of a component of text (data elements 3036, 3042 and 7008). */
const LINE_LENGTH = 35;

export function readEdifact(text: string, maxParts: number): Draft {
  const interchange = openInterchange(text, maxParts);
  const { kind, envelope } = interchange;
  if (kind === 'acknowledgement') return { kind, envelope, ...acknowledgement(interchange) };
  const message = new Message(interchange);
  return {
    kind,
    envelope,
    ...message.head(),
    lines: message.lines(kind),
    ...specifics[kind](message),
  };
}

const specifics: Readonly<Record<BusinessKind, (message: Message) => Draft>> = {
  order: (message) => ({
    references: { buyer: message.reference('CR') },
    shipTo: message.shipTo(),
    ...message.money('86'),
  }),
  'order-response': (message) => ({
    references: message.references(),
    status: message.status(),
    ...message.money('86'),
  }),
  'despatch-advice': (message) => ({
    references: message.references(),
    shipTo: message.shipTo(),
  }),
  invoice: (message) => ({
    references: { ...message.references(), despatch: message.reference('AAK') },
    shipTo: message.shipTo(),
    dueDate: message.dueDate(),
    ...message.money('77'),
  }),
};

class Message {
  readonly #groups: readonly Group[];
  readonly #head: readonly Segment[];
  readonly #decimalMark: string | undefined;

  constructor({ segments, decimalMark }: Interchange) {
    this.#groups = groupsOf(segments, GROUPS);
    this.#head = this.#groups[0]?.members ?? [];
    this.#decimalMark = decimalMark;
  }

  head(): Draft {
    return {
      number: lineOf(at(first(this.#head, 'BGM'), 1)),
      issueDate: dayOf(at(first(this.#head, 'DTM', '137'), 0, 1)),
      buyer: this.#party('BY'),
      seller: this.#party('SU', 'SE'),
    };
  }

  reference(code: string): string {
    return reference(this.#head, code);
  }

  references(): Draft {
    return {
      order: this.reference('ON'),
      sellerOrder: this.reference('VN'),
      buyer: this.reference('CR'),
    };
  }

  status(): string {
    const start = first(this.#head, 'BGM');
    const [said, type] = [at(start, 2), at(start, 3)];
    return responseStatuses[said] ?? responseStatuses[type] ?? said;
  }

  dueDate(): string {
    return dayOf(at(first(this.#group('PAT')?.members ?? [], 'DTM', '13'), 0, 1));
  }

  /** Where nothing else is said, goods go to the buyer. */
  shipTo(): Draft | undefined {
    return this.#party('DP') ?? this.#party('BY');
  }

  money(grossCode: string): Draft {
    const members = this.#group('UNS')?.members ?? [];
    const [net, gross] = [this.#amount(members, '79'), this.#amount(members, grossCode)];
    return {
      currency: at(this.#group('CUX')?.head, 0, 1),
      totals: this.#totals(net, gross, members),
    };
  }

  #totals(net: string, gross: string, members: readonly Segment[]): Draft | undefined {
    if (gross === '') return undefined;
    const said = this.#amount(members, '176') || this.#amount(members, '124');
    const tax = said || without(gross, net);
    return { net: net || without(gross, tax), tax, gross };
  }

  lines(kind: BusinessKind): readonly Draft[] {
    const quantityCode = {
      'despatch-advice': '12',
      invoice: '47',
      order: '21',
      'order-response': '21',
    }[kind];
    const groups = this.#groups.filter(({ head }) => head?.tag === 'LIN');
    return groups.map((group) => ({
      ...this.#line(group, quantityCode),
      ...(kind === 'despatch-advice' ? {} : this.#price(group, quantityCode)),
    }));
  }

  #line({ head, members }: Group, quantityCode: string): Draft {
    const quantity = first(members, 'QTY', quantityCode);
    return {
      id: lineOf(at(head, 0)),
      product: productOfLine(head, members),
      quantity: this.#number(quantity, 0, 1),
      unit: at(quantity, 0, 2),
    };
  }

  #price({ members }: Group, quantityCode: string): Draft {
    const said = first(members, 'PRI', 'AAA');
    const [price, basis] = [this.#number(said, 0, 1), this.#number(said, 0, 4) || '1'];
    const areDecimals = [price, basis].every((text) => decimalOf(text) !== undefined);
    const unitPrice = areDecimals ? quotientOf(price, basis) : price;
    const quantity = this.#number(first(members, 'QTY', quantityCode), 0, 1);
    const isComputable = [unitPrice ?? '', quantity].every((text) => decimalOf(text) !== undefined);
    const computed = isComputable ? productOf(unitPrice ?? '', quantity) : '';
    return {
      price: unitPrice,
      total: this.#amount(members, '203') || computed,
      taxPercent: this.#number(first(members, 'TAX'), 4, 3),
    };
  }

  #group(tag: string): Group | undefined {
    return this.#groups.find(({ head }) => head?.tag === tag);
  }

  #party(...codes: readonly string[]): Draft | undefined {
    const group = this.#groups.find(
      ({ head }) => head?.tag === 'NAD' && codes.includes(at(head, 0)),
    );
    return group && partyOf(group);
  }

  #amount(segments: readonly Segment[], code: string): string {
    return this.#number(first(segments, 'MOA', code), 0, 1);
  }

  #number(segment: Segment | undefined, element: number, component: number): string {
    const text = at(segment, element, component);
    const wrongMark = this.#decimalMark === ',' ? '.' : ',';
    if (segment !== undefined && this.#decimalMark !== undefined && text.includes(wrongMark)) {
      throw new Unreadable('invalid', `${placeOf(segment)}: "${text}"`);
    }
    return numberOf(text.replace(',', '.'));
  }
}

/** A difference, or '' where one of both is not said. */
const without = (gross: string, part: string): string =>
  [gross, part].every((text) => decimalOf(text) !== undefined) ? differenceOf(gross, part) : '';

const reference = (segments: readonly Segment[], qualifier: string): string =>
  lineOf(at(first(segments, 'RFF', qualifier), 0, 1));

function partyOf({ head, members }: Group): Draft {
  const [unstructured = [], name = [], street = []] = [2, 3, 4].map(
    (index) => head?.elements[index],
  );
  return {
    name: lineOf(continued(name, LINE_LENGTH)) || lineOf(continued(unstructured, LINE_LENGTH)),
    id: lineOf(at(head, 1)),
    vat: reference(members, 'VA'),
    address: {
      street: lineOf(continued(street, LINE_LENGTH)),
      city: lineOf(at(head, 5)),
      zip: lineOf(at(head, 7)),
      country: at(head, 8),
    },
  };
}

function productOfLine(head: Segment | undefined, members: readonly Segment[]): Draft {
  const further = members
    .filter(({ tag }) => tag === 'PIA')
    .flatMap(({ elements }) => elements.slice(1));
  const numbers = [head?.elements[2] ?? [], ...further];
  const [code = '', barcode = ''] = ['SA', 'EN'].map((type) =>
    lineOf(numbers.find((number) => number[1] === type)?.[0] ?? ''),
  );
  const described = members
    .filter(({ tag }) => tag === 'IMD')
    .flatMap(({ elements }) => elements[2]?.slice(3) ?? []);
  return { code, barcode, name: lineOf(continued(described, LINE_LENGTH)) || code || barcode };
}

function acknowledgement({ day, segments }: Interchange): Draft {
  const [interchange, message] = [first(segments, 'UCI'), first(segments, 'UCM')];
  const [action, reason] =
    message === undefined
      ? [at(interchange, 3), at(interchange, 4)]
      : [at(message, 2), at(message, 3)];
  return {
    issueDate: day,
    status: actionStatuses[action] ?? action,
    reasons: reason === '' ? undefined : [reason],
    acknowledges: {
      kind: kindOfType(at(message, 1)),
      interchange: at(interchange, 0),
      message: at(message, 0),
    },
  };
}
