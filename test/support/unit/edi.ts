/** Arbitrary business documents that every syntax has room for, and what each syntax keeps of them. */
import fc from 'fast-check';
import { decimalOf } from '../../../src/edi/decimal.ts';
import type { Document, Envelope, Order, Party, PricedLine } from '../../../src/edi/document.ts';
import { lineTotalOf, totalsOf } from '../../../src/edi/document.ts';
import type { Syntax } from '../../../src/edi/result.ts';

// Every delimiter of every syntax, markup, and letters of ISO 8859-1 that are no UTF-8 next to each other.
const LETTERS = 'abcXYZ019 +:\'?*~^>|;.,-_/&<"()#@éüß'.split('');

const text = (longest: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: longest })
    .map((letters) => letters.join('').replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '');

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined });

/** Without the fields that are undefined: absent is absent. */
function present<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(present) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .map(([key, member]) => [key, present(member)] as const)
    .filter(([, member]) => member !== undefined && JSON.stringify(member) !== '{}');
  return Object.fromEntries(members) as Value;
}

const decimals = (max: number, places: number): fc.Arbitrary<string> =>
  fc
    .integer({ min: 0, max })
    .map((units) => decimalOf((units / 10 ** places).toFixed(places)) ?? '');

const dates = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

const codes = fc.oneof(fc.constantFrom('5412345000013', '4012345000009'), text(30));

const parties = fc.record({
  name: text(60),
  id: maybe(codes),
  vat: maybe(text(20)),
  address: maybe(
    fc.record({
      street: maybe(text(50)),
      city: maybe(text(30)),
      zip: maybe(text(9)),
      country: maybe(fc.constantFrom('BE', 'US', 'DE')),
    }),
  ),
});

const plainLines = fc.record({
  id: fc.integer({ min: 1, max: 999_999 }).map(String),
  product: fc.record({ code: maybe(text(30)), barcode: maybe(text(14)), name: text(150) }),
  quantity: decimals(100_000, 3),
  unit: fc.constantFrom('C62', 'KGM', 'MTR', 'HUR'),
});

const pricedLines: fc.Arbitrary<PricedLine> = fc
  .tuple(plainLines, decimals(1_000_000, 4), maybe(fc.constantFrom('0', '6', '21', '5.5')))
  .map(([line, price, taxPercent]) => ({
    ...line,
    price,
    total: lineTotalOf(line.quantity, price),
    taxPercent,
  }));

const controls = fc.integer({ min: 100_000_000, max: 999_999_999 }).map(String);
const mailboxes = fc.stringMatching(/^[A-Za-z0-9._-]{1,15}$/);

const envelopes: fc.Arbitrary<Envelope> = fc.record({
  sender: fc.oneof(mailboxes, fc.constant('5412345000013')),
  receiver: mailboxes,
  interchange: controls,
  group: controls,
  message: controls,
});

const head = {
  number: text(22),
  issueDate: dates,
  buyer: parties,
  seller: parties,
  envelope: envelopes,
};
const references = { order: text(22), sellerOrder: maybe(text(30)), buyer: maybe(text(30)) };
const priced = {
  currency: fc.constantFrom('EUR', 'USD'),
  lines: fc.array(pricedLines, { minLength: 1, maxLength: 3 }),
};
const withTotals = <D extends { readonly lines: readonly PricedLine[] }>(document: D) => ({
  ...document,
  totals: totalsOf(document.lines),
});

export const orders: fc.Arbitrary<Order> = fc
  .record({
    ...head,
    ...priced,
    kind: fc.constant('order' as const),
    shipTo: parties,
    references: fc.record({ buyer: maybe(text(30)) }),
  })
  .chain((order) => fc.constantFrom(order, withTotals(order)))
  .map(present);

export const documents: Readonly<Record<Document['kind'], fc.Arbitrary<Document>>> = {
  order: orders,
  'order-response': fc
    .record({
      ...head,
      ...priced,
      kind: fc.constant('order-response' as const),
      status: fc.constantFrom('received', 'accepted', 'changed', 'rejected'),
      references: fc.record(references),
    })
    .chain((response) => fc.constantFrom(response, withTotals(response)))
    .map(present),
  'despatch-advice': fc
    .record({
      ...head,
      kind: fc.constant('despatch-advice' as const),
      shipTo: parties,
      references: fc.record(references),
      lines: fc.array(plainLines, { minLength: 1, maxLength: 3 }),
    })
    .map(present),
  invoice: fc
    .record({
      ...head,
      ...priced,
      kind: fc.constant('invoice' as const),
      shipTo: parties,
      dueDate: maybe(dates),
      references: fc.record({ ...references, despatch: maybe(text(30)) }),
    })
    .map((invoice) => present(withTotals(invoice))),
  acknowledgement: fc
    .record({
      kind: fc.constant('acknowledgement' as const),
      number: text(30),
      issueDate: dates,
      sender: maybe(parties),
      receiver: maybe(parties),
      status: fc.constantFrom('accepted', 'rejected'),
      reasons: maybe(fc.array(fc.constantFrom('1', '5', '23'), { minLength: 1, maxLength: 1 })),
      acknowledges: fc.record({
        kind: fc.constantFrom('order', 'order-response', 'despatch-advice', 'invoice'),
        number: text(30),
        interchange: controls,
        group: controls,
        message: controls,
      }),
      envelope: envelopes,
    })
    .map(present),
};

/** What is left of a document that was written in a syntax; the table is in src/edi/index.ts. */
export function carried(document: Document, syntax: Syntax): Document {
  if (document.kind === 'acknowledgement') return carriedAcknowledgement(document, syntax);
  const { envelope, ...rest } = document;
  if (syntax === 'x12') return document;
  if (syntax === 'edifact')
    return present({ ...document, envelope: { ...envelope!, group: undefined } });
  if (rest.kind !== 'invoice') return rest;
  return present({ ...rest, shipTo: { ...rest.shipTo, vat: undefined } });
}

type Acknowledgement = Extract<Document, { kind: 'acknowledgement' }>;

function carriedAcknowledgement(document: Acknowledgement, syntax: Syntax): Document {
  const { kind: own, issueDate, status, reasons, envelope, acknowledges } = document;
  const rest = { kind: own, issueDate, status, reasons };
  const { kind, interchange, group, message } = acknowledges;
  const kept = {
    ubl: { ...document, envelope: undefined, acknowledges: { kind, number: acknowledges.number } },
    x12: { ...rest, envelope, acknowledges: { kind, group, message } },
    edifact: {
      ...rest,
      envelope: { ...envelope!, group: undefined },
      acknowledges: { kind, interchange, message },
    },
  };
  return present(kept[syntax]);
}

const buyer: Party = {
  name: 'Nordwind Handel',
  id: '5412345000013',
  vat: 'BE0477472701',
  address: { street: 'Kade 7', city: 'Gent', zip: '9000', country: 'BE' },
};
const seller: Party = { name: 'Synthetic Supplies', vat: 'BE0202239951' };

/** A sound order of two lines. */
export const anOrder: Order = withTotals({
  kind: 'order',
  number: 'SYN01ABCDEABCDEFGHIJ',
  issueDate: '2026-07-01',
  buyer,
  seller,
  shipTo: buyer,
  references: { buyer: 'desk 4' },
  envelope: {
    sender: 'NORDWIND',
    receiver: 'SUPPLIES',
    interchange: '123456789',
    group: '223456789',
    message: '323456789',
  },
  currency: 'EUR',
  lines: [
    {
      id: '1',
      product: { code: 'SYN-A', barcode: '4012345000009', name: 'Screw 4*20' },
      quantity: '10',
      unit: 'C62',
      price: '2.5',
      total: '25',
      taxPercent: '21',
    },
    {
      id: '2',
      product: { code: 'SYN-B', name: "Baker's twine" },
      quantity: '1.5',
      unit: 'KGM',
      price: '9.99',
      total: lineTotalOf('1.5', '9.99'),
      taxPercent: '6',
    },
  ],
});

export const bytesOf = (content: string): Uint8Array => new TextEncoder().encode(content);
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
