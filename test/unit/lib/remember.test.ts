import { describe, expect, it } from 'vitest';
import { remember } from '../../../src/lib/remember.ts';

describe('what is remembered', () => {
  it('is computed once, and again only after so many others came', () => {
    const computed: string[] = [];
    const lengthOf = remember(2, (text: string) => {
      computed.push(text);
      return text.length;
    });
    expect(['a', 'bb', 'a', 'bb'].map(lengthOf)).toEqual([1, 2, 1, 2]);
    expect(computed).toEqual(['a', 'bb']);
    expect(['ccc', 'a', 'ccc'].map(lengthOf)).toEqual([3, 1, 3]);
    expect(computed).toEqual(['a', 'bb', 'ccc', 'a']);
  });
});
