import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/edi/codec.ts';
import { syntaxes } from '../../src/edi/result.ts';
import { carried, documents } from '../support/unit/edi.ts';

const kinds = Object.keys(documents) as readonly (keyof typeof documents)[];
const all = syntaxes.flatMap((syntax) => kinds.map((kind) => [kind, syntax] as const));

describe('a document', () => {
  it.each(all)('of kind %s comes back from %s as far as that carries it', (kind, syntax) => {
    fc.assert(
      fc.property(documents[kind], (document) => {
        expect(decode(encode(document, syntax))).toEqual({
          kind: 'document',
          syntax,
          document: carried(document, syntax),
        });
      }),
      { numRuns: 60 },
    );
  });
});
