import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rememberReadiness } from '../../../../src/tasks/gate/known-ready.ts';
import { virtualBeats } from '../../../support/unit/clock.ts';
import { scenarioOf, World } from '../../../support/unit/engine.ts';
import { wantedIn } from '../../../support/unit/gate-orders.ts';
import { pastOf } from '../../../support/unit/gate-runs.ts';
import { missingCapability } from '../../../support/unit/odoo.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

const failed = pastOf({ code: 'odoo.error' });
const remembered = async (world: World, ...before: Parameters<typeof rememberReadiness>[1]) => {
  const [wanted] = wantedIn(world);
  await rememberReadiness(wanted!, before, world.engine);
  return world.readiness.get('north order');
};

describe('what passed before', () => {
  it('was ready before, with the needs that the scenario has', async () => {
    expect(await remembered(new World(), failed, pastOf())).toEqual({
      needs: JSON.stringify(scenarioOf().needs),
      missing: [],
      everReady: true,
    });
  });

  it('makes what is missing now a lost capability, and no reason to skip', async () => {
    const world = new World();
    world.odoo.modules.delete('sale_stock');
    world.odoo.on('sale.order.action_confirm', () => {
      throw missingCapability('no such method');
    });
    expect((await world.execute()).outcome).toMatchObject({
      kind: 'skipped',
      reason: 'missing: module sale_stock',
    });
    world.readiness.clear();
    await remembered(world, pastOf());
    expect((await world.execute()).outcome).toMatchObject({
      kind: 'failed',
      failure: { code: 'capability.lost' },
    });
  });
});

describe('nothing is remembered', () => {
  it('of what never passed', async () => {
    expect(await remembered(new World())).toBeUndefined();
    expect(await remembered(new World(), failed, failed)).toBeUndefined();
  });

  it('over what is known', async () => {
    const world = new World();
    const known = { needs: 'others', missing: [], everReady: false };
    world.readiness.set('north order', known);
    expect(await remembered(world, pastOf())).toBe(known);
  });
});
