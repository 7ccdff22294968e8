/** Residue and its sweep: found by what Odoo holds, never before its time, with no local state at all. */
import { describe, expect, it } from 'vitest';
import { nameOfMark } from '../../../src/domain/any-mark.ts';
import { Failed } from '../../../src/domain/failure.ts';
import { residue, sweep } from '../../../src/engine/sweep.ts';
import { World } from '../../support/unit/engine.ts';
import { refused, UID } from '../../support/unit/odoo.ts';

const { signal } = new AbortController();
/** The deadline of the marks below, 10:01:30. */
const DEADLINE = Date.UTC(2026, 6, 1, 10, 1, 30);
const markOf = (n: number): string =>
  `SYN~north~order~rpc~20260701T100000000Z-${n}~${DEADLINE / 1_000}`;

/** A world in which runs died and left confirmed orders; `late` is by how much their deadline has passed. */
function deadRuns(count: number, late: number): World {
  const world = new World();
  for (let n = 1; n <= count; n += 1) {
    world.odoo.add('sale.order', {
      id: n,
      name: `ZZOW/${n}`,
      state: 'sale',
      locked: false,
      company_id: 2,
      invoice_ids: [],
      create_uid: [UID, 'probe'],
      client_order_ref: markOf(n),
      create_date: '2026-07-01 10:00:00',
    });
    world.odoo.add('stock.picking', {
      id: 1_000 + n,
      name: `OUT/${n}`,
      state: 'assigned',
      company_id: 2,
      sale_id: [n, `ZZOW/${n}`],
      create_date: '2026-07-01 10:00:00',
    });
  }
  world.clock.jump(DEADLINE + late - world.clock.now());
  return world;
}

// The grace of the test tenant is 5 s.
describe('a look for residue', () => {
  it.each([
    [-1, 0],
    [0, 0],
    [5_000, 0],
    [5_001, 2],
  ])('%d ms past the deadline counts %d documents', async (late, count) => {
    const world = deadRuns(1, late);
    const report = await residue(world.tenant, world.engine, { all: false, signal });
    expect(report.residue).toHaveLength(count);
    expect(report.error).toBeUndefined();
  });

  it('of all counts them whatever their deadline', async () => {
    const world = deadRuns(1, -60_000);
    const report = await residue(world.tenant, world.engine, { all: true, signal });
    expect(
      report.residue.map(({ model, reference, mark }) => [
        model,
        reference,
        mark && nameOfMark(mark),
      ]),
    ).toEqual([
      ['sale.order', 'ZZOW/1', 'SYN~north~order~rpc~20260701T100000000Z-1'],
      ['stock.picking', 'OUT/1', 'SYN~north~order~rpc~20260701T100000000Z-1'],
    ]);
  });

  it('writes nothing', async () => {
    const world = deadRuns(3, 60_000);
    await residue(world.tenant, world.engine, { all: true, signal });
    expect(world.odoo.writes()).toEqual([]);
    expect(world.events).not.toContain('lease');
  });

  it('leaves other companies and other people’s documents alone', async () => {
    const world = deadRuns(0, 60_000);
    const real = { state: 'sale', create_date: '2020-01-01 00:00:00', create_uid: [UID, 'probe'] };
    world.odoo.add('sale.order', {
      id: 1,
      name: 'real',
      company_id: 1,
      client_order_ref: markOf(1),
      ...real,
    });
    world.odoo.add('sale.order', {
      id: 2,
      name: 'by hand',
      company_id: 2,
      ...real,
      create_uid: [99, 'Ada'],
    });
    const report = await residue(world.tenant, world.engine, { all: true, signal });
    expect(report.residue).toEqual([]);
  });

  it('counts an unmarked draft of the probe user, once it is older than the longest run', async () => {
    const world = deadRuns(0, 0);
    world.odoo.add('sale.order', {
      id: 1,
      name: 'auto-saved',
      state: 'draft',
      company_id: 2,
      create_uid: [UID, 'probe'],
      create_date: '2026-07-01 10:00:00',
    });
    world.clock.jump(5_000);
    expect((await residue(world.tenant, world.engine, { all: false, signal })).residue).toEqual([]);
    world.clock.jump(1);
    expect(
      (await residue(world.tenant, world.engine, { all: false, signal })).residue,
    ).toHaveLength(1);
  });

  it('counts a delivered order that was cancelled by hand: the goods are still out', async () => {
    const world = deadRuns(1, 60_000);
    world.odoo.row('sale.order', 1)['state'] = 'cancel';
    world.odoo.row('stock.picking', 1_001)['state'] = 'done';
    const report = await residue(world.tenant, world.engine, { all: false, signal });
    expect(report.residue.map(({ reference }) => reference)).toEqual(['OUT/1']);
  });

  it('says what kept it from looking, and never throws', async () => {
    const world = deadRuns(1, 60_000);
    const down = new Failed({
      code: 'odoo.unreachable',
      blame: 'target',
      layer: 'network',
      message: 'down',
    });
    world.engine = { ...world.engine, signIn: () => Promise.reject(down) };
    const report = await residue(world.tenant, world.engine, { all: true, signal });
    expect(report).toEqual({ tenant: 'north', residue: [], actions: [], error: down.failure });
  });

  it.each([
    [
      'is not provisioned',
      (world: World) => (world.odoo.row('res.company', 2)['name'] = 'Real Ltd'),
      'not provisioned',
    ],
    [
      'has withdrawn its consent',
      (world: World) => (world.odoo.row('res.company', 2)['active'] = false),
      'consent withdrawn',
    ],
  ])('skips a tenant that %s', async (_, change, reason) => {
    const world = deadRuns(1, 60_000);
    change(world);
    const report = await residue(world.tenant, world.engine, { all: true, signal });
    expect(report.skipped).toContain(reason);
    expect(report.residue).toEqual([]);
  });
});

describe('a sweep', () => {
  it('undoes what dead runs left, with every local record gone', async () => {
    const world = deadRuns(3, 60_000);
    const report = await sweep(world.tenant, world.engine, signal);
    expect(report).toMatchObject({ residue: [], tenant: 'north' });
    expect(report.error).toBeUndefined();
    expect(world.odoo.open()).toEqual([]);
  });

  it('has Odoo clear its reservations once, after it moved goods', async () => {
    const world = deadRuns(2, 60_000);
    for (const transfer of world.odoo.rows('stock.picking')) transfer['state'] = 'done';
    const { actions, error } = await sweep(world.tenant, world.engine, signal);
    expect(error).toBeUndefined();
    const names = actions.map(({ action }) => action);
    expect(names.filter((name) => name.startsWith('stock.quant.'))).toHaveLength(1);
    expect(names.at(-1)).toBe('stock.quant.action_view_inventory');
  });

  it('says so when Odoo will not clear its reservations', async () => {
    const world = deadRuns(1, 60_000);
    world.odoo.row('stock.picking', 1_001)['state'] = 'done';
    world.odoo.on('stock.quant.action_view_inventory', () => Promise.reject(refused('no')));
    const report = await sweep(world.tenant, world.engine, signal);
    expect(report).toMatchObject({ residue: [], error: { code: 'odoo.refused' } });
  });

  it('touches nothing before its deadline and grace', async () => {
    const world = deadRuns(3, 5_000);
    const report = await sweep(world.tenant, world.engine, signal);
    expect(report).toMatchObject({ tenant: 'north', residue: [], actions: [] });
    expect(world.odoo.writes()).toEqual([]);
  });

  it('does nothing the second time', async () => {
    const world = deadRuns(2, 60_000);
    await sweep(world.tenant, world.engine, signal);
    const writes = world.odoo.writes().length;
    const report = await sweep(world.tenant, world.engine, signal);
    expect(report.actions).toEqual([]);
    expect(world.odoo.writes()).toHaveLength(writes);
  });

  it('works under the tenant’s lease and stops when that is lost', async () => {
    const world = deadRuns(2, 60_000);
    const lost = new Failed({ code: 'lease.lost', blame: 'fleet', message: 'lost' });
    world.checkLease = () => Promise.reject(lost);
    const report = await sweep(world.tenant, world.engine, signal);
    expect(world.odoo.writes()).toEqual([]);
    expect(report.error).toMatchObject({ code: 'lease.lost', blame: 'fleet' });
    expect(report.residue).toHaveLength(4);
    expect(world.events).toContain('release');
  });

  it('goes on past an order that Odoo will not let go, and says so', async () => {
    const world = deadRuns(3, 60_000);
    world.odoo.on('sale.order.action_cancel', ({ params, proceed }) => {
      if ((params.args[0] as number[]).includes(1)) throw refused('an approval is needed');
      return proceed();
    });
    const report = await sweep(world.tenant, world.engine, signal);
    expect(report.error).toMatchObject({ code: 'odoo.refused', message: 'an approval is needed' });
    expect(report.residue.map(({ reference }) => reference)).toEqual(['ZZOW/1', 'OUT/1']);
    expect(world.odoo.row('sale.order', 2)['state']).toBe('cancel');
    expect(world.odoo.row('sale.order', 3)['state']).toBe('cancel');
  });

  it('clears a list that is longer than one page', async () => {
    const world = deadRuns(450, 60_000);
    const report = await sweep(world.tenant, world.engine, signal);
    expect(report.residue).toEqual([]);
    expect(world.odoo.open()).toEqual([]);
  });

  it('removes an invoice that hangs on no order any more', async () => {
    const world = deadRuns(0, 60_000);
    world.odoo.add('account.move', {
      id: 1,
      name: 'INV/1',
      state: 'draft',
      move_type: 'out_invoice',
      company_id: 2,
      ref: markOf(1),
      create_date: '2026-07-01 10:00:00',
    });
    const report = await sweep(world.tenant, world.engine, signal);
    expect(report.residue).toEqual([]);
    expect(world.odoo.rows('account.move')).toEqual([]);
  });

  it('closes the journal of a run of which nothing is open any more, and of no other', async () => {
    const world = deadRuns(2, 60_000);
    const journal = (n: number, deadlineMs: number) => {
      const runId = markOf(n).slice(0, markOf(n).lastIndexOf('~'));
      world.journals.set(runId, {
        runId,
        tenant: 'north',
        deadlineMs,
        mark: markOf(n),
        plans: [],
      } as never);
      return runId;
    };
    journal(1, DEADLINE);
    const stuck = journal(2, DEADLINE);
    const young = journal(3, DEADLINE + 100_000);
    world.odoo.on('sale.order.action_cancel', ({ params, proceed }) => {
      if ((params.args[0] as number[]).includes(2)) throw refused('no');
      return proceed();
    });
    await sweep(world.tenant, world.engine, signal);
    expect([...world.journals.keys()]).toEqual([stuck, young]);
  });
});
