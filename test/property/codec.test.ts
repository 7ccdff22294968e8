import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import serializer from 'xmlrpc/lib/serializer.js';
import { decodeAnswer, encodeCall } from '../../src/odoo/codec.ts';
import { decodeCall } from '../support/unit/xml.ts';

// What XML 1.0 can hold. A carriage return is XML's own matter and has its test beside the codec.
const text = fc
  .string({ unit: 'binary' })
  .map((raw) => raw.replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, ' '));
const integer = fc.integer();
const fraction = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((number) => !Number.isInteger(number));

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    integer,
    fraction,
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 5, noNullPrototype: true },
    ),
  ),
}));

describe('calls', () => {
  it('reach the server as they were meant, for any nested value', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), (params) => {
        expect(decodeCall(encodeCall('execute_kw', params))).toEqual({
          method: 'execute_kw',
          params,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('are encoded or refused with their path, whatever the value is', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSparseArray: true,
          withNullPrototype: true,
        }),
        (odd) => {
          let body: string;
          try {
            body = encodeCall('m', [odd]);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
            expect((error as Error).message).toMatch(/^m\[0\].*: XML-RPC cannot carry /s);
            return;
          }
          expect(JSON.stringify(decodeCall(body).params[0])).toBe(JSON.stringify(odd));
        },
      ),
      { numRuns: 500 },
    );
  });
});

interface ResponseSerializer {
  serializeMethodResponse(value: unknown): string;
}

describe('answers', () => {
  it('come back as the server meant them', () => {
    fc.assert(
      fc.property(value, (sent) => {
        const body = (serializer as unknown as ResponseSerializer).serializeMethodResponse(sent);
        expect(decodeAnswer(body)).toEqual({ kind: 'value', value: sent });
      }),
      { numRuns: 300 },
    );
  });

  it('never throw, whatever the body', () => {
    const markup = fc.constantFrom(
      '<',
      '>',
      '</',
      'value',
      'fault',
      'struct',
      'array',
      'data',
      'member',
      'name',
      'int',
      'methodResponse',
      'params',
      'param',
      '7',
      '&',
      ']]>',
      '<![CDATA[',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(markup).map((parts) => parts.join('')),
        ),
        (body) => {
          expect(['value', 'fault', 'malformed']).toContain(decodeAnswer(body).kind);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('that end too early are malformed at every length', () => {
    fc.assert(
      fc.property(value, fc.nat(), (sent, cut) => {
        const body = (serializer as unknown as ResponseSerializer).serializeMethodResponse(sent);
        const end = body.lastIndexOf('</methodResponse>');
        expect(decodeAnswer(body.slice(0, cut % (end + 1))).kind).toBe('malformed');
      }),
    );
  });
});
