import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../src/engine/boundary.ts';
import { Secret, scrub } from '../../src/lib/secret.ts';

// Long enough that it cannot turn up by chance in the words around it.
const passwords = fc
  .string({ minLength: 8, maxLength: 40, unit: 'binary' })
  .filter((t) => t.isWellFormed());
// Capitals, so that no word of ours can hold one by chance; two spaces, for they are flattened.
const words = fc.array(fc.stringMatching(/^[A-Z0-9]{4,9}$/), { minLength: 1, maxLength: 3 });

describe('secrets', () => {
  it('are in no way of printing', () => {
    fc.assert(
      fc.property(passwords, (text) => {
        const secret = new Secret(text);
        const printed = [
          String(secret),
          JSON.stringify({ secret }),
          inspect({ secret }),
          format('%s %o %j', secret, secret, secret),
        ];
        expect(printed.filter((line) => line.includes(text))).toEqual([]);
      }),
    );
  });

  it('are scrubbed out of any text around them, in every form', () => {
    fc.assert(
      fc.property(passwords, fc.string(), fc.string(), (text, before, after) => {
        for (const form of [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)]) {
          expect(scrub(before + form + after, [new Secret(text)])).not.toContain(form);
        }
      }),
    );
  });

  it('leave the engine in no message, wherever in it they stand', () => {
    fc.assert(
      fc.property(
        words,
        fc.constantFrom('', ' ', '  ', '\t'),
        fc.nat({ max: 260 }),
        (parts, gap, offset) => {
          const password = parts.join(gap);
          const { message } = toFailure(
            new Error(`${'. '.repeat(offset)}${password} was refused`),
            {
              inScenario: false,
              stalledMs: 0,
              elapsedMs: 0,
              secrets: [new Secret(password)],
            },
          );
          // Not even a part may show, also where a long message is cut.
          expect(message).not.toMatch(/[A-Z0-9]{2}/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
