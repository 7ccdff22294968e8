/** A partner's document on its way in: found again and undone whatever Odoo makes of it, or does not. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { residue, sweep } from '../../../src/engine/sweep.ts';
import type { ScenarioContext, SentOrder } from '../../../src/scenario/index.ts';
import { virtualBeats } from '../../support/unit/clock.ts';
import { ordered } from '../../support/unit/connector.ts';
import { scenarioOf, tenantOf, World } from '../../support/unit/engine.ts';
import { replyLost } from '../../support/unit/odoo.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

const { signal } = new AbortController();

/** Sends an order and awaits it; `then` goes on with what was sent. */
const sending = (then: (sent: SentOrder, ctx: ScenarioContext) => Promise<void>) =>
  scenarioOf({
    steps: ['send'],
    run: async (ctx: ScenarioContext) => {
      const planned = await ctx.plan('sale.order');
      await ctx.step('send', async () => {
        await then(await planned.send({ ...ordered, currency: 'EUR' }), ctx);
      });
      await ctx.odoo.searchRead('sale.order', [], {});
      await ctx.odoo.searchRead('ir.attachment', [], {});
    },
  });

const awaited = sending(async (sent) => {
  await sent.arrival();
});

const worldWithPartner = (): World => {
  const world = new World();
  world.tenant = tenantOf({
    edi: { syntax: 'ubl', answerWithinMs: 60_000, channel: { kind: 'attachment' } },
  });
  return world;
};

const left = ({ odoo }: World) => ({
  open: odoo.open().length,
  files: odoo.rows('ir.attachment').length,
});

describe('an order that a partner sends', () => {
  it('carries the mark as its number, in a file of that name', async () => {
    const world = worldWithPartner();
    const seen: unknown[] = [];
    const report = await world.execute(
      sending(async (sent, { mark }) => {
        const { id } = await sent.arrival();
        const [file] = world.odoo.rows('ir.attachment');
        const order = world.odoo.row('sale.order', id);
        seen.push(sent.document.number === mark, order['client_order_ref'] === mark);
        seen.push(file?.['name'] === `${mark}.xml`);
      }),
    );
    expect(report.outcome).toEqual({ kind: 'passed' });
    expect(seen).toEqual([true, true, true]);
    expect(report.documents).toMatchObject([{ model: 'sale.order' }]);
  });

  it('is cancelled in the end, and its file deleted after it', async () => {
    const world = worldWithPartner();
    const { compensation } = await world.execute(awaited);
    expect(compensation.kind).toBe('clean');
    expect(compensation.actions.map(({ action }) => action)).toEqual([
      'sale.order.action_cancel',
      'ir.attachment.unlink',
    ]);
    expect(left(world)).toEqual({ open: 0, files: 0 });
  });

  it('is found by its file and undone where the import read nothing of it', async () => {
    const world = worldWithPartner();
    world.odoo.misreads = true;
    const report = await world.execute(awaited);
    expect(report.outcome).toEqual({ kind: 'passed' });
    expect(report.compensation.kind).toBe('clean');
    expect(left(world)).toEqual({ open: 0, files: 0 });
  });

  it.each(['ir.attachment.create', 'sale.order.create_document_from_attachment'])(
    'is undone where the answer to %s was lost after it was done',
    async (name) => {
      const world = worldWithPartner();
      world.odoo.on(name, ({ proceed }) => {
        proceed();
        throw replyLost();
      });
      const report = await world.execute(awaited);
      expect(report.outcome).toMatchObject({ failure: { code: 'odoo.timeout' } });
      expect(left(world)).toEqual({ open: 0, files: 0 });
    },
  );

  it('fails as the integration where nothing was made of it', async () => {
    const world = worldWithPartner();
    world.odoo.on('sale.order.create_document_from_attachment', () => ({}));
    const { outcome, compensation } = await world.execute(awaited);
    expect(outcome).toMatchObject({
      failure: { code: 'edi.not-imported', blame: 'target', layer: 'integration' },
    });
    expect(compensation.kind).toBe('clean');
    expect(left(world)).toEqual({ open: 0, files: 0 });
  });

  it('fails as the integration where two orders were made of it, and both are undone', async () => {
    const world = worldWithPartner();
    world.odoo.on('sale.order.create_document_from_attachment', ({ proceed }) => {
      proceed();
      return proceed();
    });
    const { outcome } = await world.execute(awaited);
    expect(outcome).toMatchObject({ failure: { code: 'edi.imported-twice', blame: 'target' } });
    expect(left(world)).toEqual({ open: 0, files: 0 });
  });

  it('takes the partner with it that the import made because it knew none', async () => {
    const world = worldWithPartner();
    const { odoo } = world;
    odoo.on('sale.order.create_document_from_attachment', ({ proceed }) => {
      proceed();
      const created = odoo.rows('sale.order')[0]!['create_date'];
      odoo.add('res.partner', { id: 77, name: 'partner', active: true, create_date: created });
      odoo.rows('sale.order')[0]!['partner_id'] = [77, 'partner'];
    });
    const { compensation } = await world.execute(awaited);
    expect(compensation.kind).toBe('clean');
    expect(odoo.row('res.partner', 77)['active']).toBe(false);
    expect(odoo.row('res.partner', 11)['active']).not.toBe(false);
  });

  it('leaves a partner alone that was there before', async () => {
    const world = worldWithPartner();
    const { odoo } = world;
    odoo.add('res.partner', { id: 77, active: true, create_date: '2026-06-30 10:00:00' });
    odoo.on('sale.order.create_document_from_attachment', ({ proceed }) => {
      proceed();
      odoo.rows('sale.order')[0]!['partner_id'] = [77, 'somebody'];
    });
    const { compensation } = await world.execute(awaited);
    expect(compensation.kind).toBe('clean');
    expect(odoo.row('res.partner', 77)['active']).toBe(true);
  });

  it('tells a stored document that is not what was sent', async () => {
    const world = worldWithPartner();
    const stored: boolean[] = [];
    await world.execute(
      sending(async (sent) => {
        stored.push(await sent.isStored());
        for (const file of world.odoo.rows('ir.attachment')) file['datas'] = false;
        stored.push(await sent.isStored());
      }),
    );
    expect(stored).toEqual([true, false]);
  });
});

describe('a dead run that had sent an order', () => {
  /** Files left by a run whose deadline has passed; `orderId` is what was made of them. */
  const leftBehind = (name: string, orderId?: number): World => {
    const world = worldWithPartner();
    if (orderId !== undefined) {
      const created = { create_date: '2026-06-01 00:00:00', create_uid: [3, 'connector'] };
      const nobodys = { ...created, state: 'draft', company_id: 2, locked: false };
      const partner_id = [11, 'customer'];
      world.odoo.add('sale.order', {
        ...{ id: orderId, name: 'S1', partner_id, invoice_ids: [] },
        ...nobodys,
      });
    }
    const on = orderId === undefined ? {} : { res_model: 'sale.order', res_id: orderId };
    world.odoo.add('ir.attachment', { id: 1, name, create_date: '2026-06-01 00:00:00', ...on });
    return world;
  };
  const mark = 'SYN~north~edi~rpc~20260601T100000000Z-1~1780308120';
  const short = 'SYN0TFY2Q0ABCDEFGHIJ';

  it.each([
    ['a file that nothing was made of', leftBehind(`${mark}.xml`), 1],
    ['an order without mark that somebody else made of it', leftBehind(`${mark}.xml`, 50), 2],
    ['the same with a short mark', leftBehind(`${short}.edi`, 50), 2],
  ])('leaves %s: counted, and swept', async (_, world, count) => {
    const before = await residue(world.tenant, world.engine, { all: false, signal });
    expect(before.residue).toHaveLength(count);
    const after = await sweep(world.tenant, world.engine, signal);
    expect(after).toMatchObject({ residue: [] });
    expect(after.error).toBeUndefined();
    expect(left(world)).toEqual({ open: 0, files: 0 });
  });

  it('has nothing to do with files of other names', async () => {
    const world = leftBehind('SYNC-REPORT-2026-0000001.xml');
    expect((await sweep(world.tenant, world.engine, signal)).actions).toEqual([]);
    expect(left(world).files).toBe(1);
  });
});
