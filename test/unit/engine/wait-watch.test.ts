/** A run tells while it only waits for an answer, so that its place can be given away. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunReport } from '../../../src/domain/report.ts';
import { unscheduledSlot } from '../../../src/domain/slot.ts';
import { execute } from '../../../src/engine/execute.ts';
import { virtualBeats } from '../../support/unit/clock.ts';
import { scenarioOf, World } from '../../support/unit/engine.ts';
import { accessRefused, silence } from '../../support/unit/odoo.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

type Told = readonly [waiting: boolean, atMs: number];

/** What a run told its worker that did not change nothing, with the virtual time at which it did. */
async function played(
  world: World,
): Promise<{ readonly report: RunReport; readonly told: Told[] }> {
  const { clock, tenant, engine } = world;
  const told: Told[] = [];
  const slot = unscheduledSlot(clock.now(), 1);
  const run = { tenant, scenario: scenarioOf(), transport: 'rpc', slot } as const;
  const lease = { token: 1, check: () => Promise.resolve(), release: () => Promise.resolve() };
  const onWait = (waiting: boolean): void => {
    if (waiting !== (told.at(-1)?.[0] ?? false)) told.push([waiting, clock.monotonic()]);
  };
  const begun = { lease, readiness: undefined, onWait };
  const report = await execute(run, engine, new AbortController().signal, begun);
  return { report, told };
}

it('nothing is told of a run at its usual speed', async () => {
  const { report, told } = await played(new World());
  expect(report.outcome.kind).toBe('passed');
  expect(told).toEqual([]);
});

it('each long wait is told, and soon also that it is over', async () => {
  const world = new World();
  const slowly = async ({ proceed }: { readonly proceed: () => unknown }): Promise<unknown> => {
    await world.clock.sleep(5_000);
    return await proceed();
  };
  world.odoo.on('sale.order.create', slowly, 1);
  world.odoo.on('sale.order.action_confirm', slowly, 1);
  const { report, told } = await played(world);
  expect(report.outcome.kind).toBe('passed');
  expect(told.map(([waiting]) => waiting)).toEqual([true, false, true, false]);
  for (const n of [0, 2]) {
    const lastedMs = told[n + 1]![1] - told[n]![1];
    expect(lastedMs).toBeGreaterThan(2_500);
    expect(lastedMs).toBeLessThan(3_500);
  }
});

it('a run that waits to its end goes on when it is cut: its undo has work to do', async () => {
  const world = new World();
  world.odoo.on('sale.order.action_confirm', silence);
  const { report, told } = await played(world);
  expect(report.outcome.kind).toBe('failed');
  expect(report.compensation.kind).toBe('clean');
  expect(told.slice(0, 2).map(([waiting]) => waiting)).toEqual([true, false]);
  const { runMs } = world.tenant.limits;
  expect(told[1]![1]).toBeLessThanOrEqual(runMs + 1_000);
});

it('a run that failed only waits while it looks around', async () => {
  const world = new World();
  world.odoo.on('sale.order.action_confirm', () => Promise.reject(accessRefused('record rule')));
  world.engine = {
    ...world.engine,
    lookout: {
      ...world.engine.lookout,
      outside: async () => {
        await world.clock.sleep(3_000);
        return [];
      },
    },
  };
  const { report, told } = await played(world);
  expect(report.outcome.kind).toBe('failed');
  expect(told.map(([waiting]) => waiting)).toEqual([true, false]);
  expect(told[1]![1] - told[0]![1]).toBeGreaterThan(1_500);
});
