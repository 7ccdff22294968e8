import { describe, expect, it } from 'vitest';
import { codeOf, describeThrown, oneLine } from '../../../src/lib/thrown.ts';
import { hostile } from '../../support/unit/hostile.ts';

describe('describeThrown', () => {
  it.each<[string, unknown, string]>([
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['an empty text', '', ''],
    ['a text', 'out of paper', 'out of paper'],
    ['a number', 42, '42'],
    ['a BigInt', 10n, '10'],
    ['a symbol', Symbol('odd'), 'Symbol(odd)'],
    ['an error', new Error('broken'), 'broken'],
    ['an error without words', new TypeError(''), 'TypeError'],
    ['a plain object', { status: 500 }, '{"status":500}'],
    ['a list', ['a', 1], '["a",1]'],
    ['an object without prototype', Object.create(null), '{}'],
  ])('names %s', (_, thrown, text) => {
    expect(describeThrown(thrown)).toBe(text);
  });

  it.each(hostile)('answers a text for %s', (_, make) => {
    expect(describeThrown(make())).toBeTypeOf('string');
  });

  it('names several errors in one that has no words of its own, as of a refused localhost', () => {
    const both = [
      new Error('connect ECONNREFUSED ::1:80'),
      new Error('connect ECONNREFUSED 127.0.0.1:80'),
    ];
    expect(describeThrown(new AggregateError(both))).toContain('ECONNREFUSED ::1:80');
  });

  it('puts an error of several lines on one', () => {
    expect(describeThrown(new Error('first\n  second\r\nthird\u2028fourth'))).toBe(
      'first second third fourth',
    );
  });

  it('removes what would rewrite a terminal', () => {
    expect(describeThrown(new Error('\u001b[2Jcleared\u0007\u009b31m'))).toBe('[2Jcleared 31m');
  });
});

describe('oneLine', () => {
  it('keeps 500 characters and says that there was more', () => {
    const line = oneLine('x'.repeat(501));
    expect(line).toHaveLength(500);
    expect(line.endsWith('x…')).toBe(true);
    expect(oneLine('x'.repeat(500))).toBe('x'.repeat(500));
  });
});

describe('codeOf', () => {
  it('finds the code of a system error', () => {
    expect(codeOf(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toBe('ENOSPC');
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'ENOENT'],
    ['an error without a code', new Error('x')],
    ['a code that is a number, as of an aborted signal', { code: 23 }],
  ])('answers nothing for %s', (_, thrown) => {
    expect(codeOf(thrown)).toBeUndefined();
  });

  it.each(hostile)('does not throw for %s', (_, make) => {
    expect(() => codeOf(make())).not.toThrow();
  });
});
