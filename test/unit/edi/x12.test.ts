import { type X12Interchange, X12Parser } from 'node-x12';
import { describe, expect, it } from 'vitest';
import { decode, encode, type Order } from '../../../src/edi/index.ts';
import { anOrder, bytesOf, textOf } from '../../support/unit/edi.ts';

// By hand: separators of another partner, line breaks, segments and qualifiers that nobody asked for.
const PURCHASE_ORDER =
  [
    'ISA|00|          |00|          |01|998877665      |12|5550001111     |260701|1015|!|00501|000000042|1|T|:',
    'GS|PO|998877665|5550001111|20260701|1015|42|X|005010',
    'ST|850|0042',
    'BEG|00|NE|PO-77||20260630',
    'CUR|BY|USD',
    'REF|DP|038',
    'REF|CR|JOB 9',
    'DTM|002|20260710',
    'N1|BY|Hammer & Tongs Inc|92|0099',
    'N3|1 Anvil Way|Dock 4',
    'N4|Toledo|OH|43604|US',
    'N1|VN|Synthetic Supplies',
    'REF|VX|BE0202239951',
    'PO1|0010|12|EA|4.25||VN|SYN-A|UP|012345678905',
    'PID|F||||Screw, long',
    'PO1|0020|2.5|KG|10.00||VN|SYN-B',
    'PAM||||1|24.99',
    'CTT|2',
    'SE|17|0042',
    'GE|1|42',
    'IEA|1|000000042',
  ].join("'\n") + "'\n";

describe('an 850', () => {
  it('of another partner is read by its own delimiters', () => {
    const buyer = {
      name: 'Hammer & Tongs Inc',
      id: '0099',
      address: { street: '1 Anvil Way', city: 'Toledo', zip: '43604', country: 'US' },
    };
    const order: Order = {
      kind: 'order',
      number: 'PO-77',
      issueDate: '2026-06-30',
      buyer,
      seller: { name: 'Synthetic Supplies', vat: 'BE0202239951' },
      shipTo: buyer,
      references: { buyer: 'JOB 9' },
      envelope: {
        sender: '998877665',
        receiver: '5550001111',
        interchange: '000000042',
        group: '42',
        message: '0042',
      },
      currency: 'USD',
      lines: [
        {
          id: '0010',
          product: { code: 'SYN-A', barcode: '012345678905', name: 'Screw, long' },
          quantity: '12',
          unit: 'C62',
          price: '4.25',
          total: '51',
        },
        {
          id: '0020',
          product: { code: 'SYN-B', name: 'SYN-B' },
          quantity: '2.5',
          unit: 'KGM',
          price: '10',
          total: '24.99',
        },
      ],
    };
    expect(decode(bytesOf(PURCHASE_ORDER))).toEqual({
      kind: 'document',
      syntax: 'x12',
      document: order,
    });
  });

  it('is written with its usual delimiters, or others where a value needs one', () => {
    const [isa = ''] = textOf(encode(anOrder, 'x12')).split('\u0000');
    expect(isa.slice(0, 106)).toBe(
      'ISA\u001d00\u001d          \u001d00\u001d          \u001dZZ\u001dNORDWIND       \u001dZZ\u001dSUPPLIES       ' +
        '\u001d260701\u001d0000\u001d^\u001d00501\u001d123456789\u001d0\u001dP\u001d>~',
    );
    const plain = { ...anOrder, lines: anOrder.lines.slice(1) };
    expect(textOf(encode(plain, 'x12'))).toContain(
      '~PO1*2*1.5*KG*9.99**VP*SYN-B~PAM****1*14.99~PID*F****',
    );
  });

  it.each([
    ['no envelope', { envelope: undefined }, 'an envelope'],
    [
      'an interchange of eight digits',
      { envelope: { ...anOrder.envelope!, interchange: '12345678' } },
      'nine digits',
    ],
    ['a number of 23 characters', { number: 'x'.repeat(23) }, 'longer than 22'],
  ])('is not written with %s', (_, change, reason) => {
    const { envelope, ...rest } = { ...anOrder, ...change };
    const order = envelope === undefined ? rest : { ...rest, envelope };
    expect(() => encode(order, 'x12')).toThrow(reason);
  });

  it('may leave out the currency, which the partners agreed on', () => {
    const { currency: _, ...agreed } = anOrder;
    const decoded = decode(bytesOf(textOf(encode(anOrder, 'x12')).replace(/CUR.BY.EUR/, 'NTE')));
    expect(decoded).toMatchObject({ document: agreed });
    expect(decoded).not.toHaveProperty('document.currency');
    expect(decode(encode(agreed, 'edifact'))).not.toHaveProperty('document.currency');
    expect(() => encode(agreed, 'ubl')).toThrow('a currency');
  });

  it('is no document of ours with a field of its own', () => {
    expect(() => encode({ ...anOrder, colour: 'red' } as Order, 'x12')).toThrow('colour');
  });
});

describe('what node-x12 reads, strictly, of an order of ours', () => {
  const plain = { ...anOrder, lines: anOrder.lines.slice(1) };
  const interchange = new X12Parser(true).parse(textOf(encode(plain, 'x12'))) as X12Interchange;
  const [group] = interchange.functionalGroups;
  const [transaction] = group!.transactions;

  it('is one transaction with the control numbers of the document', () => {
    const headers = [interchange.header, group?.header, transaction?.header];
    expect(headers.map((header) => header?.elements.map(({ value }) => value))).toEqual([
      expect.arrayContaining(['123456789', 'NORDWIND       ', '00501']),
      expect.arrayContaining(['PO', '223456789', '005010']),
      ['850', '323456789'],
    ]);
  });

  it('has the segments and elements of the document', () => {
    const line = transaction?.segments.find(({ tag }) => tag === 'PO1');
    expect(line?.elements.map(({ value }) => value).join()).toBe('2,1.5,KG,9.99,,VP,SYN-B');
  });
});

describe('an 855', () => {
  it('without a number of its own has that of the order', () => {
    const { shipTo: _, references: __, ...rest } = anOrder;
    const references = { order: 'PO-1' };
    const response = { ...rest, kind: 'order-response', status: 'accepted', references } as const;
    const text = textOf(encode(response, 'x12')).replace(`\u001d${anOrder.number}`, '\u001d');
    expect(decode(bytesOf(text))).toMatchObject({ document: { number: 'PO-1', references } });
  });
});

describe('a 997', () => {
  const acknowledgement = (verdict: string): Uint8Array =>
    bytesOf(
      [
        'ISA*00*          *00*          *ZZ*SUPPLIES       *ZZ*NORDWIND       *260701*0000*^*00501*000000007*0*P*>',
        'GS*FA*SUPPLIES*NORDWIND*20260701*0000*7*X*005010',
        'ST*997*0001',
        'AK1*PO*223456789',
        ...verdict.split(' '),
        `SE*${3 + verdict.split(' ').length}*0001`,
        'GE*1*7',
        'IEA*1*000000007~',
      ].join('~'),
    );

  it.each([
    ['AK2*850*323456789 AK5*A AK9*A*1*1*1', 'accepted', undefined],
    ['AK2*850*323456789 AK5*E*5 AK9*E*1*1*1', 'accepted', ['5']],
    ['AK2*850*323456789 AK3*PO1*7 AK5*R*5*23 AK9*R*1*1*0', 'rejected', ['5', '23']],
    ['AK9*R*1*1*0', 'rejected', undefined],
  ])('with %s says %s', (verdict, status, reasons) => {
    expect(decode(acknowledgement(verdict))).toMatchObject({
      document: {
        status,
        acknowledges: { kind: 'order', group: '223456789' },
        ...(reasons && { reasons }),
      },
    });
  });

  it('cannot say that something was received', () => {
    const decoded = decode(acknowledgement('AK9*A*1*1*1'));
    if (decoded.kind !== 'document' || decoded.document.kind !== 'acknowledgement')
      throw new Error('no 997');
    const received = { ...decoded.document, status: 'received' } as const;
    expect(() => encode(received, 'x12')).toThrow('accepted or rejected');
  });
});
