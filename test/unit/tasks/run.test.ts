import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tenantId } from '../../../src/domain/ids.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import { Stopped } from '../../../src/engine/boundary.ts';
import { runAll, wantedRuns } from '../../../src/tasks/run.ts';
import { virtualBeats } from '../../support/unit/clock.ts';
import { failureIn, scenarioOf, tenantOf, World } from '../../support/unit/engine.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

const north = tenantOf();
const south = tenantOf({ id: tenantId('south'), transports: ['rpc', 'browser'] });
const order = scenarioOf();
const both = scenarioOf({ id: 'both', transports: ['rpc', 'browser'] });

const namesOf = (wanted: ReturnType<typeof wantedRuns>): readonly string[] =>
  wanted.map(({ tenant, scenario, transport }) => `${tenant.id} ${scenario.id} ${transport}`);

describe('the runs that a command asks for', () => {
  it('are every scenario in every tenant over what they have in common', () => {
    expect(
      namesOf(wantedRuns({ tenants: [north, south], scenarios: [order, both], repeat: 1 })),
    ).toEqual([
      'north order rpc',
      'north both rpc',
      'south order rpc',
      'south both rpc',
      'south both browser',
    ]);
  });

  it('are over the named transports even where they will be skipped, so that nothing is silently left out', () => {
    const wanted = wantedRuns({
      tenants: [north],
      scenarios: [order],
      transports: ['browser'],
      repeat: 1,
    });
    expect(namesOf(wanted)).toEqual(['north order browser']);
  });

  it('come round by round', () => {
    expect(namesOf(wantedRuns({ tenants: [north, south], scenarios: [order], repeat: 2 }))).toEqual(
      ['north order rpc', 'south order rpc', 'north order rpc', 'south order rpc'],
    );
  });

  it('hand in a burst where documents are exchanged, and only there', () => {
    const needs = { ...order.needs, conditions: ['edi'] } as const;
    const scenarios = [order, scenarioOf({ id: 'edi', needs })];
    const wanted = wantedRuns({ tenants: [north], scenarios, repeat: 1, burst: 5 });
    expect(wanted.map(({ burst }) => burst)).toEqual([undefined, 5]);
  });
});

describe('playing them', () => {
  const wanted = wantedRuns({ tenants: [north], scenarios: [order], repeat: 3 });

  it('gives each a slot of its own, although no time passes between them', async () => {
    const world = new World();
    const reports: RunReport[] = [];
    for await (const report of runAll(wanted, world.engine, new AbortController().signal))
      reports.push(report);
    expect(reports.map(({ outcome }) => outcome.kind)).toEqual(['passed', 'passed', 'passed']);
    expect(new Set(reports.map(({ runId }) => runId)).size).toBe(3);
  });

  it('stops after the run that was under way, which is undone', async () => {
    const world = new World();
    const stop = new AbortController();
    world.odoo.on('sale.order.action_confirm', ({ proceed }) => {
      stop.abort(new Stopped('stopped by SIGINT'));
      return proceed();
    });
    const reports: RunReport[] = [];
    for await (const report of runAll(wanted, world.engine, stop.signal)) reports.push(report);
    expect(reports.map(failureIn)).toMatchObject([{ code: 'run.interrupted', blame: 'fleet' }]);
    expect(world.odoo.open()).toEqual([]);
  });
});
