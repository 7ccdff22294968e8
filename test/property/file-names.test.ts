import { basename, join, posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftOf, isFileName } from '../../src/channel/names.ts';

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 260 }),
  fc.stringMatching(/^[.a/\\~é\0\n]{0,12}$/),
);

describe('a name that a channel takes', () => {
  it('names one file right inside its folder, on any system, as does its draft', () => {
    fc.assert(
      fc.property(texts.filter(isFileName), (name) => {
        for (const one of [name, draftOf(name)]) {
          expect(posix.basename(one)).toBe(one);
          expect(join('/in', one)).toBe(`/in/${one}`);
          expect(basename(join('/in', one))).toBe(one);
          expect(Buffer.byteLength(one)).toBeLessThanOrEqual(255);
        }
        expect(win32.basename(draftOf(name))).toBe(draftOf(name));
      }),
    );
  });

  it('is never taken for a draft, nor a draft for a name', () => {
    fc.assert(
      fc.property(texts, (name) => {
        expect(isFileName(draftOf(name))).toBe(false);
      }),
    );
  });

  it('is the same name after its way through a URL', () => {
    fc.assert(
      fc.property(texts.filter(isFileName), (name) => {
        const url = new URL(`http://h.example/in/${encodeURIComponent(name)}`);
        expect(decodeURIComponent(url.pathname)).toBe(`/in/${name}`);
      }),
    );
  });
});
