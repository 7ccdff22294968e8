/** Documents to ASC X12 005010: 850, 855, 856, 810 and 997. */
import { compactDay } from '../dates.ts';
import { amountOf, decimalOf, productOf } from '../decimal.ts';
import {
  type Acknowledgement,
  type BusinessDocument,
  type BusinessKind,
  type Document,
  isGln,
  type Line,
  type Order,
  type Party,
  type Product,
  type References,
  type Totals,
} from '../document.ts';
import { cut, demanded, fitting, type Row } from '../segments.ts';
import { lineCodes, responseCodes, transactionSets, unitToX12 } from './codes.ts';
import { sealedInterchange } from './envelope.ts';

/** Throws RangeError for what X12 has no room for. */
export function writeX12(document: Document): string {
  const rows =
    document.kind === 'acknowledgement'
      ? acknowledgement(document)
      : writers[document.kind](document as never);
  return sealedInterchange(document.kind, document.issueDate, document.envelope, rows);
}

const writers: {
  readonly [Kind in BusinessKind]: (document: Extract<Document, { kind: Kind }>) => readonly Row[];
} = {
  order: (order) => [
    ['BEG', '00', 'SA', fitting(order.number, 22), undefined, compactDay(order.issueDate)],
    ...currency(order.currency),
    ...references(order),
    ...headTax(order.totals),
    ...parties(order, order.shipTo),
    ...order.lines.flatMap((line) => [
      row('PO1', line),
      lineTotal(line),
      ...description(line.product),
      ...lineTax(line),
    ]),
    count(order.lines.length),
    ...orderTotal(order.totals),
  ],
  'order-response': (response) => [
    [
      ...(['BAK', '00', responseCodes[response.status], ordered(response)] as const),
      ...[compactDay(response.issueDate), undefined, undefined, undefined],
      ...[fitting(response.number, 50), compactDay(response.issueDate)],
    ],
    ...currency(response.currency),
    ...references(response),
    ...headTax(response.totals),
    ...parties(response),
    ...response.lines.flatMap((line): readonly Row[] => [
      row('PO1', line),
      lineTotal(line),
      ...description(line.product),
      ...lineTax(line),
      ...lineStatus(lineCodes[response.status], line),
    ]),
    count(response.lines.length),
    ...orderTotal(response.totals),
  ],
  'despatch-advice': (advice) => [
    ['BSN', '00', fitting(advice.number, 30), compactDay(advice.issueDate), '0000'],
    ['HL', '1', undefined, 'S'],
    ...parties(advice, advice.shipTo),
    ['HL', '2', '1', 'O'],
    ['PRF', ordered(advice)],
    ...references(advice),
    ...advice.lines.flatMap((line, index): readonly Row[] => [
      ['HL', String(index + 3), '2', 'I'],
      ['LIN', fitting(line.id, 20), ...identifiers(line.product)],
      ['SN1', undefined, line.quantity, unitCode(line)],
      ...description(line.product),
    ]),
    count(advice.lines.length + 2),
  ],
  invoice: (invoice) => [
    [
      'BIG',
      compactDay(invoice.issueDate),
      fitting(invoice.number, 22),
      undefined,
      invoice.references?.order === undefined ? undefined : ordered(invoice),
    ],
    ...currency(invoice.currency),
    ...references(invoice),
    ...parties(invoice, invoice.shipTo),
    ...(invoice.dueDate === undefined ? [] : [term(invoice.dueDate)]),
    ...invoice.lines.flatMap((line) => [
      row('IT1', line),
      ...lineTax(line),
      lineTotal(line),
      ...description(line.product),
    ]),
    ['TDS', cents(invoice.totals.gross)],
    ['TXI', 'VA', amountOf(invoice.totals.tax)],
    count(invoice.lines.length),
  ],
};

const currency = (code: string | undefined): readonly Row[] =>
  code === undefined ? [] : [['CUR', 'BY', code]];
const count = (lines: number): Row => ['CTT', String(lines)];
const term = (day: string): Row => [
  'ITD',
  '01',
  undefined,
  undefined,
  undefined,
  undefined,
  compactDay(day),
];

const ordered = ({ references: given }: Exclude<BusinessDocument, Order>): string =>
  fitting(demanded(given?.order, 'the number of the order'), 22);

function references({ references: given }: BusinessDocument): readonly Row[] {
  const { sellerOrder, buyer, despatch }: References = given ?? {};
  const all = { VN: sellerOrder, CR: buyer, SI: despatch };
  return Object.entries(all).flatMap(([code, text]): readonly Row[] =>
    text === undefined ? [] : [['REF', code, fitting(text, 50)]],
  );
}

function parties({ buyer, seller }: BusinessDocument, shipTo?: Party): readonly Row[] {
  return [
    ...party('BY', buyer),
    ...party('SE', seller),
    ...(shipTo === undefined ? [] : party('ST', shipTo)),
  ];
}

function party(code: string, { name, id, vat, address }: Party): readonly Row[] {
  const { street, city, zip, country } = address ?? {};
  const agreed = id !== undefined && isGln(id) ? 'UL' : '92';
  const rows: Row[] = [
    ['N1', code, fitting(name, 60), ...(id === undefined ? [] : [agreed, fitting(id, 80)])],
  ];
  if (street !== undefined) rows.push(['N3', fitting(street, 55)]);
  if ([city, zip, country].some((part) => part !== undefined)) {
    rows.push(['N4', fitting(city ?? '', 30), undefined, fitting(zip ?? '', 15), country]);
  }
  if (vat !== undefined) rows.push(['REF', 'VX', fitting(vat, 50)]);
  return rows;
}

function row(tag: string, line: Line): Row {
  const { id, product, quantity, unit, price } = line;
  return [
    tag,
    fitting(id, 20),
    quantity,
    unitCode({ unit }),
    price,
    undefined,
    ...identifiers(product),
  ];
}

function identifiers({ code, barcode }: Product): readonly string[] {
  return [
    ...(code === undefined ? [] : ['VP', fitting(code, 48)]),
    ...(barcode === undefined ? [] : ['EN', fitting(barcode, 48)]),
  ];
}

const description = ({ name }: Product): readonly Row[] =>
  cut(name, 80, 12).map((part) => ['PID', 'F', undefined, undefined, undefined, part]);

const unitCode = ({ unit }: Pick<Line, 'unit'>): string => fitting(unitToX12(unit), 2);

const lineTotal = ({ total = '0' }: Line): Row => [
  'PAM',
  undefined,
  undefined,
  undefined,
  '1',
  amountOf(total),
];

const lineTax = ({ taxPercent }: Line): readonly Row[] =>
  taxPercent === undefined ? [] : [['TXI', 'VA', undefined, taxPercent]];

const lineStatus = (code: string | undefined, { quantity, unit }: Line): readonly Row[] =>
  code === undefined ? [] : [['ACK', code, quantity, unitCode({ unit })]];

const headTax = (totals: Totals | undefined): readonly Row[] =>
  totals === undefined ? [] : [['TXI', 'VA', amountOf(totals.tax)]];

const orderTotal = (totals: Totals | undefined): readonly Row[] =>
  totals === undefined ? [] : [['AMT', 'TT', amountOf(totals.gross)]];

function cents(amount: string): string {
  const whole = productOf(amount, '100');
  if (decimalOf(whole)?.includes('.') === true)
    throw new RangeError(`X12 cannot carry "${amount}" as a total`);
  return whole;
}

function acknowledgement({ status, reasons = [], acknowledges }: Acknowledgement): readonly Row[] {
  if (status === 'received') throw new RangeError('a 997 says accepted or rejected');
  const { set, group } = transactionSets[demanded(acknowledges.kind, 'the kind it acknowledges')];
  const [code, good] = status === 'accepted' ? (['A', '1'] as const) : (['R', '0'] as const);
  if (reasons.length > 5) throw new RangeError('a 997 has room for five reasons');
  return [
    ['AK1', group, demanded(acknowledges.group, 'the group it acknowledges')],
    ['AK2', set, demanded(acknowledges.message, 'the message it acknowledges')],
    ['AK5', code, ...reasons.map((reason) => fitting(reason, 3))],
    ['AK9', code, '1', '1', good],
  ];
}
