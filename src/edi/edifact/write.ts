/** Documents to UN/EDIFACT D.96A: ORDERS, ORDRSP, DESADV, INVOIC, and CONTRL of syntax 3. */
import { compactDay } from '../dates.ts';
import { amountOf } from '../decimal.ts';
import {
  type Acknowledgement,
  type BusinessDocument,
  type Document,
  isGln,
  type Line,
  type Party,
  type Product,
  type References,
  type Totals,
} from '../document.ts';
import { cut, demanded, fitting, type Row } from '../segments.ts';
import { actions, messages, responseCodes } from './codes.ts';
import { sealedInterchange } from './envelope.ts';

/** Throws RangeError for what EDIFACT has no room for. */
export function writeEdifact(document: Document): string {
  const rows = document.kind === 'acknowledgement' ? acknowledgement(document) : business(document);
  return sealedInterchange(document.kind, document.issueDate, document.envelope, rows);
}

function business(document: BusinessDocument): readonly Row[] {
  return [...head(document), ...body[document.kind](document as never)];
}

const body: {
  readonly [Kind in BusinessDocument['kind']]: (
    document: Extract<Document, { kind: Kind }>,
  ) => readonly Row[];
} = {
  order: ({ shipTo, currency, lines, totals }) => [
    ...party('DP', shipTo, '92'),
    ...money(currency, '9'),
    ...lines.flatMap((line) => [...item(line, '21'), ...price(line)]),
    ['UNS', 'S'],
    ...sums(totals, '86'),
    count(lines),
  ],
  'order-response': ({ status, currency, lines, totals }) => [
    ...money(currency, '9'),
    ...lines.flatMap((line) => [...item(line, '21', responseCodes[status].action), ...price(line)]),
    ['UNS', 'S'],
    ...sums(totals, '86'),
    count(lines),
  ],
  'despatch-advice': ({ shipTo, lines }) => [
    ...party('DP', shipTo, '92'),
    ['CPS', '1'],
    ...lines.flatMap((line) => item(line, '12')),
    count(lines),
  ],
  invoice: ({ shipTo, currency, dueDate, lines, totals }) => [
    ...party('DP', shipTo, '92'),
    ...money(currency, '4'),
    ...(dueDate === undefined ? [] : [['PAT', '1'] as const, date('13', dueDate)]),
    ...lines.flatMap((line) => [...item(line, '47'), ...price(line)]),
    ['UNS', 'S'],
    count(lines),
    ...sums(totals, '77'),
  ],
};

function head(document: BusinessDocument): readonly Row[] {
  const { kind, number, issueDate, buyer, seller } = document;
  const references: References = document.references ?? {};
  const purpose = kind === 'order-response' ? responseCodes[document.status].function : '9';
  return [
    ['BGM', messages[kind].name, fitting(number, 35), purpose],
    date('137', issueDate),
    ...reference('ON', references.order),
    ...reference('VN', references.sellerOrder),
    ...reference('CR', references.buyer),
    ...reference('AAK', references.despatch),
    ...party('BY', buyer, '92'),
    ...party('SU', seller, '91'),
  ];
}

const date = (code: string, day: string): Row => ['DTM', [code, compactDay(day), '102']];

const money = (currency: string | undefined, use: string): readonly Row[] =>
  currency === undefined ? [] : [['CUX', ['2', currency, use]]];

const count = (lines: readonly unknown[]): Row => ['CNT', ['2', String(lines.length)]];

const reference = (code: string, text: string | undefined): readonly Row[] =>
  text === undefined ? [] : [['RFF', [code, fitting(text, 35)]]];

/** The agency says who gave a party its number: 9 GS1, 91 the seller, 92 the buyer. */
function party(code: string, { name, id, vat, address }: Party, agency: string): readonly Row[] {
  const { street = '', city = '', zip = '', country } = address ?? {};
  const number = id === undefined ? [] : [fitting(id, 35), undefined, isGln(id) ? '9' : agency];
  return [
    [
      ...(['NAD', code, number, undefined, cut(name, 35, 5), cut(street, 35, 3)] as const),
      ...[fitting(city, 35), undefined, fitting(zip, 9), country],
    ],
    ...reference('VA', vat),
  ];
}

function item(
  { id, product, quantity, unit }: Line,
  quantityCode: string,
  action?: string,
): readonly Row[] {
  const { code, barcode, name } = product;
  return [
    [
      'LIN',
      fitting(id, 6),
      action,
      barcode === undefined ? undefined : [fitting(barcode, 35), 'EN'],
    ],
    ...(code === undefined ? [] : [['PIA', '5', [fitting(code, 35), 'SA']] as const]),
    ...description(name),
    ['QTY', [quantityCode, quantity, unit]],
  ];
}

function description(name: Product['name']): readonly Row[] {
  return cut(name, 70, 15).map((part) => [
    'IMD',
    'F',
    undefined,
    [undefined, undefined, undefined, ...cut(part, 35, 2)],
  ]);
}

function price({ price: one = '0', total = '0', taxPercent }: Line): readonly Row[] {
  return [
    ['MOA', ['203', amountOf(total)]],
    ['PRI', ['AAA', one]],
    ...(taxPercent === undefined
      ? []
      : [
          [
            'TAX',
            '7',
            'VAT',
            undefined,
            undefined,
            [undefined, undefined, undefined, taxPercent],
          ] as const,
        ]),
  ];
}

function sums(totals: Totals | undefined, grossCode: string): readonly Row[] {
  if (totals === undefined) return [];
  const { net, tax, gross } = totals;
  const amounts = [
    ['79', net],
    ['176', tax],
    [grossCode, gross],
  ] as const;
  return amounts.map(([code, amount]) => ['MOA', [code, amountOf(amount)]]);
}

function acknowledgement({
  status,
  reasons = [],
  acknowledges,
  envelope,
}: Acknowledgement): readonly Row[] {
  if (reasons.length > 1) throw new RangeError('a CONTRL has room for one reason');
  const [reason] = reasons.map((code) => fitting(code, 3));
  const { interchange, message, kind } = acknowledges;
  const verdict = [actions[status], reason] as const;
  const subject = demanded(interchange, 'the interchange it acknowledges');
  // Who sent what is acknowledged receives the acknowledgement.
  const rows: Row[] = [['UCI', subject, envelope?.receiver, envelope?.sender, ...verdict]];
  if (message !== undefined) {
    const { type } = messages[demanded(kind, 'the kind it acknowledges')];
    rows.push(['UCM', message, [type, 'D', '96A', 'UN'], ...verdict]);
  }
  return rows;
}
