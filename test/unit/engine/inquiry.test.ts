/** Evidence around a run: gathered at once when it fails and while it waits, judged, and free of secrets. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Observation, observed } from '../../../src/domain/evidence.ts';
import { Failed } from '../../../src/domain/failure.ts';
import type { Watch } from '../../../src/engine/ports.ts';
import { virtualBeats } from '../../support/unit/clock.ts';
import { failureIn, PASSWORD, World } from '../../support/unit/engine.ts';
import { accessRefused, replyLost, silence } from '../../support/unit/odoo.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

const HEALTHY: readonly Observation[] = [observed('connect', 'ok'), observed('health', 'ok')];

/** A watch over PostgreSQL that knows how often it was begun and ended. */
function databaseOf(world: World, seen: Observation): { begun: number; ended: number } {
  const count = { begun: 0, ended: 0 };
  const watch: Watch = {
    end: () => {
      count.ended += 1;
      return Promise.resolve([seen]);
    },
  };
  world.engine = {
    ...world.engine,
    lookout: {
      ...world.engine.lookout,
      database: () => {
        count.begun += 1;
        return watch;
      },
    },
  };
  return count;
}

const seenBy = (report: Awaited<ReturnType<World['execute']>>): Record<string, string> =>
  Object.fromEntries((report.diagnosis?.observations ?? []).map(({ look, seen }) => [look, seen]));

it('a run that passes at its usual speed looks at nothing', async () => {
  const world = new World();
  const database = databaseOf(world, observed('postgres', 'idle'));
  const report = await world.execute();
  expect(report).not.toHaveProperty('diagnosis');
  expect(database).toEqual({ begun: 0, ended: 0 });
});

it('a call that never ends: what was seen decides the layer, in report and failure alike', async () => {
  const world = new World();
  world.outside = HEALTHY;
  const database = databaseOf(world, observed('postgres', 'locked'));
  world.odoo.on('sale.order.action_confirm', silence);
  const report = await world.execute();
  expect(failureIn(report)).toMatchObject({ code: 'odoo.timeout', layer: 'database' });
  expect(report.diagnosis).toMatchObject({
    rule: 'lock',
    blame: 'target',
    layers: ['database'],
    said: { blame: 'target', layer: 'application' },
  });
  expect(seenBy(report)).toMatchObject({ health: 'ok', read: 'ok', postgres: 'locked' });
  expect(database).toEqual({ begun: 1, ended: 1 });
});

it('without a DSN the same is application or database', async () => {
  const world = new World();
  world.outside = HEALTHY;
  world.odoo.on('sale.order.action_confirm', silence);
  const { diagnosis } = await world.execute();
  expect(diagnosis).toMatchObject({ layers: ['application', 'database'] });
});

it('a run that waits long and passes says where it waited', async () => {
  const world = new World();
  world.outside = HEALTHY;
  databaseOf(world, observed('postgres', 'busy'));
  world.odoo.on(
    'sale.order.action_confirm',
    async ({ proceed }) => {
      await world.clock.sleep(3_000);
      return proceed();
    },
    1,
  );
  const report = await world.execute();
  expect(report.outcome).toEqual({ kind: 'passed' });
  expect(report.diagnosis).toMatchObject({ rule: 'slow-query', layers: ['database'] });
  expect(report.diagnosis).not.toHaveProperty('said');
});

it('what was seen while it waited outweighs what was well again afterwards', async () => {
  const world = new World();
  world.outside = [observed('connect', 'ok'), observed('health', 'silent')];
  world.odoo.on('sale.order.action_confirm', async ({ options }) => {
    await world.clock.sleep(5_000);
    world.outside = HEALTHY;
    return await silence({ options } as Parameters<typeof silence>[0]);
  });
  const report = await world.execute();
  expect(seenBy(report)).toMatchObject({ health: 'silent' });
  expect(report.diagnosis?.rule).toBe('workers-busy-database-unseen');
});

it('a trouble of ours is looked for on our side only', async () => {
  const world = new World();
  const outside = vi.spyOn(world.engine.lookout, 'outside');
  world.engine = {
    ...world.engine,
    signIn: () =>
      Promise.reject(
        new Failed({ code: 'secret.missing', blame: 'fleet', message: 'env:X is not set' }),
      ),
  };
  const report = await world.execute();
  expect(report.outcome.kind).toBe('inconclusive');
  expect(report.diagnosis).toMatchObject({ rule: 'ours', blame: 'fleet', layers: [] });
  expect(outside).not.toHaveBeenCalled();
});

it('a jump of our clock excuses the tenant', async () => {
  const world = new World();
  world.outside = [observed('connect', 'ok'), observed('tls', 'expired')];
  world.odoo.on('sale.order.action_confirm', () => {
    world.clock.jump(3_600_000);
    throw replyLost();
  });
  const report = await world.execute();
  expect(report.outcome.kind).toBe('inconclusive');
  expect(report.diagnosis).toMatchObject({ rule: 'own-clock-jumped', blame: 'fleet' });
  expect(seenBy(report)).toMatchObject({ clock: 'jumped' });
});

it('no secret of ours shows in what was seen', async () => {
  const world = new World();
  world.outside = [observed('health', 'foreign', { detail: `HTTP 200, "${PASSWORD}"` })];
  world.odoo.on('sale.order.action_confirm', silence);
  const report = await world.execute();
  expect(JSON.stringify(report)).not.toContain(PASSWORD);
  expect(JSON.stringify(report)).toContain('[secret]');
});

it('the same step over the other transport is remembered for ten minutes', async () => {
  const world = new World();
  await world.execute();
  const inBrowser = { tenant: world.tenant, scenario: 'order', transport: 'browser' } as const;
  const { recent } = world.engine;
  expect(await recent.overTheOther(inBrowser, 'confirm')).toEqual({ outcome: 'passed', agoMs: 0 });
  expect(await recent.overTheOther(inBrowser, 'dance')).toBeUndefined();
  const overRpc = { ...inBrowser, transport: 'rpc' } as const;
  expect(await recent.overTheOther(overRpc, 'confirm')).toBeUndefined();
  world.clock.pass(600_001);
  expect(await recent.overTheOther(inBrowser, 'confirm')).toBeUndefined();
});

it('what Odoo said about a right stands, whatever else is slow', async () => {
  const world = new World();
  world.outside = [observed('connect', 'ok'), observed('health', 'slow')];
  world.odoo.on('sale.order.action_confirm', () => {
    throw accessRefused('no');
  });
  const report = await world.execute();
  expect(report.diagnosis).toMatchObject({ rule: 'said-by-step', layers: ['access'] });
});
