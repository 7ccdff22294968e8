/** A partner's document through a channel of files: awaited, answered, told apart when it goes wrong, and cleaned away. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Document, Order } from '../../../src/edi/index.ts';
import { residue, sweep } from '../../../src/engine/sweep.ts';
import type { ScenarioContext } from '../../../src/scenario/index.ts';
import { virtualBeats } from '../../support/unit/clock.ts';
import {
  acknowledgementOf,
  answering,
  Connector,
  type Manner,
  ordered,
} from '../../support/unit/connector.ts';
import { scenarioOf, tenantOf, World } from '../../support/unit/engine.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

const edi = {
  syntax: 'x12',
  mailboxes: { partner: 'PARTNER', tenant: 'TENANT' },
  answerWithinMs: 10_000,
  channel: { kind: 'folder', in: '/in', out: '/out' },
} as const;

const despatched = (quantity: string) =>
  ordered.lines.map(({ price: _, total: __, ...piece }) => ({ ...piece, quantity }));

/** Every answer there is, right. */
function allAnswers(order: Order): readonly Document[] {
  const { issueDate, buyer, seller, shipTo, lines, number } = order;
  const common = {
    ...{ number: 'A1', issueDate, buyer, seller, lines },
    references: { order: number },
    envelope: answering(order),
  };
  const totals = { net: '1', tax: '0', gross: '1' };
  return [
    acknowledgementOf(order),
    { ...common, kind: 'order-response', status: 'accepted' },
    { ...common, kind: 'despatch-advice', shipTo, lines: despatched('1') },
    { ...common, kind: 'invoice', shipTo, totals },
  ];
}

function worldWith(manner: Manner): { readonly world: World; readonly connector: Connector } {
  const world = new World();
  world.tenant = tenantOf({ edi });
  const connector = new Connector(world, manner);
  world.engine = { ...world.engine, openChannel: () => connector };
  return { world, connector };
}

const exchange = scenarioOf({
  steps: ['send', 'arrive', 'collect'],
  run: async (ctx: ScenarioContext) => {
    const planned = await ctx.plan('sale.order');
    const sent = await ctx.step('send', () => planned.send(ordered));
    await ctx.step('arrive', () => sent.arrival());
    await ctx.step('collect', async () => {
      for (const finding of sent.compare(await sent.collect())) ctx.fail(finding);
    });
    await ctx.odoo.searchRead('sale.order', [], {});
  },
});

const left = (world: World, connector: Connector): readonly number[] => [
  world.odoo.open().length,
  world.odoo.rows('ir.attachment').length,
  connector.in.size,
  connector.out.size,
];
const NOTHING = [0, 0, 0, 0];

describe('an exchange by files', () => {
  it('passes, timed, and leaves nothing in Odoo or in the channel', async () => {
    const { world, connector } = worldWith({ takesAfterMs: 3_000, answers: allAnswers });
    connector.put('in', 'of-yesterday.x12', Buffer.from('x'));
    world.clock.pass(60_000);
    const report = await world.execute(exchange);
    expect(report.outcome).toEqual({ kind: 'passed' });
    expect(report.exchange?.backlogAgeMs).toBeGreaterThanOrEqual(60_000);
    expect(report.exchange?.ingestionMs).toBeGreaterThanOrEqual(3_000);
    expect(report.exchange?.ingestionMs).toBeLessThan(4_500);
    expect(report.exchange?.roundTripMs).toBeLessThan(6_000);
    expect(report.compensation.kind).toBe('clean');
    connector.in.delete('of-yesterday.x12');
    expect(left(world, connector)).toEqual(NOTHING);
    expect(connector.closed).toBe(1);
  });

  it.each<readonly [string, Manner, string]>([
    ['is never taken', {}, 'edi.not-imported'],
    [
      'is taken and nothing comes of it',
      { takesAfterMs: 1_000, imports: false },
      'edi.not-imported',
    ],
    ['arrives late', { takesAfterMs: 12_000, answers: allAnswers }, 'edi.late'],
    [
      'is never acknowledged',
      { takesAfterMs: 1_000, answers: () => [] },
      'edi.missing-acknowledgement',
    ],
    ['gets no more than an acknowledgement', { takesAfterMs: 1_000 }, 'edi.missing-answer'],
    [
      'is acknowledged twice',
      {
        takesAfterMs: 1_000,
        answers: (order, acknowledgement) => [...allAnswers(order), acknowledgement],
      },
      'edi.duplicate-acknowledgement',
    ],
    [
      'is answered with another quantity',
      {
        takesAfterMs: 1_000,
        answers: (order) =>
          allAnswers(order).map((answer) =>
            answer.kind === 'despatch-advice' ? { ...answer, lines: despatched('2') } : answer,
          ),
      },
      'edi.wrong-quantity',
    ],
    [
      'is acknowledged by the numbers of another interchange',
      {
        takesAfterMs: 1_000,
        answers: (order, acknowledgement) => [
          ...allAnswers(order).slice(1),
          { ...acknowledgement, acknowledges: { kind: 'order', group: '7', message: '1' } },
        ],
      },
      'edi.mixed-up-control-numbers',
    ],
  ])('that %s fails as the integration, and is cleaned away', async (_, manner, code) => {
    const { world, connector } = worldWith(manner);
    const report = await world.execute(exchange);
    expect(report.outcome).toMatchObject({
      kind: 'failed',
      failure: { code, blame: 'target', layer: 'integration' },
    });
    expect(left(world, connector)).toEqual(NOTHING);
  });

  it('finds answers by what is inside, where the connector names them as it likes', async () => {
    const { world, connector } = worldWith({
      takesAfterMs: 500,
      answers: allAnswers,
      nameOf: (_, n) => `export-${n}.x12`,
    });
    expect((await world.execute(exchange)).outcome).toEqual({ kind: 'passed' });
    expect(left(world, connector)).toEqual(NOTHING);
  });

  it('leaves alone what belongs to others', async () => {
    const { world, connector } = worldWith({ takesAfterMs: 500, answers: allAnswers });
    const others = ['SYN0TFY2Q0ABCDEFGHIJ.1.x12', 'malformed.x12', 'notes.txt'];
    for (const name of others) connector.put('out', name, Buffer.from('ISA*broken'));
    expect((await world.execute(exchange)).outcome).toEqual({ kind: 'passed' });
    expect([...connector.out.keys()]).toEqual(others);
  });

  it('says whose it is that an answer cannot be read', async () => {
    const { world, connector } = worldWith({
      takesAfterMs: 500,
      answers: (order, acknowledgement) => {
        connector.put('out', `${order.number}.invoice.x12`, Buffer.from('ISA*broken'));
        return [acknowledgement];
      },
    });
    expect((await world.execute(exchange)).outcome).toMatchObject({
      failure: { code: 'edi.malformed-answer', blame: 'target', layer: 'integration' },
    });
  });
});

describe('what a dead run left in the channel', () => {
  const { signal } = new AbortController();
  const dead = 'SYN0TFY2Q0ABCDEFGHIJ.x12';
  // Its deadline begins with a larger digit: the year 2100 or so.
  const alive = 'SYN1TFY2Q0ABCDEFGHIJ.x12';

  it('is counted, and swept from both places; what is alive and what is not ours stays', async () => {
    const { world, connector } = worldWith({});
    for (const name of [dead, alive, 'other.x12']) {
      connector.put('in', name, Buffer.from('x'));
      connector.put('out', name, Buffer.from('x'));
    }
    const before = await residue(world.tenant, world.engine, { all: false, signal });
    expect(before.residue.map(({ reference }) => reference)).toEqual([`in/${dead}`, `out/${dead}`]);
    const after = await sweep(world.tenant, world.engine, signal);
    expect(after.residue).toEqual([]);
    expect([...connector.in.keys()]).toEqual([alive, 'other.x12']);
    expect([...connector.out.keys()]).toEqual([alive, 'other.x12']);
  });

  it('does not keep Odoo from being looked at where the channel is away', async () => {
    const { world, connector } = worldWith({});
    connector.list = () => Promise.reject(new Error('away'));
    world.odoo.add('sale.order', {
      ...{ id: 1, name: 'S1', state: 'draft', company_id: 2, invoice_ids: [], locked: false },
      ...{ create_date: '2026-06-01 00:00:00', create_uid: [7, 'probe'] },
    });
    const before = await residue(world.tenant, world.engine, { all: false, signal });
    expect(before).toMatchObject({ residue: [{ reference: 'S1' }], error: { blame: 'fleet' } });
    const after = await sweep(world.tenant, world.engine, signal);
    expect(after).toMatchObject({ residue: [], error: { blame: 'fleet' } });
    expect(world.odoo.open()).toEqual([]);
  });
});
