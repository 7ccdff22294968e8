/** What gates keep for each other: in a real state folder, played in a world of their own. */
import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GOING_OUT_MS } from '../../../src/domain/deployment.ts';
import { Failed } from '../../../src/domain/failure.ts';
import type { GateResult } from '../../../src/domain/gate.ts';
import { tenantId } from '../../../src/domain/ids.ts';
import { unscheduledSlot } from '../../../src/domain/slot.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { type GateChoice, gate } from '../../../src/wire/gate.ts';
import { type Kept, keptInFolder } from '../../../src/wire/kept.ts';
import { virtualBeats } from '../../support/unit/clock.ts';
import { tenantOf, World } from '../../support/unit/engine.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import {
  breakConfirmation,
  expectValid,
  orderOf,
  runsOf,
  verdictOf,
  Watch,
  wantedIn,
} from '../../support/unit/gate-orders.ts';
import { runOf } from '../../support/unit/gate-runs.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

const NORTH = { tenant: 'north', scenario: 'order', transport: 'rpc' } as const;

/** One tenant over time, with all that is kept of it. */
class Site {
  readonly world = new World();
  readonly folder = temporaryFolder();
  readonly kept: Kept = keptInFolder(new FolderRecords(this.folder), this.world.clock);
  readonly troubles: unknown[] = [];

  async gate(change: Partial<GateChoice> = {}, kept: Partial<Kept> = {}): Promise<GateResult> {
    this.world.clock.pass(60_000);
    const watch = new Watch();
    const { signal, stopped, onRun, onWait } = watch;
    const result = await gate(
      { isHeldThrough: true, ...orderOf(wantedIn(this.world)), ...change },
      { engine: this.world.engine, kept: { ...this.kept, ...kept } },
      {
        ...{ signal, stopped, onRun, onWait },
        onTrouble: (error) => void this.troubles.push(error),
      },
    );
    expectValid(result);
    return result;
  }

  async release(version: string, change: Partial<GateChoice> = {}): Promise<GateResult> {
    return await this.gate({ release: { version }, ...change });
  }

  /** The confirmations of one gate raise. */
  async badRelease(version: string): Promise<GateResult> {
    breakConfirmation(this.world, 2);
    return await this.release(version);
  }
}

const beforeIn = ({ series }: GateResult) => series[0]?.before;

describe('what a gate is compared with', () => {
  it('are the runs of gates that let a release through', async () => {
    const site = new Site();
    const first = await site.release('1', { runs: 2 });
    expect(beforeIn(first)).toEqual({ passed: 0, failed: 0 });
    expect(beforeIn(await site.release('2'))).toEqual({ passed: 2, failed: 0 });
    expect(beforeIn(await site.gate())).toEqual({ passed: 3, failed: 0 });
    expect(site.troubles).toEqual([]);
  });

  it('are not the runs of one that was rolled back', async () => {
    const site = new Site();
    await site.release('1');
    expect(verdictOf(await site.badRelease('2'))).toBe('rollback failure');
    expect(beforeIn(await site.release('3'))).toEqual({ passed: 1, failed: 0 });
  });

  it('is not what the fleet played of a release until it was replaced', async () => {
    const site = new Site();
    await site.release('1');
    await site.badRelease('2');
    site.world.clock.pass(60_000);
    const atMs = site.world.clock.now();
    const failure = { code: 'odoo.error', step: 'confirm' };
    const failed = { v: 1, atMs, revision: 1, wire: 'xmlrpc', stepsMs: [], failure } as const;
    await site.kept.pastRuns.append(NORTH, [failed]);
    expect(beforeIn(await site.release('3'))).toEqual({ passed: 1, failed: 0 });
  });

  it('are the runs of one that was held, so that what was broken stays known', async () => {
    const site = new Site();
    breakConfirmation(site.world, 2);
    const policy = { ...orderOf([]).policy, rollback: [] };
    expect(verdictOf(await site.release('1', { policy }))).toBe('hold failure');
    breakConfirmation(site.world, 2);
    expect(verdictOf(await site.release('2'))).toBe('hold already-broken');
  });

  it('was before the deployment; what the fleet played since is with what is after it', async () => {
    const site = new Site();
    const atMs = site.world.clock.now();
    const past = { v: 1, revision: 1, wire: 'xmlrpc', stepsMs: [1, 2, 3] } as const;
    await site.kept.pastRuns.append(NORTH, [
      { ...past, atMs: atMs - 1 },
      { ...past, atMs: atMs + 1 },
    ]);
    await site.kept.deployments.record({
      ...{ v: 1, id: unscheduledSlot(atMs, 1), atMs, version: '1', source: 'ci' },
      tenants: ['north'],
    });
    const result = await site.release('1');
    expect(beforeIn(result)).toEqual({ passed: 1, failed: 0 });
    expect(result.series[0]?.after.passed).toBe(1);
    expect(result.series[0]?.steps[0]).toMatchObject({ before: { runs: 1 }, after: { runs: 2 } });
  });

  it('is not what the fleet played while it may have been going out, as nobody recorded when', async () => {
    const site = new Site();
    const nowMs = site.world.clock.now();
    const past = { v: 1, revision: 1, wire: 'xmlrpc', stepsMs: [1, 2, 3] } as const;
    await site.kept.pastRuns.append(NORTH, [
      { ...past, planned: true, atMs: nowMs - 2 * GOING_OUT_MS },
      { ...past, planned: true, atMs: nowMs - GOING_OUT_MS / 2 },
      { ...past, planned: true, atMs: nowMs - GOING_OUT_MS / 4 },
      // Somebody measured before deploying.
      { ...past, atMs: nowMs - GOING_OUT_MS / 2 },
    ]);
    expect(beforeIn(await site.gate())).toEqual({ passed: 2, failed: 0 });
    expect(beforeIn(await site.release('1'))).toEqual({ passed: 3, failed: 0 });
  });

  it('is the file that was given, and nothing that is kept', async () => {
    const site = new Site();
    await site.release('1');
    const mine = { scenario: 'order' };
    const reports = [
      runOf('passed', mine),
      runOf('passed', mine),
      runOf('skipped', mine),
      runOf('passed', { ...mine, tenant: 'south' }),
      runOf('passed', { ...mine, transport: 'browser' }),
      runOf('passed'),
    ];
    const result = await site.release('2', { reports, against: 'file:before.json' });
    expect(beforeIn(result)).toEqual({ passed: 2, failed: 0 });
  });

  it('is the other tenant, and nothing that is kept; what it played is kept in any case', async () => {
    const site = new Site();
    await site.release('1');
    breakConfirmation(site.world, 2);
    const control = tenantOf({ id: tenantId('south') });
    const result = await site.release('2', { control, against: 'tenant:south' });
    expect(runsOf(result)).toEqual([
      'south order failed',
      'north order failed',
      'north order passed',
    ]);
    expect(beforeIn(result)).toEqual({ passed: 0, failed: 1 });
    expect(await site.kept.pastRuns.read({ ...NORTH, tenant: 'south' })).toHaveLength(1);
  });
});

describe('the deployment of a gate', () => {
  it('is recorded with the verdict, and known again when it is gated again', async () => {
    const site = new Site();
    const first = await site.gate({ release: { version: '1', commit: 'c0ffee' } });
    expect(first.deployment).toMatchObject({
      source: 'gate',
      tenants: ['north'],
      commit: 'c0ffee',
    });
    const second = await site.release('1');
    expect(second.deployment).toEqual(first.deployment);
    expect(await site.kept.deployments.list()).toEqual([first.deployment]);
    expect(beforeIn(second)).toEqual({ passed: 0, failed: 0 });
    expect((await site.kept.gates.list()).map(({ gateId }) => gateId)).toEqual([
      second.gateId,
      first.gateId,
    ]);
  });

  it('is none when nobody told the version', async () => {
    const site = new Site();
    expect(await site.gate()).not.toHaveProperty('deployment');
    expect(await site.kept.deployments.list()).toEqual([]);
  });
});

describe('a gate whose findings cannot be kept', () => {
  it('tells of it, and its verdict stands', async () => {
    const site = new Site();
    const full = new Failed({ code: 'state.unusable', blame: 'fleet', message: 'no room' });
    const { pastRuns } = site.kept;
    const result = await site.gate(
      {},
      {
        pastRuns: { read: (series) => pastRuns.read(series), append: () => Promise.reject(full) },
      },
    );
    expect(verdictOf(result)).toBe('promote sound');
    expect(site.troubles).toEqual([full]);
  });

  it('does not begin when the state folder is none', async () => {
    const site = new Site();
    rmSync(site.folder, { recursive: true });
    writeFileSync(site.folder, '');
    await expect(site.release('1')).rejects.toMatchObject({ failure: { code: 'state.unusable' } });
    expect(site.world.odoo.calls).toEqual([]);
  });
});
