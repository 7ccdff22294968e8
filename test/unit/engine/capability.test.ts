/** What a tenant offers: never offered is skipped, lost is failed, undeclared is the scenario's. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Scenario } from '../../../src/scenario/contract.ts';
import { virtualBeats } from '../../support/unit/clock.ts';
import { failureIn, scenarioOf, World } from '../../support/unit/engine.ts';
import { accessRefused, missingCapability, refused } from '../../support/unit/odoo.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

/** What a tenant may lack, and how it says so. */
const lacks: readonly (readonly [string, string, (world: World) => void])[] = [
  ['module sale_stock', 'application', ({ odoo }) => odoo.modules.delete('sale_stock')],
  [
    'field sale.order.client_order_ref',
    'application',
    ({ odoo }) => odoo.missingFields.add('sale.order.client_order_ref'),
  ],
  [
    'right create on sale.order',
    'access',
    ({ odoo }) => odoo.deniedRights.add('create on sale.order'),
  ],
  [
    'product ORDERWATCH-PRODUCT (run: orderwatch provision)',
    'data',
    ({ odoo }) => odoo.rows('product.product').pop(),
  ],
  [
    'customer ORDERWATCH-CUSTOMER (run: orderwatch provision)',
    'data',
    ({ odoo }) => odoo.rows('res.partner').pop(),
  ],
  [
    'company "ZZ orderwatch" as the probe user\'s company (run: orderwatch provision)',
    'data',
    ({ odoo }) => (odoo.row('res.company', 2)['name'] = 'Real Ltd'),
  ],
];

describe('what a tenant never offered', () => {
  it.each(lacks)('skips the run: %s', async (what, _, take) => {
    const world = new World();
    take(world);
    const report = await world.execute();
    expect(report.outcome).toEqual({ kind: 'skipped', reason: `missing: ${what}` });
    expect(world.odoo.writes()).toEqual([]);
  });

  it('is asked for again at the next run, and then the scenario runs', async () => {
    const world = new World();
    world.odoo.modules.delete('sale_stock');
    await world.execute();
    world.odoo.modules.add('sale_stock');
    expect((await world.execute()).outcome.kind).toBe('passed');
  });
});

describe('what a tenant offered once', () => {
  async function readyWorld(): Promise<World> {
    const world = new World();
    expect((await world.execute()).outcome.kind).toBe('passed');
    world.clock.pass(1_000);
    return world;
  }

  it.each(lacks.filter(([, layer]) => layer === 'data'))(
    'and lacks now fails the run: %s',
    async (what, layer, take) => {
      const world = await readyWorld();
      take(world);
      const report = await world.execute();
      expect(report.outcome.kind).toBe('failed');
      expect(failureIn(report)).toMatchObject({ code: 'capability.lost', blame: 'target', layer });
      expect(failureIn(report).message).toContain(what);
    },
  );

  it('is not asked for again while all goes well', async () => {
    const world = await readyWorld();
    const before = world.odoo.calls.filter((name) => name.endsWith('fields_get')).length;
    await world.execute();
    expect(world.odoo.calls.filter((name) => name.endsWith('fields_get'))).toHaveLength(before);
  });

  it('a right, is found to be lost when Odoo refuses a step for it', async () => {
    const world = await readyWorld();
    world.odoo.deniedRights.add('create on sale.order');
    world.odoo.on('sale.order.create', () => Promise.reject(accessRefused('You are not allowed')));
    const report = await world.execute();
    expect(failureIn(report)).toMatchObject({
      code: 'capability.lost',
      blame: 'target',
      layer: 'access',
      step: 'create',
    });
  });

  it('a field, is found to be lost when Odoo does not know it', async () => {
    const world = await readyWorld();
    world.odoo.missingFields.add('sale.order.client_order_ref');
    world.odoo.on('sale.order.create', () =>
      Promise.reject(missingCapability('ValueError: Invalid field')),
    );
    const report = await world.execute();
    expect(failureIn(report)).toMatchObject({
      code: 'capability.lost',
      layer: 'application',
      step: 'create',
    });
  });

  it('a module, is found to be lost when nothing comes of a document', async () => {
    const world = await readyWorld();
    world.odoo.modules.delete('sale_stock');
    const failing = scenarioOf({
      run: (ctx) =>
        ctx.step('create', () => {
          const what = { code: 'edi.wrong-reference', message: 'the order has none' };
          return Promise.resolve(ctx.fail({ ...what, blame: 'target', layer: 'integration' }));
        }),
    });
    const report = await world.execute(failing);
    expect(failureIn(report)).toMatchObject({ code: 'capability.lost', layer: 'application' });
  });

  it('stays lost in every run after it, until a person accepts', async () => {
    const world = await readyWorld();
    world.odoo.rows('product.product').pop();
    for (let n = 0; n < 3; n += 1) {
      world.clock.pass(1_000);
      expect(failureIn(await world.execute()).code).toBe('capability.lost');
    }
  });

  it('is skipped once a person has accepted', async () => {
    const world = await readyWorld();
    world.odoo.rows('product.product').pop();
    const [key] = world.readiness.keys();
    world.readiness.set(key!, {
      needs: JSON.stringify(scenarioOf().needs),
      missing: [],
      everReady: false,
    });
    expect((await world.execute()).outcome.kind).toBe('skipped');
  });

  it('is judged anew when the scenario needs something else', async () => {
    const world = await readyWorld();
    const needy: Scenario = scenarioOf({
      needs: { ...scenarioOf().needs, modules: ['sale_stock', 'mrp'] },
    });
    expect((await world.execute(needy)).outcome).toEqual({
      kind: 'skipped',
      reason: 'missing: module mrp',
    });
  });
});

describe('what a scenario never declared', () => {
  it('is its own fault when Odoo does not know it', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_confirm', () =>
      Promise.reject(
        missingCapability("AttributeError: The method 'action_confirm' does not exist"),
      ),
    );
    const report = await world.execute();
    expect(report.outcome.kind).toBe('inconclusive');
    expect(failureIn(report)).toMatchObject({
      code: 'scenario.undeclared-need',
      blame: 'scenario',
      step: 'confirm',
    });
    expect(failureIn(report).message).toContain(
      'everything the scenario declares is there, yet: AttributeError',
    );
  });

  it('is the target’s refusal when it is a right on one record', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_confirm', () => Promise.reject(accessRefused('record rule')));
    expect(failureIn(await world.execute())).toMatchObject({
      code: 'odoo.access',
      blame: 'target',
      layer: 'access',
    });
  });

  it('stays what it looked like when the tenant cannot be asked', async () => {
    const world = new World();
    world.odoo.on('sale.order.action_confirm', () => {
      world.odoo.on('ir.module.module.search_read', () => Promise.reject(refused('down')));
      return Promise.reject(missingCapability('AttributeError: The method'));
    });
    expect(failureIn(await world.execute())).toMatchObject({
      code: 'odoo.missing-capability',
      blame: 'target',
    });
  });
});

describe('asking a tenant', () => {
  it('that hides a model says which right is missing', async () => {
    const world = new World();
    world.odoo.deniedRights.add('read on sale.order');
    const { outcome } = await world.execute();
    expect(outcome).toMatchObject({
      kind: 'skipped',
      reason: expect.stringContaining('right read on sale.order') as unknown,
    });
  });

  it('that does not know a model says so', async () => {
    const world = new World();
    world.odoo.on('sale.order.fields_get', () =>
      Promise.reject(refused("Object sale.order doesn't exist")),
    );
    const { outcome } = await world.execute();
    expect(outcome).toMatchObject({ kind: 'skipped', reason: 'missing: model sale.order' });
  });

  it('that does not answer is no skip but a failure', async () => {
    const world = new World();
    const down = Object.assign(refused('x'), {});
    world.odoo.on('sale.order.has_access', () => Promise.reject(down));
    expect((await world.execute()).outcome.kind).toBe('failed');
  });
});
