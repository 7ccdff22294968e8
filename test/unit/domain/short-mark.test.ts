import { describe, expect, it } from 'vitest';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import { markOf, runIdOf } from '../../../src/domain/mark.ts';
import { controlNumbersOf, findShortMark, shortMarkOf } from '../../../src/domain/short-mark.ts';
import { slotOf } from '../../../src/domain/slot.ts';

const runId = runIdOf({
  tenant: tenantId('north'),
  scenario: scenarioId('edi-exchange'),
  transport: 'rpc',
  slot: slotOf(Date.UTC(2026, 6, 1, 10)),
});
const shortMark = shortMarkOf(markOf(runId, 1_782_900_120_000));

describe('a short mark', () => {
  it('never changes for a run: what it wrote must be found after any update of ours', () => {
    expect(shortMark).toMatchInlineSnapshot(`"SYN0THHQJCQXO4KRYWFJ"`);
    expect(controlNumbersOf(shortMark)).toMatchInlineSnapshot(`
      {
        "group": "250182677",
        "interchange": "541673600",
        "message": "243072297",
      }
    `);
  });

  it('is found in a file name, an interchange and the reference of an invoice', () => {
    for (const text of [
      `ORDERS_${shortMark}.edi`,
      `BEG*00*SA*${shortMark}**20260701~`,
      shortMark,
    ]) {
      expect(findShortMark(text)).toMatchObject({ shortMark, deadlineMs: 1_782_900_120_000 });
    }
  });

  it.each([
    ['a longer word', `X${shortMark}`],
    ['a longer number', `${shortMark}7`],
    ['small letters', shortMark.toLowerCase()],
    ['a word of capitals', 'SYNTHESIZEDABCDEFGHI'],
    ['a cut one', shortMark.slice(0, -1)],
    ['a mark', markOf(runId, 1_782_900_120_000)],
  ])('is not seen in %s', (_, text) => {
    expect(findShortMark(text)).toBeUndefined();
  });

  it('is refused for a deadline that it has no room for', () => {
    expect(() => shortMarkOf(markOf(runId, 22_000_000_000_000))).toThrow(RangeError);
  });
});
