import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../../src/edi/index.ts';
import { anOrder, bytesOf, textOf } from '../../support/unit/edi.ts';

// By hand: other separators, a comma for decimals, a price for a hundred, values that hold every separator.
const INVOICE = [
  'UNA|*,!_#',
  'UNB*UNOC|3*SUPPLIES|ZZ*5412345000013|14*260702|0815*I77#',
  'UNH*M1*INVOIC|D|96A|UN|EAN008#',
  'BGM*380*INV 2026!*7*9#',
  'DTM*137|20260702|102#',
  'DTM*35|20260701|102#',
  'RFF*ON|SYN01ABCDEABCDEFGHIJ#',
  'RFF*AAK|WH-9#',
  'NAD*SU*4012345000009||9**Synthetic|Supplies*Quay 1*Ghent**9000*BE#',
  'RFF*VA|BE0202239951#',
  'NAD*BY*5412345000013||9**Nordwind !# Co#',
  'CUX*2|EUR|4#',
  'PAT*1#',
  'DTM*13|202607310000|203#',
  'LIN*1**4012345000009|EN#',
  'PIA*5*SYN-A|SA*77|BP#',
  'IMD*F**|||Screw 4!*20#',
  'QTY*47|10|PCE#',
  'MOA*203|25#',
  'PRI*AAA|250,0|||100#',
  'TAX*7*VAT***|||21*S#',
  'UNS*S#',
  'CNT*2|1#',
  'MOA*77|30,25#',
  'MOA*79|25,00#',
  'MOA*176|5,25#',
  'UNT*25*M1#',
  'UNZ*1*I77#',
].join('\r\n');

const change = (from: string, to: string): Uint8Array => bytesOf(INVOICE.replace(from, to));

describe('an INVOIC', () => {
  it('is read by the separators of its UNA', () => {
    const buyer = { name: 'Nordwind # Co', id: '5412345000013' };
    expect(decode(bytesOf(INVOICE))).toEqual({
      kind: 'document',
      syntax: 'edifact',
      document: {
        kind: 'invoice',
        number: 'INV 2026*7',
        issueDate: '2026-07-02',
        dueDate: '2026-07-31',
        buyer,
        seller: {
          name: 'Synthetic Supplies',
          id: '4012345000009',
          vat: 'BE0202239951',
          address: { street: 'Quay 1', city: 'Ghent', zip: '9000', country: 'BE' },
        },
        shipTo: buyer,
        references: { order: 'SYN01ABCDEABCDEFGHIJ', despatch: 'WH-9' },
        envelope: {
          sender: 'SUPPLIES',
          receiver: '5412345000013',
          interchange: 'I77',
          message: 'M1',
        },
        currency: 'EUR',
        lines: [
          {
            id: '1',
            product: { code: 'SYN-A', barcode: '4012345000009', name: 'Screw 4*20' },
            quantity: '10',
            unit: 'PCE',
            price: '2.5',
            total: '25',
            taxPercent: '21',
          },
        ],
        totals: { net: '25', tax: '5.25', gross: '30.25' },
      },
    });
  });

  it('has no number with the decimal mark that its UNA does not name', () => {
    expect(decode(change('30,25', '30.25'))).toEqual({
      kind: 'malformed',
      reason: 'invalid',
      where: 'segment 23 (MOA): "30.25"',
    });
  });

  it('without a tax has what gross is more than net', () => {
    const fewer = INVOICE.replace('MOA*176|5,25#\r\n', '').replace('UNT*25', 'UNT*24');
    expect(decode(bytesOf(fewer))).toMatchObject({ document: { totals: { tax: '5.25' } } });
  });
});

describe('an ORDERS', () => {
  it('without UNA may have both decimal marks', () => {
    const text = textOf(encode(anOrder, 'edifact'))
      .replace(/^UNA....../, '')
      .replace('QTY+21:1.5', 'QTY+21:1,5');
    expect(decode(bytesOf(text))).toMatchObject({ document: { lines: anOrder.lines } });
  });

  it('releases what its values hold of its separators', () => {
    expect(textOf(encode(anOrder, 'edifact'))).toContain(
      "IMD+F++:::Baker?'s twine'QTY+21:1.5:KGM'",
    );
  });

  it('is written in ISO 8859-1, and not at all beyond it', () => {
    const named = (name: string): typeof anOrder => ({ ...anOrder, buyer: { name } });
    expect(textOf(encode(named('Café'), 'edifact'))).toContain('Caf\u00e9');
    expect(() => encode(named('Łódź'), 'edifact')).toThrow('"Ł"');
  });
});

describe('an ORDRSP', () => {
  const response = (bgm: string): string =>
    textOf(encode({ ...answer, status: 'accepted' }, 'edifact')).replace(/BGM[^']*'/, `${bgm}'`);
  const { shipTo: _, totals: __, references: ___, ...rest } = anOrder;
  const answer = { ...rest, kind: 'order-response' } as const;

  it.each([
    ['BGM+231+1+29', 'accepted'],
    ['BGM+231+1+4', 'changed'],
    ['BGM+231+1+30', 'changed'],
    ['BGM+231+1+27', 'rejected'],
    ['BGM+231+1+9+AP', 'accepted'],
    ['BGM+231+1+9+RE', 'rejected'],
  ])('that begins %s says %s', (bgm, status) => {
    expect(decode(bytesOf(response(bgm)))).toMatchObject({ document: { status } });
  });

  it('that says nothing is invalid', () => {
    expect(decode(bytesOf(response('BGM+231+1+9')))).toMatchObject({
      where: 'order-response.status',
    });
  });
});

interface Reader {
  parse(
    text: string,
  ): readonly { readonly name: string; readonly elements: readonly (readonly string[])[] }[];
}

interface Tracker {
  accept(segment: string): void;
}

// Neither has types.
const require = createRequire(import.meta.url);
const EdifactReader = require('edifact/reader.js') as new () => Reader;
const EdifactTracker = require('edifact/tracker.js') as new (table: unknown) => Tracker;

// Its tables are of a later directory, which has another segment for terms of payment.
describe('what edifact reads of a document of ours', () => {
  const { shipTo, currency: _, totals, lines, references: __, ...rest } = anOrder;
  const plainLines = lines.map(({ id, product, quantity, unit }) => ({
    id,
    product,
    quantity,
    unit,
  }));
  const documents = [
    ['ORDERS', anOrder],
    ['DESADV', { ...rest, kind: 'despatch-advice', shipTo, lines: plainLines }],
    [
      'INVOIC',
      {
        ...rest,
        kind: 'invoice',
        shipTo,
        currency: 'EUR',
        lines,
        totals: totals!,
      },
    ],
  ] as const;

  it.each(documents)('is the same segments, in the order of the table of %s', (type, document) => {
    const text = textOf(encode(document, 'edifact'));
    const segments = new EdifactReader().parse(text);
    expect(segments.map(({ name }) => name).join()).toMatch(/^UNB,UNH,BGM,.*,UNT,UNZ$/);
    expect(segments.flatMap(({ elements }) => elements.flat())).toContain("Baker's twine");
    const tracker = new EdifactTracker(require(`edifact/messages/${type}.json`));
    for (const { name } of segments.slice(1, -1)) tracker.accept(name);
  });
});
