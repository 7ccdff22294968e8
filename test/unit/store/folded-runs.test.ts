/** The same step over the other transport, as the observers of a fleet folded it. */
import { expect, it } from 'vitest';
import { foldRun } from '../../../src/analysis/sli.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import { FoldedRuns } from '../../../src/store/folded-runs.ts';
import { Folds } from '../../../src/store/folds.ts';
import { Keys } from '../../../src/store/redis.ts';
import { FakeClock } from '../../support/unit/clock.ts';
import { tenantOf } from '../../support/unit/engine.ts';
import { ownRedis } from '../../support/unit/redis.ts';
import { reportOf } from '../../support/unit/reports.ts';

const { redis } = ownRedis();
const STEP = 'confirm order';
const inBrowser = {
  tenant: tenantOf(),
  scenario: 'order-confirmation',
  transport: 'browser',
} as const;

it('says how it ended and how long ago, as far as that is known', async () => {
  const folds = new Folds(redis, new Keys('test'));
  const clock = new FakeClock(Date.parse(reportOf().finishedAt) + 60_000);
  const runs = new FoldedRuns(folds, clock);
  const fold = async (...reports: readonly RunReport[]): Promise<void> => {
    const series = reports.reduce<ReturnType<typeof foldRun> | undefined>(
      (before, report) => foldRun(before, report, 0),
      undefined,
    );
    const values = new Map([['run|north|order-confirmation|rpc', series]]);
    await folds.commit('a', { token: 1, cursor: '1', values, rollups: new Map(), runs: [] });
  };
  expect(await runs.overTheOther(inBrowser, STEP)).toBeUndefined();
  await fold(reportOf());
  expect(await runs.overTheOther(inBrowser, STEP)).toEqual({ outcome: 'passed', agoMs: 60_000 });
  expect(await runs.overTheOther(inBrowser, 'dance')).toBeUndefined();
  expect(await runs.overTheOther({ ...inBrowser, transport: 'rpc' }, STEP)).toBeUndefined();

  const failure = {
    code: 'odoo.timeout',
    blame: 'target',
    layer: 'database',
    message: '',
  } as const;
  const failedAt = (step: string): RunReport =>
    reportOf({ outcome: { kind: 'failed', failure: { ...failure, step } } });
  await fold(reportOf(), failedAt(STEP));
  expect(await runs.overTheOther(inBrowser, STEP)).toMatchObject({ outcome: 'failed' });
  // Whether it came so far is not known then.
  await fold(reportOf(), failedAt('sign in'));
  expect(await runs.overTheOther(inBrowser, STEP)).toBeUndefined();
  await fold(reportOf());
  clock.pass(600_000);
  expect(await runs.overTheOther(inBrowser, STEP)).toBeUndefined();
});
