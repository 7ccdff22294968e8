/** Orders and answers in files, end to end on the real Odoo, through the add-on that connectors stand for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Document, encode, match, type Order, totalsOf } from '../../src/edi/index.ts';
import { EdiPartner, extensions, type Fault, type Syntax } from '../support/edi-partner.ts';
import { type LabTenant, probe } from '../support/lab.ts';
import { confirm, deliver, invoice, stockOf } from '../support/orders.ts';

const HOPS = { north: 1, south: 3 } as const;
/** The cron worker looks for work every 60 to 69 seconds. */
const CRON_MS = 90_000;

const partners = new Map<LabTenant, EdiPartner>();

beforeAll(async () => {
  for (const tenant of ['north', 'south'] as const) {
    partners.set(tenant, await EdiPartner.of(tenant));
  }
});

afterEach(async () => {
  for (const partner of partners.values()) await partner.cleanUp();
});

afterAll(async () => {
  for (const partner of partners.values()) await partner.leave();
});

const exchanges: readonly (readonly [LabTenant, Syntax])[] = [
  ['north', 'ubl'],
  ['south', 'ubl'],
  ['south', 'x12'],
  ['south', 'edifact'],
];

describe.each(exchanges)('in %s, by %s,', (tenant, syntax) => {
  const extension = extensions[syntax];
  const files = ['acknowledgement', 'order-response', 'despatch-advice', 'invoice'].map(
    (kind) => `${kind}.${extension}`,
  );

  it('an order is imported and answered as it proceeds, each time once', async () => {
    const partner = partners.get(tenant)!;
    const stock = await stockOf(await probe(tenant));
    const order = partner.order();
    const id = await importOne(partner, order, syntax);
    expect([...(await partner.answers(order)).keys()]).toEqual(files.slice(0, 1));
    await fulfil(tenant, id);
    await partner.exchange();
    await partner.exchange();
    const answers = await partner.answers(order);
    expect([...answers.keys()].sort()).toEqual([...files].sort());
    expect(match(order, [...answers.values()])).toEqual([]);
    await partner.cleanUp();
    expect(await stockOf(await probe(tenant))).toEqual(stock);
  });

  it('an order is known by any reference, and its lines by their numbers', async () => {
    const partner = partners.get(tenant)!;
    const order = withTwoLines(partner.order());
    const id = await importOne(partner, order, syntax);
    await fulfil(tenant, id);
    await partner.exchange();
    const answers = [...(await partner.answers(order)).values()];
    expect(answers).toHaveLength(4);
    expect(match(order, answers)).toEqual([]);
  });

  it.each<readonly [Fault, readonly string[]]>([
    ['wrong-quantity', ['wrong-quantity']],
    ['wrong-price', ['wrong-price']],
    ['duplicate-acknowledgement', ['duplicate-acknowledgement']],
    [
      'mixed-up-control-numbers',
      [syntax === 'ubl' ? 'wrong-reference' : 'mixed-up-control-numbers'],
    ],
  ])('%s is found', async (fault, codes) => {
    const partner = partners.get(tenant)!;
    await partner.inject(fault);
    const order = partner.order();
    const id = await importOne(partner, order, syntax);
    await fulfil(tenant, id);
    await partner.exchange();
    const findings = match(order, [...(await partner.answers(order)).values()]);
    expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining([...codes]));
    // Sums that are wrong for the same reason are findings too.
    expect(findings.filter(({ code }) => ![...codes, 'wrong-total'].includes(code))).toEqual([]);
  });

  it('what is withheld stays away', async () => {
    const partner = partners.get(tenant)!;
    const [unconfirmed, unanswered] = [partner.order(), partner.order()];
    await partner.inject('no-acknowledgement');
    await importOne(partner, unconfirmed, syntax);
    await partner.inject('no-answers');
    const id = await importOne(partner, unanswered, syntax);
    await fulfil(tenant, id);
    await partner.exchange();
    await partner.inject('');
    await partner.exchange();
    expect([...(await partner.answers(unconfirmed)).keys()]).toEqual([]);
    expect([...(await partner.answers(unanswered)).keys()]).toEqual(files.slice(0, 1));
  });

  it('a late import comes all the same', async () => {
    const partner = partners.get(tenant)!;
    await partner.inject('late');
    const order = partner.order();
    const name = await partner.send(order, syntax);
    await partner.exchange();
    expect(await partner.waiting()).toEqual([name]);
    await partner.inject('');
    await partner.exchange();
    expect(await partner.imported(name)).toHaveLength(1);
  });

  it('what comes twice is imported twice', async () => {
    const partner = partners.get(tenant)!;
    const order = partner.order();
    const name = await partner.send(order, syntax);
    const other = await partner.send(order, syntax, `again-${order.number}`);
    await partner.exchange();
    await partner.send(order, syntax);
    await partner.exchange();
    expect(await partner.imported(name)).toHaveLength(2);
    expect(await partner.imported(other)).toHaveLength(1);
    const names = ['', '.2', '.3'].map((copy) => `acknowledgement${copy}.${extension}`);
    expect([...(await partner.answers(order)).keys()].sort()).toEqual(names.sort());
  });

  it.each<readonly [string, (order: Order) => Order]>([
    ['an unknown partner', (order) => ({ ...order, buyer: NOBODY, shipTo: NOBODY })],
    [
      'an unknown product',
      (order) => ({ ...order, lines: [{ ...order.lines[0]!, product: NOTHING }] }),
    ],
  ])('%s is told of on an order that is acknowledged as rejected', async (_, change) => {
    const partner = partners.get(tenant)!;
    const order = change(partner.order());
    const name = await partner.send(order, syntax);
    await partner.exchange();
    const [imported] = await partner.imported(name);
    expect(imported).toMatchObject({ state: 'draft', client_order_ref: order.number });
    expect(imported!.activity_ids).toHaveLength(1);
    const [acknowledgement] = (await partner.answers(order)).values();
    expect(rejected(order, acknowledgement!)).toEqual(['rejected-acknowledgement']);
  });

  it.each<readonly [string, (bytes: Buffer) => Buffer]>([
    ['cut in the middle', (bytes) => bytes.subarray(0, Math.floor(bytes.length * 0.6))],
    ['in the wrong encoding', (bytes) => inWrongEncoding(bytes, syntax)],
  ])('a document %s leads to an order, and the next one is imported', async (_, spoil) => {
    const partner = partners.get(tenant)!;
    const [order, next] = [partner.order(), partner.order()];
    const bytes = spoil(Buffer.from(encode(order, syntax)));
    const name = await partner.drop(`${order.number}.${extension}`, bytes);
    const id = await importOne(partner, next, syntax);
    const [imported, ...more] = await partner.imported(name);
    expect(more).toEqual([]);
    expect(imported).toMatchObject({ state: 'draft', order_line: [] });
    expect(imported!.id).toBeLessThan(id);
    expect(imported!.activity_ids).toHaveLength(1);
    const [acknowledgement] = (await partner.answers(order)).values();
    // Of XML that is not well-formed nothing is known, not even its number.
    if (syntax === 'ubl') expect(acknowledgement).toBeUndefined();
    else expect(rejected(order, acknowledgement!)).toEqual(['rejected-acknowledgement']);
  });
});

it('an invoice that Odoo does not write as UBL is written all the same', async () => {
  const partner = partners.get('south')!;
  const { lines, totals: _, ...rest } = partner.order();
  const [{ taxPercent: __, ...untaxed }] = lines as [Order['lines'][number]];
  const order: Order = { ...rest, lines: [untaxed], totals: { net: '20', tax: '0', gross: '20' } };
  const id = await importOne(partner, order, 'ubl');
  await fulfil('south', id);
  await partner.exchange();
  const answers = await partner.answers(order);
  expect([...answers.keys()]).toContain('invoice.xml');
  expect(match(order, [...answers.values()])).toEqual([]);
});

it.each([
  ['a text', Buffer.from('Dear Sir or Madam')],
  ['nothing', Buffer.alloc(0)],
  ['characters of no document', Buffer.from(`ISA*\0${'*'.repeat(120)}~`)],
  ['a document type', Buffer.from('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')],
])('a file that holds %s leads to an order', async (_, bytes) => {
  const partner = partners.get('south')!;
  const name = await partner.drop(`odd-${Date.now()}.txt`, bytes);
  await partner.exchange();
  const [imported] = await partner.imported(name);
  expect(imported).toMatchObject({ state: 'draft', order_line: [] });
  expect(imported!.activity_ids).toHaveLength(1);
  expect(await partner.waiting()).toEqual([]);
});

it('Odoo’s own cron worker does it too', async () => {
  const partner = partners.get('south')!;
  const order = partner.order();
  await partner.send(order, 'edifact');
  const seen = await partner.whileScheduled(async () => {
    const end = Date.now() + CRON_MS;
    while (Date.now() < end) {
      const answers = await partner.answers(order);
      if (answers.size > 0) return [...answers.values()];
      await sleep(1_000);
    }
    return [];
  });
  expect(seen).toMatchObject([{ kind: 'acknowledgement' }]);
  expect(match(order, seen)).toEqual([]);
});

const NOBODY = { name: 'Nobody has this name', id: 'ORDERWATCH-NOBODY' };
const NOTHING = { code: 'ORDERWATCH-NOTHING', name: 'Nothing has this name' };

/** Twice the same product, under a reference of all that delimits something in a syntax. */
function withTwoLines(order: Order): Order {
  const [line] = order.lines;
  const lines = [line!, { ...line!, id: '20', quantity: '3', total: '30' }];
  const number = order.number.slice(0, -5).concat("*~'+:?>");
  return { ...order, number, lines, totals: totalsOf(lines) };
}

/** Drops an order and has it imported. Answers the id of the order in Odoo. */
async function importOne(partner: EdiPartner, order: Order, syntax: Syntax): Promise<number> {
  const name = await partner.send(order, syntax);
  await partner.exchange();
  const [imported, ...more] = await partner.imported(name);
  expect(more).toEqual([]);
  expect(imported).toMatchObject({
    state: 'draft',
    client_order_ref: order.number,
    activity_ids: [],
  });
  return imported!.id;
}

async function fulfil(tenant: LabTenant, id: number): Promise<void> {
  const access = await probe(tenant);
  await confirm(access, id);
  await deliver(access, id, HOPS[tenant]);
  await invoice(access, id, true);
}

/** A name with an accent, in an encoding that the document does not say it has. */
function inWrongEncoding(bytes: Buffer, syntax: Syntax): Buffer {
  const text = bytes.toString('latin1').replace('customer', 'customér');
  return Buffer.from(text, syntax === 'edifact' ? 'utf8' : 'latin1');
}

const rejected = (order: Order, document: Document): readonly string[] =>
  match(order, [document]).map(({ code }) => code);
