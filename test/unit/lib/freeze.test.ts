import { describe, expect, it } from 'vitest';
import { deepFreeze } from '../../../src/lib/freeze.ts';

describe('deepFreeze', () => {
  it('freezes objects and lists at every depth', () => {
    const value = deepFreeze({ list: [{ deep: { deeper: [1] } }] });
    expect(() => {
      value.list[0]!.deep.deeper.push(2);
    }).toThrow(TypeError);
    expect(() => {
      value.list.push({ deep: { deeper: [] } });
    }).toThrow(TypeError);
  });

  it('answers the value itself', () => {
    const value = { a: 1 };
    expect(deepFreeze(value)).toBe(value);
  });

  it.each<[unknown]>([[undefined], [null], ['text'], [3], [true]])('passes %j through', (value) => {
    expect(deepFreeze(value)).toBe(value);
  });

  it('ends on a value that holds itself', () => {
    const self: { self?: object } = {};
    self.self = self;
    expect(Object.isFrozen(deepFreeze(self))).toBe(true);
  });

  it('also freezes what lies under a value that was frozen before, only not deeply', () => {
    const inner = { open: true };
    deepFreeze(Object.freeze({ inner }));
    expect(Object.isFrozen(inner)).toBe(true);
  });
});
