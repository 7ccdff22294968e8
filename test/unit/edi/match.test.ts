import { describe, expect, it } from 'vitest';
import {
  type Acknowledgement,
  type DespatchAdvice,
  type Document,
  type Invoice,
  lineTotalOf,
  match,
  type OrderResponse,
  totalsOf,
} from '../../../src/edi/index.ts';
import { anOrder } from '../../support/unit/edi.ts';

const { shipTo, totals, lines, references: _, envelope, kind: __, ...rest } = anOrder;
const { currency: ___, ...plain } = rest;
const references = { order: anOrder.number };
const sealed = { ...envelope!, sender: envelope!.receiver, receiver: envelope!.sender };

const invoice: Invoice = {
  ...rest,
  kind: 'invoice',
  number: 'INV/1',
  references,
  shipTo,
  lines,
  totals: totals!,
  envelope: sealed,
};
const response: OrderResponse = {
  ...rest,
  kind: 'order-response',
  number: 'S1',
  references,
  status: 'accepted',
  lines,
};
const advice: DespatchAdvice = {
  ...plain,
  kind: 'despatch-advice',
  number: 'OUT/1',
  references,
  shipTo,
  // The seller numbers its lines as it likes.
  lines: lines.map(({ product, quantity, unit }, at) => ({
    id: String(7 - at),
    product,
    quantity,
    unit,
  })),
};
const acknowledgement: Acknowledgement = {
  kind: 'acknowledgement',
  issueDate: '2026-07-01',
  status: 'accepted',
  acknowledges: { kind: 'order', group: '223456789', message: '323456789' },
  envelope: sealed,
};

const [first, second] = lines as [(typeof lines)[number], (typeof lines)[number]];
const billed = (changed: readonly (typeof lines)[number][]): Invoice => ({
  ...invoice,
  lines: [...changed],
  totals: totalsOf(changed),
});

describe('documents that answer an order as it was', () => {
  it('have no findings', () => {
    const received = { ...acknowledgement, status: 'received' } as const;
    expect(match(anOrder, [received, acknowledgement, response, advice, invoice])).toEqual([]);
  });

  it('may write a partner’s VAT number and name in another way', () => {
    const buyer = { name: 'NORDWIND Handel, desk 4', vat: 'be 0477.472.701' };
    expect(match(anOrder, [{ ...invoice, buyer }])).toEqual([]);
  });

  it('may tell partners by a number or a name alone', () => {
    const order = { ...anOrder, seller: { name: 'Synthetic Supplies', id: '77' } };
    for (const seller of [
      { name: 'Other name', id: '77' },
      { name: 'synthetic supplies', id: '78' },
    ]) {
      expect(match(order, [{ ...invoice, seller }])).toEqual([]);
    }
  });
});

describe('a finding', () => {
  it.each<readonly [string, Document, readonly object[]]>([
    [
      'wrong-partner',
      { ...invoice, buyer: { name: 'Nordwind Handel', vat: 'BE1' } },
      [{ where: 'invoice INV/1: buyer', expected: 'BE0477472701', actual: 'BE1' }],
    ],
    [
      'wrong-partner',
      { ...invoice, buyer: { name: 'Nordwind Handel', id: '4012345000009' } },
      [{ actual: '4012345000009' }],
    ],
    [
      'wrong-partner',
      { ...response, seller: { name: 'Somebody' } },
      [{ where: 'order-response S1: seller' }],
    ],
    [
      'wrong-partner',
      { ...invoice, envelope: envelope! },
      [
        { where: 'invoice INV/1: envelope sender', expected: 'SUPPLIES' },
        { where: 'invoice INV/1: envelope receiver' },
      ],
    ],
    [
      'wrong-reference',
      { ...invoice, references: { order: 'PO-2' } },
      [{ expected: anOrder.number, actual: 'PO-2' }],
    ],
    [
      'wrong-reference',
      { ...rest, kind: 'despatch-advice', number: 'X', shipTo, lines: advice.lines },
      [{ actual: 'none' }],
    ],
    ['wrong-reference', anOrder, [{ actual: 'an order' }]],
    ['wrong-reference', { ...acknowledgement, acknowledges: {} }, [{ where: 'acknowledgement' }]],
    [
      'wrong-reference',
      { ...acknowledgement, acknowledges: { number: 'PO-2' } },
      [{ where: 'acknowledgement: number' }],
    ],
    [
      'wrong-reference',
      { ...acknowledgement, acknowledges: { kind: 'invoice', message: '323456789' } },
      [{ where: 'acknowledgement: kind' }],
    ],
    [
      'wrong-product',
      { ...response, lines: [{ ...first, product: { code: 'SYN-C', name: 'Nail' } }, second] },
      [{ where: 'order-response S1: line 1', expected: 'SYN-A', actual: 'SYN-C' }],
    ],
    [
      'wrong-quantity',
      {
        ...advice,
        lines: [{ ...first, quantity: '9' }, second].map(({ id, product, quantity, unit }) => ({
          id,
          product,
          quantity,
          unit,
        })),
      },
      [{ expected: '10', actual: '9' }],
    ],
    [
      'wrong-quantity',
      { ...response, lines: [{ ...first, unit: 'DZN' }, second] },
      [{ where: 'order-response S1: line 1: unit' }],
    ],
    [
      'wrong-price',
      { ...response, lines: [{ ...first, price: '2.51' }, second] },
      [{ expected: '2.5', actual: '2.51' }],
    ],
    ['wrong-price', { ...response, currency: 'USD' }, [{ where: 'order-response S1: currency' }]],
    [
      'missing-line',
      { ...response, lines: [second] },
      [{ where: 'order-response S1: line 1', expected: 'SYN-A' }],
    ],
    [
      'extra-line',
      { ...response, lines: [first, second, { ...first, id: '3' }] },
      [{ where: 'order-response S1: its line 3', actual: 'SYN-A' }],
    ],
    ['rejected-order', { ...response, status: 'rejected' }, [{ where: 'order-response S1' }]],
    [
      'rejected-acknowledgement',
      { ...acknowledgement, status: 'rejected', reasons: ['5', '7'] },
      [{ actual: '5, 7' }],
    ],
    [
      'mixed-up-control-numbers',
      { ...acknowledgement, acknowledges: { group: '1', message: '323456789' } },
      [{ where: 'acknowledgement: group', expected: '223456789', actual: '1' }],
    ],
  ])('%s', (code, document, findings) => {
    const expected = findings.map(
      (finding) => expect.objectContaining({ code, ...finding }) as unknown,
    );
    expect(match(anOrder, [document])).toEqual(expected);
  });

  it('wrong-total: of a line whose quantity and price are right, and of what follows from it', () => {
    const changed = billed([{ ...first, total: '20' }, second]);
    expect(match(anOrder, [changed]).map(({ code, where }) => [code, where])).toEqual([
      ['wrong-total', 'invoice INV/1: line 1'],
      ['wrong-total', 'invoice INV/1: net'],
      ['wrong-total', 'invoice INV/1: tax'],
    ]);
  });

  it('wrong-total: of a document that does not add up, whatever was ordered', () => {
    const { totals: ____, ...order } = anOrder;
    const wrong = { ...invoice, totals: { ...totals!, gross: '1' } };
    expect(match(order, [wrong])).toEqual([
      { code: 'wrong-total', where: 'invoice INV/1: gross', expected: totals!.gross, actual: '1' },
    ]);
  });

  it('wrong-price: where the price list won, with totals that follow from it', () => {
    const price = '3';
    const changed = billed([
      { ...first, price, total: lineTotalOf(first.quantity, price) },
      second,
    ]);
    expect(match(anOrder, [changed]).map(({ code }) => code)).toEqual([
      'wrong-price',
      'wrong-total',
      'wrong-total',
    ]);
  });

  it('duplicate-acknowledgement: the same verdict twice', () => {
    expect(
      match(anOrder, [acknowledgement, { ...acknowledgement, issueDate: '2026-07-02' }]),
    ).toEqual([{ code: 'duplicate-acknowledgement', where: 'acknowledgement' }]);
  });

  it('tells two lines of one product apart by their numbers', () => {
    const order = { ...anOrder, lines: [first, { ...first, id: '2', quantity: '4', total: '10' }] };
    const { totals: _____, ...two } = order;
    const swapped = { ...response, lines: [...two.lines].reverse() };
    expect(match(two, [swapped])).toEqual([]);
  });
});
