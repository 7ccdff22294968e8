/** Taking a tenant back: what is archived and in which order, what is refused, and what is left alone. */
import { describe, expect, it } from 'vitest';
import { Access, CallLog } from '../../../src/engine/access.ts';
import { ProvisionError } from '../../../src/tasks/provision/provisioner.ts';
import { unprovision } from '../../../src/tasks/provision/unprovision.ts';
import { World } from '../../support/unit/engine.ts';
import { COMPANY, refused, replyLost, UID } from '../../support/unit/odoo.ts';

/** A tenant as `provision` leaves it, and the administrator who takes it back. */
class Taken {
  readonly world = new World();
  readonly odoo = this.world.odoo;
  readonly changes: string[] = [];

  constructor() {
    const { odoo } = this;
    Object.assign(odoo.row('res.users', UID), { login: 'probe', active: true });
    Object.assign(odoo.row('res.users', UID), { partner_id: [13, 'probe'] });
    Object.assign(odoo.row('res.company', COMPANY), { partner_id: [14, 'ZZ orderwatch'] });
    Object.assign(odoo.row('res.company', COMPANY), { chart_template: 'fr' });
    Object.assign(odoo.row('res.partner', 11), { active: true });
    Object.assign(odoo.row('product.product', 12), { active: true });
    odoo.add('res.partner', { id: 13, name: 'probe', active: true });
    odoo.add('res.partner', { id: 14, name: 'ZZ orderwatch', active: true });
    odoo.add('stock.warehouse', { id: 15, company_id: COMPANY, active: true });
    odoo.add('stock.quant', {
      id: 16,
      company_id: COMPANY,
      product_id: [12, 'product'],
      quantity: 1_000,
      reserved_quantity: 0,
    });
  }

  /** Answers what stays. */
  async take({ dryRun = false } = {}): Promise<readonly string[]> {
    this.changes.length = 0;
    const fence = (): Promise<void> =>
      dryRun ? Promise.reject(new Error('a dry run writes nothing')) : Promise.resolve();
    const options = { callMs: 1_000, signal: new AbortController().signal, fence };
    // The administrator is not the probe user.
    const session = { ...this.odoo.session(), uid: 2 };
    const access = new Access(session, options, new CallLog(this.world.clock));
    return await unprovision({
      tenant: this.world.tenant,
      admin: access,
      inCompany: () => access,
      change: async (what, make) => {
        const made = dryRun ? undefined : await make();
        this.changes.push(what);
        return made;
      },
    });
  }
}

const ALL = [
  'archive probe user probe',
  'archive contact of probe user probe',
  'set stock of ORDERWATCH-PRODUCT to 0',
  'archive product ORDERWATCH-PRODUCT',
  'archive customer ORDERWATCH-CUSTOMER',
  'archive warehouse ZZOW',
  'archive contact of ZZ orderwatch',
  'archive company ZZ orderwatch',
];

describe('unprovision', () => {
  it('empties the shelves before the warehouse and archives the company last', async () => {
    const taken = new Taken();
    expect(await taken.take()).toEqual(['chart of accounts fr']);
    expect(taken.changes).toEqual(ALL);
  });

  it('lists the same in a dry run and writes nothing', async () => {
    const taken = new Taken();
    await taken.take({ dryRun: true });
    expect(taken.changes).toEqual(ALL);
    expect(taken.odoo.writes()).toEqual([]);
  });

  it('changes nothing the second time', async () => {
    const taken = new Taken();
    await taken.take();
    expect(await taken.take()).toEqual([
      'what company ZZ orderwatch holds; it is archived, so Odoo shows none of it',
    ]);
    expect(taken.changes).toEqual([]);
  });

  it('goes on where it was cut', async () => {
    const taken = new Taken();
    taken.odoo.on('stock.warehouse.action_archive', () => Promise.reject(replyLost()), 1);
    await expect(taken.take()).rejects.toThrow('no answer');
    expect(taken.changes).toEqual(ALL.slice(0, 5));
    await taken.take();
    expect(taken.changes).toEqual(ALL.slice(5));
  });

  it('says what Odoo refuses and why, and archives the rest', async () => {
    const taken = new Taken();
    const trouble = () => Promise.reject(refused('it is needed'));
    taken.odoo.on('stock.warehouse.action_archive', trouble);
    expect(await taken.take()).toContain('warehouse ZZOW: it is needed');
    expect(taken.changes).toEqual(ALL.filter((what) => what !== 'archive warehouse ZZOW'));
  });

  it('has Odoo clear reservations that no move holds', async () => {
    const taken = new Taken();
    taken.odoo.row('stock.quant', 16)['reserved_quantity'] = 3;
    await taken.take();
    expect(taken.odoo.calls).toContain('stock.quant.action_view_inventory');
  });

  it('counts what stays', async () => {
    const taken = new Taken();
    await taken.world.execute();
    taken.odoo.add('sale.order', { id: 1, state: 'draft', company_id: COMPANY });
    taken.odoo.add('ir.sequence', { id: 2, company_id: COMPANY });
    expect(await taken.take()).toEqual([
      '2 sale.order, 1 open',
      '1 stock.picking, all done or cancelled',
      '1 ir.sequence',
      'chart of accounts fr',
    ]);
  });

  it('does nothing where there is no synthetic company', async () => {
    const taken = new Taken();
    taken.odoo.row('res.company', COMPANY)['name'] = 'Real Ltd';
    expect(await taken.take()).toEqual([]);
    expect(taken.changes).toEqual([]);
  });

  it('leaves a user with that login alone who belongs to another company', async () => {
    const taken = new Taken();
    taken.odoo.row('res.users', UID)['company_id'] = [1, 'Real Ltd'];
    await taken.take();
    expect(taken.changes).toEqual(ALL.slice(2));
  });
});

describe('while a synthetic document is open', () => {
  const draft = {
    name: 'ZZOW/1',
    state: 'draft',
    company_id: COMPANY,
    create_date: '2026-07-01 10:00:00',
  };

  it('nothing is changed, whatever its deadline and with a mark or without', async () => {
    const taken = new Taken();
    taken.odoo.add('sale.order', { id: 1, ...draft, create_uid: [UID, 'probe'] });
    const mark = 'SYN~north~order~rpc~20990701T100000000Z-1~4086756090';
    taken.odoo.add('sale.order', { id: 2, ...draft, client_order_ref: mark });
    const reason = 'synthetic documents still open: 2 (run: orderwatch sweep)';
    await expect(taken.take()).rejects.toThrow(new ProvisionError(reason));
    expect(taken.odoo.writes()).toEqual([]);
  });

  it('that a run made just before its user was archived, it says how to go on', async () => {
    const taken = new Taken();
    taken.odoo.on('res.users.action_archive', ({ proceed }) => {
      taken.odoo.add('sale.order', { id: 1, ...draft, create_uid: [UID, 'probe'] });
      return proceed();
    });
    const reason =
      'synthetic documents still open: 1 (unarchive its probe user in Odoo, then run: orderwatch sweep)';
    await expect(taken.take()).rejects.toThrow(new ProvisionError(reason));
    expect(taken.changes).toEqual(ALL.slice(0, 2));
  });
});
