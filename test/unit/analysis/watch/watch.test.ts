import { describe, expect, it } from 'vitest';
import { Detector } from '../../../../src/analysis/baseline/detector.ts';
import { feed, type Watched, watch } from '../../../../src/analysis/watch/watch.ts';
import type { Failure } from '../../../../src/domain/failure.ts';
import type { Trouble } from '../../../../src/domain/incident.ts';
import type { RunReport } from '../../../../src/domain/report.ts';
import { reportOf } from '../../../support/unit/reports.ts';

const MINUTE_MS = 60_000;
/** A Monday. */
const BEGIN_MS = Date.UTC(2026, 6, 6);
const calendar = { holidays: [], windows: [], announced: [] };

const failure: Failure = {
  code: 'odoo.timeout',
  blame: 'target',
  layer: 'application',
  message: 'no answer within 45 s',
  step: 'confirm order',
};
const failed: Partial<RunReport> = { outcome: { kind: 'failed', failure } };
const diagnosis: NonNullable<RunReport['diagnosis']> = {
  rule: 'locked',
  because: 'a query of the tenant waits for a lock',
  blame: 'target',
  layers: ['database'],
  observations: [],
};

/** One series, run every five minutes unless told otherwise. */
class Played {
  readonly detector = new Detector();
  watched: Watched | undefined;
  atMs = BEGIN_MS;
  accepted: readonly string[] = [];

  constructor() {
    this.detector.tenant({
      ...{ t: BEGIN_MS, tenant: 'north', host: 'pg-1', tz: 'Europe/Berlin' },
      ...{ intervalMinutes: 5, calendar },
    });
  }

  run(change: Partial<RunReport> = {}, afterMinutes = 5): Trouble | undefined {
    this.atMs += afterMinutes * MINUTE_MS;
    const report = reportOf({
      runId: `SYN~north~order-confirmation~rpc~${this.atMs}`,
      finishedAt: new Date(this.atMs).toISOString(),
      ...change,
    });
    this.accepted = feed(this.detector, report, { intervalMinutes: 5, isGoingOut: false });
    this.watched = watch(this.watched, report, this.detector) ?? this.watched;
    return this.watched?.trouble;
  }

  step(ms: number, change: Partial<RunReport> = {}): Trouble | undefined {
    const [step] = reportOf().steps;
    return this.run({ steps: step === undefined ? [] : [{ ...step, durationMs: ms }], ...change });
  }
}

describe('watching runs', () => {
  it('sees nothing wrong while they pass', () => {
    const played = new Played();
    expect([played.run(), played.run(), played.run()]).toEqual([undefined, undefined, undefined]);
  });

  it('sees a run that fails alone as something to confirm, not as an alert', () => {
    const played = new Played();
    played.run();
    const trouble = played.run({ ...failed, worker: 'one' });
    expect(trouble).toMatchObject({
      ...{ tenant: 'north', scenario: 'order-confirmation', transport: 'rpc' },
      ...{ step: 'confirm order', kind: 'failures', runs: { bad: 1, of: 1 } },
      ...{ sinceMs: played.atMs, atMs: played.atMs, code: 'odoo.timeout', worker: 'one' },
      ...{ layers: ['application'], because: 'no answer within 45 s' },
    });
    expect(trouble?.score).toBeGreaterThan(0);
    expect(trouble?.score).toBeLessThan(1);
    played.run();
    played.run();
    expect(played.watched?.trouble).toBeDefined();
    expect(played.run()).toBeUndefined();
  });

  it('alerts once the run that was to confirm it failed too, until three passed', () => {
    const played = new Played();
    played.run();
    const { runId = '' } = played.run(failed) ?? {};
    const second = played.run({ ...failed, confirms: runId, diagnosis }, 0.2);
    expect(second?.score).toBeGreaterThanOrEqual(1);
    expect(second).toMatchObject({ runs: { bad: 2, of: 2 }, layers: ['database'] });
    expect(second?.because).toBe('a query of the tenant waits for a lock');
    expect(played.run()?.score).toBeGreaterThanOrEqual(1);
    expect(played.run()?.runs).toEqual({ bad: 2, of: 4 });
    expect(played.run()).toBeUndefined();
    // It was bad a moment ago.
    expect(played.run(failed)?.score).toBeGreaterThanOrEqual(1);
  });

  it('takes a failure for a blip where the second run passed', () => {
    const played = new Played();
    played.run();
    const { runId = '' } = played.run(failed) ?? {};
    expect(played.run({ confirms: runId }, 0.2)?.score).toBeLessThan(1);
  });

  it('alerts by itself after a few failures, also in the first hour', () => {
    const played = new Played();
    const scores = [1, 2, 3, 4].map(() => played.run(failed)?.score ?? 0);
    expect(scores[0]).toBeLessThan(1);
    expect(scores[3]).toBeGreaterThanOrEqual(1);
  });

  it('is over after three that passed, also where both tenants of a host had failed', () => {
    const played = new Played();
    for (let n = 0; n < 5; n += 1) played.run(failed);
    const after = Array.from({ length: 9 }, () => played.run()?.score);
    expect(after.slice(0, 2).every((score) => score !== undefined && score >= 1)).toBe(true);
    expect(after.slice(2)).toEqual(Array.from({ length: 7 }));
  });

  it('goes on while one of five runs fails, though four pass in between', () => {
    const played = new Played();
    for (let n = 0; n < 40; n += 1) played.run(n % 5 === 0 ? failed : {});
    const seen = Array.from({ length: 10 }, (_, n) => played.run(n % 5 === 0 ? failed : {}));
    expect(seen.every((trouble) => (trouble?.score ?? 0) >= 1)).toBe(true);
  });

  it('learns nothing of runs that were ours or the scenario’s', () => {
    const played = new Played();
    played.run(failed);
    const before = played.watched;
    const ours = { code: 'browser.missing', blame: 'fleet', message: 'no browser' } as const;
    played.run({ outcome: { kind: 'inconclusive', failure: ours } });
    played.run({ outcome: { kind: 'skipped', reason: 'consent withdrawn' } });
    expect(played.watched).toBe(before);
  });

  it('says how slow a step is, against what is usual then, and that it is over', () => {
    const played = new Played();
    for (let n = 0; n < 15 * 288; n += 1) played.step(400 + (n % 7) * 10);
    expect(played.watched?.trouble).toBeUndefined();
    let trouble: Trouble | undefined;
    let probes = 0;
    while (trouble === undefined && probes < 20) {
      probes += 1;
      trouble = played.step(1_200, { diagnosis });
    }
    expect(probes).toBeLessThan(12);
    expect(trouble).toMatchObject({
      ...{ step: 'confirm order', kind: 'latency', layers: ['database'] },
      because: 'a query of the tenant waits for a lock',
    });
    expect(trouble?.score).toBeGreaterThanOrEqual(1);
    expect(trouble?.runs.bad).toBeGreaterThanOrEqual(3);
    expect(trouble?.slow?.ratio).toBeGreaterThan(2);
    expect(trouble?.slow?.nowMs).toBe(1_200);
    expect(trouble?.slow?.lowMs).toBeGreaterThan(350);
    expect(trouble?.slow?.highMs).toBeLessThan(520);
    expect(trouble?.slow?.words).toMatch(/^a business day at \d\d:\d\d$/);
    const { slow } = played.step(400) ?? {};
    expect(slow?.nowMs).toBe(1_200);
    for (let n = 0; n < 11; n += 1) played.step(400 + (n % 7) * 10);
    expect(played.watched?.trouble).toBeUndefined();
  });

  it('says that what is slow for days is normal from then on', () => {
    const played = new Played();
    for (let n = 0; n < 15 * 288; n += 1) played.step(400 + (n % 7) * 10);
    let probes = 0;
    while (played.accepted.length === 0 && probes < 4 * 288) {
      probes += 1;
      played.step(900 + (probes % 7) * 10);
    }
    expect(played.accepted).toEqual(['confirm order']);
    expect(probes / 12).toBeGreaterThan(48);
    played.step(900);
    expect(played.watched?.trouble).toBeUndefined();
  });

  it('tells of a few runs that take far longer than the others', () => {
    const played = new Played();
    for (let n = 0; n < 15 * 288; n += 1) played.step(400 + (n % 7) * 10);
    const seen = Array.from({ length: 60 }, (_, n) => played.step(n % 4 === 0 ? 4_000 : 420));
    expect(seen.at(-1)?.score).toBeGreaterThanOrEqual(1);
    expect(seen.slice(-20).every((trouble) => trouble !== undefined)).toBe(true);
    for (let n = 0; n < 12; n += 1) played.step(420);
    expect(played.watched?.trouble).toBeUndefined();
  });

  it('says that runs are slow although one of them failed alone, until another one fails', () => {
    const played = new Played();
    for (let n = 0; n < 15 * 288; n += 1) played.step(400 + (n % 7) * 10);
    for (let n = 0; n < 12; n += 1) played.step(1_200);
    expect(played.step(1_200)?.kind).toBe('latency');
    expect(played.run(failed)?.kind).toBe('latency');
    played.run({ ...failed, confirms: 'SYN~it' }, 0.2);
    expect(played.watched?.trouble).toMatchObject({ kind: 'failures', runs: { bad: 2 } });
  });

  it('remembers a dozen runs, and no more', () => {
    const played = new Played();
    for (let n = 0; n < 30; n += 1) played.run(failed);
    expect(played.watched?.recent).toHaveLength(12);
    expect(played.watched?.trouble?.runs).toEqual({ bad: 12, of: 12 });
  });
});
