/** Runs as a gate meets them, each with an id of its own, and what a gate knows of one series. */
import type { SeriesSeen } from '../../../src/analysis/gate/series.ts';
import type { Failure } from '../../../src/domain/failure.ts';
import type { PastRun } from '../../../src/domain/past-run.ts';
import { type Outcome, outcomeOf, type RunReport } from '../../../src/domain/report.ts';
import { unscheduledSlot } from '../../../src/domain/slot.ts';
import { reportOf } from './reports.ts';

export const broken: Failure = {
  code: 'odoo.error',
  blame: 'target',
  layer: 'application',
  message: 'the module raised',
  step: 'confirm order',
};
export const lost: Failure = { ...broken, code: 'capability.lost', message: 'missing: sale_stock' };
export const ours: Failure = { code: 'browser.missing', blame: 'fleet', message: 'no browser' };

/** `passed`, `skipped`, or a failure, whose blame decides whether the run failed. */
export type Ended = 'passed' | 'skipped' | Failure;

let count = 0;

export function runOf(ended: Ended, change: Partial<RunReport> = {}): RunReport {
  count += 1;
  const slot = unscheduledSlot(Date.UTC(2026, 6, 1, 10), count);
  const runId = `SYN~north~order-confirmation~rpc~${slot}`;
  return reportOf({ runId, slot, outcome: outcomeIn(ended), ...change });
}

function outcomeIn(ended: Ended): Outcome {
  if (ended === 'passed') return { kind: 'passed' };
  if (ended === 'skipped') return { kind: 'skipped', reason: 'no consent' };
  return outcomeOf(ended);
}

export const seenOf = (ended: readonly Ended[], change: Partial<SeriesSeen> = {}): SeriesSeen => ({
  tenant: 'north',
  scenario: 'order-confirmation',
  transport: 'rpc',
  before: [],
  runs: ended.map((one) => runOf(one)),
  ...change,
});

export const pastOf = (failure?: PastRun['failure'], change: Partial<PastRun> = {}): PastRun => ({
  v: 1,
  atMs: Date.UTC(2026, 6, 1, 9),
  revision: 1,
  wire: 'xmlrpc',
  stepsMs: failure === undefined ? [200] : [],
  ...(failure === undefined ? {} : { failure }),
  ...change,
});
