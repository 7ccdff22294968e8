/** Documents that no partner should send, by attachment and by folder: a clear end, nothing left, and nothing crashes. */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Mark } from '../../src/domain/ids.ts';
import { scenarioId, tenantId } from '../../src/domain/ids.ts';
import { markOf, runIdOf } from '../../src/domain/mark.ts';
import { shortMarkOf } from '../../src/domain/short-mark.ts';
import { unscheduledSlot } from '../../src/domain/slot.ts';
import { encode, type Order } from '../../src/edi/index.ts';
import { booksOf } from '../support/books.ts';
import { Changes } from '../support/changes.ts';
import { EdiPartner, extensions, type Syntax } from '../support/edi-partner.ts';
import { probe } from '../support/lab.ts';
import { stage } from '../support/runs.ts';

const TENANT = 'south';
const SEED = 20_261_123;
const MIB = 1_024 * 1_024;

let partner: EdiPartner;
beforeAll(async () => {
  partner = await EdiPartner.of(TENANT);
});
afterEach(async () => {
  await partner.cleanUp();
});
afterAll(async () => {
  await partner.leave();
});

let counter = 0;
/** Of a run that has been dead for long. */
function deadMark(): Mark {
  counter += 1;
  const slot = unscheduledSlot(Date.now() - 3_600_000, counter);
  const key = { tenant: tenantId(TENANT), scenario: scenarioId('edi-exchange'), slot } as const;
  return markOf(runIdOf({ ...key, transport: 'rpc' }), Date.now() - 3_000_000);
}

type Spoil = (order: Order, syntax: Syntax) => Uint8Array;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const whole: Spoil = (order, syntax) => encode(order, syntax);

const BOMB = `<?xml version="1.0"?><!DOCTYPE o [<!ENTITY a "aaaaaaaaaa">${Array.from(
  { length: 9 },
  (_, n) => `<!ENTITY ${'bcdefghij'[n]} "${`&${'abcdefghi'[n]};`.repeat(10)}">`,
).join('')}]><Order>&j;</Order>`;

const SPOILT: Readonly<Record<string, Spoil>> = {
  'cut in half': (order, syntax) => {
    const bytes = whole(order, syntax);
    return bytes.subarray(0, bytes.length / 2);
  },
  empty: () => new Uint8Array(),
  'no document at all': () => Buffer.from('hello\n'),
  'in UTF-16': (order, syntax) => Buffer.from(`\ufeff${text(whole(order, syntax))}`, 'utf16le'),
  'with bytes of no encoding': (order, syntax) =>
    Buffer.concat([whole(order, syntax).subarray(0, 300), Buffer.from([0xff, 0xfe, 0xc0, 0x00])]),
  'an entity bomb': () => Buffer.from(BOMB),
  'from nobody known': (order, syntax) => {
    const nobody = { name: `Nobody ${order.number}` };
    return encode({ ...order, buyer: nobody, shipTo: nobody }, syntax);
  },
  'for a product that there is not': (order, syntax) =>
    encode(
      {
        ...order,
        lines: order.lines.map((line) => ({ ...line, product: { code: 'NONE', name: 'None' } })),
      },
      syntax,
    ),
  twice: (order, syntax) => Buffer.concat([whole(order, syntax), whole(order, syntax)]),
};

/** Bytes changed, removed and doubled at random. */
const mutated = fc
  .array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      byte: fc.integer({ min: 0, max: 255 }),
      how: fc.constantFrom('set', 'cut', 'double'),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map(
    (changes): Spoil =>
      (order, syntax) => {
        let bytes = Buffer.from(whole(order, syntax));
        for (const { at, byte, how } of changes) {
          const place = Math.floor(at * (bytes.length - 1));
          const [before, after] = [bytes.subarray(0, place), bytes.subarray(place + 1)];
          const middle =
            how === 'set'
              ? [Buffer.from([byte])]
              : how === 'double'
                ? [bytes.subarray(place, place + 40), bytes.subarray(place, place + 40)]
                : [];
          bytes = Buffer.concat([before, ...middle, after]);
        }
        return bytes;
      },
  );

const spoilers = (count: number): readonly (readonly [string, Spoil])[] => [
  ...Object.entries(SPOILT),
  ...fc
    .sample(mutated, { seed: SEED, numRuns: count })
    .map((spoil, n) => [`mutated ${n}`, spoil] as const),
];

/** Sweeps what is dead, and requires that nothing is left and that the books are as they were. */
async function sweepAll(before: object): Promise<void> {
  const { command } = await stage({
    tenants: [TENANT],
    limits: { sweepGrace: '1s' },
    tenant: () => ({ edi: { syntax: 'ubl', channel: { kind: 'folder', ...partner.folders } } }),
  });
  const swept = await command('sweep');
  expect([swept.code, swept.stdout]).toEqual([0, expect.stringContaining('residue none')]);
  const after = await command('residue', '--now');
  expect([after.code, after.stdout]).toEqual([0, expect.stringContaining('residue none')]);
  expect(await booksOf(TENANT)).toEqual(before);
  const access = await probe(TENANT);
  expect(await access.count('ir.attachment', [['name', '=like', 'SYN%']])).toBe(0);
}

describe('by attachment', () => {
  it('each becomes what a sweep finds and undoes', async () => {
    const before = await booksOf(TENANT);
    const access = await probe(TENANT);
    for (const [what, spoil] of spoilers(8)) {
      const mark = deadMark();
      const datas = Buffer.from(spoil({ ...partner.order(), number: mark }, 'ubl')).toString(
        'base64',
      );
      const file = await access.create('ir.attachment', { name: `${mark}.xml`, datas });
      // A refusal is as good as an order; Odoo itself must answer.
      const work = access.write('sale.order', 'create_document_from_attachment', [[], [file]]);
      await work.catch((error: unknown) => {
        expect(String(error), what).not.toMatch(/timeout|unreachable|malformed/);
      });
    }
    await sweepAll(before);
  }, 300_000);

  it('a partner that Odoo made of one is archived', async () => {
    const before = await booksOf(TENANT);
    const access = await probe(TENANT);
    const changes = await Changes.in(TENANT);
    const [group] = await changes.access.searchRead(
      'ir.model.data',
      [
        ['module', '=', 'base'],
        ['name', '=', 'group_partner_manager'],
      ],
      { res_id: 'number' },
    );
    const [user] = await changes.access.read('res.users', [access.uid], { group_ids: 'ids' });
    const groups = [...(user?.group_ids ?? []), group?.res_id ?? 0];
    const mark = deadMark();
    const nobody = { name: `Nobody ${mark}`, vat: 'BE0477472701' };
    const order = { ...partner.order(), number: mark, buyer: nobody, shipTo: nobody };
    const datas = Buffer.from(encode(order, 'ubl')).toString('base64');
    const made = [['name', '=', nobody.name] as const];
    try {
      await changes.write('res.users', access.uid, { group_ids: [[6, 0, groups]] });
      const file = await access.create('ir.attachment', { name: `${mark}.xml`, datas });
      await access.write('sale.order', 'create_document_from_attachment', [[], [file]]);
      expect(await access.count('res.partner', made)).toBe(1);
      await sweepAll(before);
      expect(await access.count('res.partner', made)).toBe(0);
    } finally {
      await changes.putBack();
    }
  });
});

describe('by folder', () => {
  it.each(['ubl', 'x12', 'edifact'] as const)(
    'each in %s is taken by somebody else, and becomes what a sweep finds and undoes',
    async (syntax) => {
      const before = await booksOf(TENANT);
      await partner.importAsOwner();
      for (const [, spoil] of spoilers(8)) {
        const mark = deadMark();
        const number = syntax === 'ubl' ? mark : shortMarkOf(mark);
        const bytes = spoil({ ...partner.order(), number }, syntax);
        await partner.drop(`${number}.${extensions[syntax]}`, bytes);
      }
      await partner.exchange();
      expect(await partner.waiting()).toEqual([]);
      await sweepAll(before);
    },
    300_000,
  );

  it('one of 50 MB is taken, and swept', async () => {
    const before = await booksOf(TENANT);
    const number = shortMarkOf(deadMark());
    const order = encode({ ...partner.order(), number }, 'x12');
    await partner.drop(`${number}.x12`, Buffer.concat([order, Buffer.alloc(50 * MIB, 0x20)]));
    await partner.exchange();
    expect(await partner.waiting()).toEqual([]);
    await sweepAll(before);
  }, 120_000);
});
