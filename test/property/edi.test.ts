import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkPeppol,
  type DecodeLimits,
  type Document,
  decode,
  encode,
  match,
  syntaxes,
} from '../../src/edi/index.ts';
import { bytesOf, carried, documents, orders } from '../support/unit/edi.ts';

const kinds = Object.keys(documents) as readonly (keyof typeof documents)[];
const all = syntaxes.flatMap((syntax) => kinds.map((kind) => [kind, syntax] as const));
const anyDocument = fc.oneof(...kinds.map((kind) => documents[kind]));
const written = fc
  .tuple(anyDocument, fc.constantFrom(...syntaxes))
  .map(([document, syntax]) => encode(document, syntax));

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
      { numRuns: 25 },
    );
  });

  it('of any letters comes back from UBL and X12', () => {
    const names = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .map((name) => name.replace(/[\s\u0000-\u001f\u007f-\u009f\ufffe\uffff]+/g, ' ').trim())
      .filter((name) => name !== '' && name.isWellFormed());
    fc.assert(
      fc.property(orders, names, (order, name) => {
        const [line] = order.lines as [(typeof order.lines)[number]];
        const named = { ...order, lines: [{ ...line, product: { name } }] };
        for (const syntax of ['ubl', 'x12'] as const) {
          expect(decode(encode(named, syntax))).toMatchObject({ document: { lines: named.lines } });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is told from every other: what it answers with other lines has findings', () => {
    const answered = (order: Document & { kind: 'order' }): Document => {
      const { kind: _, shipTo: __, references: ___, envelope: ____, ...rest } = order;
      return {
        ...rest,
        kind: 'order-response',
        status: 'accepted',
        references: { order: order.number },
      };
    };
    fc.assert(
      fc.property(orders, orders, (one, other) => {
        expect(match(one, [answered(one)])).toEqual([]);
        fc.pre(one.number !== other.number);
        expect(match(one, [answered(other)])).not.toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('whatever the bytes are', () => {
  const answers = (bytes: Uint8Array): void => {
    const decoded = decode(bytes);
    expect(['document', 'malformed']).toContain(decoded.kind);
    expect(['checked', 'malformed']).toContain(checkPeppol(bytes).kind);
    if (decoded.kind === 'malformed') expect(decoded.where.length).toBeLessThanOrEqual(200);
  };

  it('an answer comes back for bytes of nothing', () => {
    const starts = fc.constantFrom('', '<', '<?xml', 'ISA*', "UNA:+.? 'UNB+UNOC:3+", 'UNB+UNOA:2+');
    fc.assert(
      fc.property(starts, fc.uint8Array({ maxLength: 300 }), (start, noise) => {
        answers(Uint8Array.from([...bytesOf(start), ...noise]));
      }),
      { numRuns: 100 },
    );
  });

  it('a document that was cut is malformed', () => {
    fc.assert(
      fc.property(written, fc.double({ min: 0, max: 0.99, noNaN: true }), (bytes, share) => {
        expect(decode(bytes.slice(0, Math.floor(bytes.length * share))).kind).toBe('malformed');
      }),
      { numRuns: 60 },
    );
  });

  it('a document with bytes that were changed, lost, doubled or added is read or malformed', () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(written, edits, (bytes, changes) => {
        const content = [...bytes];
        for (const [place, how, byte] of changes) {
          const at = place % content.length;
          const instead = [[byte], [], [content[at]!, content[at]!], [content[at]!, byte]][how]!;
          content.splice(at, 1, ...instead);
        }
        answers(Uint8Array.from(content));
      }),
      { numRuns: 100 },
    );
  });
});

describe('what is made to take all memory or time', () => {
  // Most of these hold more than their limit; what they take grows with it, not with their length.
  const limits: DecodeLimits = { bytes: 50 * 1024 * 1024, depth: 32, parts: 5_000 };
  const isa = `ISA*00*${' '.repeat(10)}*00*${' '.repeat(10)}*ZZ*${'A'.repeat(15)}*ZZ*${'B'.repeat(15)}*260701*0000*^*00501*000000001*0*P*>~`;
  const length = 200_000;
  const filled = (start: string, part: string, end = ''): Uint8Array =>
    bytesOf(start + part.repeat(Math.ceil(length / part.length)) + end);

  it.each([
    [
      'an entity of entities',
      bytesOf('<!DOCTYPE a [<!ENTITY x "&y;&y;&y;"><!ENTITY y "&z;&z;">]><a>&x;</a>'),
      'doctype',
    ],
    ['a long document type', filled('<!DOCTYPE a [', '<!ENTITY x "y">', ']><a/>'), 'doctype'],
    ['elements within elements', filled('', '<a>'), 'too-deep'],
    ['many elements', filled('<a>', '<b/>', '</a>'), 'too-many-parts'],
    [
      'many attributes',
      filled('<a', Array.from({ length: 3_000 }, (_, at) => ` b${at}="" c${at}=""`).join(''), '/>'),
      'too-many-parts',
    ],
    ['a long comment', filled('<!--', 'a', '--><a/>'), 'unsupported'],
    ['a long name', filled('<', 'a', '/>'), 'unsupported'],
    ['a long text', filled('<a>', '& '), 'truncated'],
    ['white space', filled('<a>', ' ', '</a>'), 'unsupported'],
    ['many components of X12', filled(isa, '>'), 'too-many-parts'],
    ['many segments of X12', filled(isa, 'ST*850*1~'), 'too-many-parts'],
    ['a segment of X12 without end', filled(isa, 'A'), 'truncated'],
    ['many segments of EDIFACT', filled('UNB+UNOC:3+A+B', "'"), 'too-many-parts'],
    ['releases without end', filled('UNB+UNOC:3+', '?'), 'truncated'],
  ])('%s ends fast', (_, bytes, reason) => {
    expect(decode(bytes, limits)).toMatchObject({ kind: 'malformed', reason });
  });
});
