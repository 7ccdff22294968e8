import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepFreeze } from '../../src/lib/freeze.ts';

function everyObject(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(everyObject)];
}

describe('deepFreeze', () => {
  it('leaves nothing open in any record', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(everyObject(deepFreeze(value)).filter((part) => !Object.isFrozen(part))).toEqual([]);
      }),
    );
  });

  it('changes no record', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const before = JSON.stringify(value);
        expect(JSON.stringify(deepFreeze(value))).toBe(before);
      }),
    );
  });
});
