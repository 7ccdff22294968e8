import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labPaths } from '../../deploy/lab/faults.ts';
import stockReservation from '../../scenarios/stock-reservation.ts';
import { expectWhole, PASSED_CLEAN, play, playBefore } from '../support/books.ts';
import { Changes } from '../support/changes.ts';
import { probe, tenants } from '../support/lab.ts';
import { playWhile } from '../support/meanwhile.ts';
import { confirm, deadOrder } from '../support/orders.ts';
import { stage } from '../support/runs.ts';

const SCENARIO = 'stock-reservation';

it.concurrent.each(tenants)(
  'stock reservation passes in %s over each transport, leaves the shelves as they were and the rows that it declares',
  async (tenant) => {
    await playBefore(tenant, SCENARIO);
    for (const transport of stockReservation.transports) {
      const played = await play(tenant, SCENARIO, transport);
      expectWhole(played, stockReservation, ['check availability']);
      expect(played.rows, transport).toBe(stockReservation.rows[transport]);
    }
  },
);

describe('stock reservation', () => {
  let changes: Changes;

  beforeEach(async () => {
    changes = await Changes.in('north');
  });
  afterEach(async () => {
    await changes.putBack();
  });

  /** The stock is in the warehouse, but only so much of it where deliveries take it from. */
  async function leaveOnTheShelf(quantity: number): Promise<void> {
    const { id } = await changes.product();
    const { stockId, viewId } = await changes.warehouse();
    const values = { name: 'Elsewhere', usage: 'internal', location_id: viewId };
    const elsewhere = await changes.create('stock.location', values, { active: false });
    await changes.stock(id, elsewhere, 1_000);
    await changes.stock(id, stockId, quantity);
  }

  const SHORTAGE = '0 of 2 reserved: 0 on hand, 0 of them reserved by others';
  const PARTIAL = '1 of 2 reserved: 1 on hand, 0 of them reserved by others';

  it.each([
    [0, 'rpc', 'reservation.shortage', SHORTAGE],
    [0, 'browser', 'reservation.shortage', SHORTAGE],
    [1, 'rpc', 'reservation.partial', PARTIAL],
  ] as const)(
    'of %d on the shelf, over %s, is %s, and no fault of the tenant',
    async (quantity, transport, code, message) => {
      await leaveOnTheShelf(quantity);
      const { report } = await play('north', SCENARIO, transport);
      expect(report).toMatchObject({
        outcome: { kind: 'inconclusive', failure: { code, message, blame: 'scenario' } },
        compensation: { kind: 'clean' },
      });
    },
  );

  describe('beside others, who may leave something', () => {
    afterEach(async () => {
      await (await stage({ tenants: ['north'] })).command('sweep');
    });

    it('that somebody else has made is told apart', async () => {
      await leaveOnTheShelf(3);
      const access = await probe('north');
      const rival = await deadOrder('north', access);
      await confirm(access, rival);
      const { report } = await play('north', SCENARIO);
      expect(report.outcome).toMatchObject({
        kind: 'inconclusive',
        failure: {
          code: 'reservation.rival',
          message: '1 of 2 reserved: 3 on hand, 2 of them reserved by others',
          step: 'read back',
        },
      });
    });

    it('goes on beside a rival on the same shelf while there is enough for both', async () => {
      const access = await probe('north');
      const rival = await deadOrder('north', access, -600_000);
      await confirm(access, rival);
      const { report } = await play('north', SCENARIO);
      await access.write('sale.order', 'action_cancel', [[rival]]);
      expect(report).toMatchObject(PASSED_CLEAN);
    });

    it('is told apart from one that comes while stock is being counted', async () => {
      const access = await probe('north');
      const report = await playWhile('north', SCENARIO, {
        before: 'stock.picking.action_assign',
        happens: async () => {
          await confirm(access, await deadOrder('north', access));
          return undefined;
        },
      });
      expect(report).toMatchObject({
        outcome: {
          kind: 'inconclusive',
          failure: {
            code: 'reservation.rival',
            message: 'reserved quantity went from 0 to 4, not to 2',
          },
        },
        compensation: { kind: 'clean' },
      });
    });

    it('that Odoo only pretends to make is the tenant’s failure', async () => {
      const report = await playWhile('north', SCENARIO, {
        before: 'stock.picking.action_assign',
        happens: () => Promise.resolve('instead'),
      });
      expect(report.outcome).toMatchObject({
        kind: 'failed',
        failure: {
          code: 'reservation.incomplete',
          blame: 'target',
          layer: 'data',
          message: '0 of 2 reserved although 1000 were free',
        },
      });
    });

    it('that quants and move lines do not agree on is the tenant’s failure', async () => {
      const { id } = await changes.product();
      const { stockId } = await changes.warehouse();
      const add = (quantity: number): Promise<string> =>
        labPaths().psql(
          'north',
          `update stock_quant set reserved_quantity = reserved_quantity + ${quantity}
          where product_id = ${id} and location_id = ${stockId}`,
        );
      const report = await playWhile('north', SCENARIO, {
        before: 'stock.picking.action_assign',
        happens: async () => {
          await add(1);
          return undefined;
        },
      });
      await add(-1);
      expect(report.outcome).toMatchObject({
        kind: 'failed',
        failure: {
          code: 'reservation.inconsistent',
          blame: 'target',
          message: 'reserved quantity went from 0 to 3, not to 2; its move lines reserve 2',
        },
      });
    });
  });

  it.each(['manual', 'by_date'])('passes where the warehouse reserves %s', async (method) => {
    const [type] = await changes.access.searchRead(
      'stock.picking.type',
      [
        ['company_id', '=', changes.companyId],
        ['code', '=', 'outgoing'],
      ],
      { name: 'text' },
    );
    await changes.write('stock.picking.type', type?.id ?? 0, { reservation_method: method });
    const { report } = await play('north', SCENARIO);
    expect(report).toMatchObject(PASSED_CLEAN);
  });

  it('is skipped while there is less than the floor', async () => {
    const { id } = await changes.product();
    const { stockId } = await changes.warehouse();
    await changes.stock(id, stockId, 49);
    const { report } = await play('north', SCENARIO);
    expect(report.outcome).toEqual({
      kind: 'skipped',
      reason: 'only 49 of the product are free, the floor is 50 (run: orderwatch provision)',
    });
    expect(report.documents).toEqual([]);
  });
});
