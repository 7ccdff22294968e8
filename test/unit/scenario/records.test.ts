import { describe, expect, it } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import { decodeRecords, type FieldKind } from '../../../src/scenario/records.ts';

const fields = {
  name: 'text',
  amount: 'number',
  locked: 'boolean',
  partner_id: 'many2one',
  line_ids: 'ids',
} as const;
const good = {
  id: 1,
  name: 'S1',
  amount: 1.5,
  locked: true,
  partner_id: [3, 'Ada'],
  line_ids: [4, 5],
};

const failureOf = (answer: unknown, kinds: Readonly<Record<string, FieldKind>> = fields) => {
  try {
    decodeRecords('sale.order', kinds, answer);
  } catch (error) {
    if (error instanceof Failed) return error.failure;
    throw error;
  }
  return undefined;
};

describe('records', () => {
  it('have one typed value for every field asked for', () => {
    expect(decodeRecords('sale.order', fields, [good])).toEqual([
      { ...good, partner_id: { id: 3, name: 'Ada' } },
    ]);
  });

  it('say undefined, or an empty list, where Odoo says false for nothing', () => {
    const [empty] = decodeRecords('sale.order', fields, [
      { id: 1, name: false, amount: 0, locked: false, partner_id: false, line_ids: [] },
    ]);
    expect(empty).toEqual({
      id: 1,
      name: undefined,
      amount: 0,
      locked: false,
      partner_id: undefined,
      line_ids: [],
    });
  });

  it('hold nothing that was not asked for', () => {
    const [record] = decodeRecords('sale.order', { name: 'text' }, [{ ...good, secret: 'x' }]);
    expect(record).toEqual({ id: 1, name: 'S1' });
  });

  it('always have a number as their id, whatever the scenario asked', () => {
    expect(failureOf([{ id: 'seven' }], { id: 'text' })?.message).toContain('field id');
  });

  it('may be none', () => {
    expect(decodeRecords('sale.order', fields, [])).toEqual([]);
  });

  it('may name a partner without a name', () => {
    const [record] = decodeRecords('m', { partner_id: 'many2one' }, [
      { id: 1, partner_id: [3, false] },
    ]);
    expect(record?.partner_id).toEqual({ id: 3, name: '' });
  });

  it('do not see what a record inherits', () => {
    const inherited = Object.create({ name: 'from above' }) as Record<string, unknown>;
    inherited['id'] = 1;
    expect(failureOf([inherited], { name: 'text' })?.message).toContain('field name');
  });
});

describe('an answer that is no list of records', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['false', false],
    ['a number', 7],
    ['a text', 'x'],
    ['one record', good],
    ['a list of ids', [1, 2]],
    ['a list with null', [good, null]],
    ['a list of texts', ['x']],
    ['a list of lists', [[]]],
    ['a record without an id', [{ ...good, id: undefined }]],
  ])('is malformed, and the tenant’s: %s', (_, answer) => {
    expect(failureOf(answer)).toMatchObject({
      code: 'odoo.malformed-answer',
      blame: 'target',
      layer: 'application',
      message: expect.stringContaining('sale.order') as unknown,
    });
  });

  // Everything a field can hold; each is right for the kinds listed behind it and for no other.
  const values: readonly (readonly [string, unknown, readonly FieldKind[]])[] = [
    ['a text', 'x', ['text']],
    ['a number', 7, ['number']],
    ['true', true, ['boolean']],
    ['false', false, ['text', 'boolean', 'many2one']],
    ['an empty list', [], ['ids']],
    ['a pair', [3, 'Ada'], ['many2one']],
    ['a list of numbers', [3, 4], ['many2one', 'ids']],
    ['a list of texts', ['a', 'b'], []],
    ['a pair that begins with false', [false, 'Ada'], []],
    ['a record', { id: 3 }, []],
    ['null', null, []],
    ['nothing', undefined, []],
  ];
  const table = values.flatMap(([name, value, right]) =>
    (['text', 'number', 'boolean', 'many2one', 'ids'] as const).map(
      (kind) => [name, kind, right.includes(kind), value] as const,
    ),
  );

  it.each(table)('%s for a field of kind %s: fits is %s', (_, kind, fits, value) => {
    const failure = failureOf([{ id: 1, field: value }], { field: kind });
    if (fits) expect(failure).toBeUndefined();
    else expect(failure?.message).toContain(`field field is not of kind ${kind}`);
  });
});
