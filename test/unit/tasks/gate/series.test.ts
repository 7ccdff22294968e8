import { describe, expect, it } from 'vitest';
import { GateSeries } from '../../../../src/tasks/gate/series.ts';
import { World } from '../../../support/unit/engine.ts';
import { wantedIn } from '../../../support/unit/gate-orders.ts';
import { broken, type Ended, ours, pastOf, runOf } from '../../../support/unit/gate-runs.ts';

const stopped: Ended = { code: 'run.interrupted', blame: 'fleet', message: 'stopped' };
const none = { before: [], after: [] };

function seriesOf(
  ended: readonly Ended[],
  past: ConstructorParameters<typeof GateSeries>[1] = none,
): GateSeries {
  const [wanted] = wantedIn(new World());
  const series = new GateSeries(wanted!, past);
  for (const one of ended) series.note(runOf(one));
  return series;
}

describe('a series', () => {
  it.each<[string, readonly Ended[], boolean, boolean]>([
    ['nothing was played yet', [], false, true],
    ['it passed', ['passed'], false, true],
    ['it failed once', [broken], true, false],
    ['it failed and passed', [broken, 'passed'], false, true],
    ['it failed twice', [broken, broken], false, false],
    ['it could not be told once', [ours], true, false],
    ['it could not be told twice', [ours, ours], false, false],
    ['it was skipped', ['skipped'], false, false],
    ['it was stopped', ['passed', stopped], false, true],
  ])('knows what is to be played when %s', (_, ended, isOpen, isWorthwhile) => {
    const series = seriesOf(ended);
    expect({ isOpen: series.isOpen, isWorthwhile: series.isWorthwhile }).toEqual({
      isOpen,
      isWorthwhile,
    });
  });

  it('counts what was played before and now, and not what was stopped', () => {
    const before = [pastOf(), pastOf(), pastOf({ code: 'odoo.error' })];
    const after = [pastOf()];
    const series = seriesOf(['passed', broken, 'passed', stopped], { before, after });
    expect(series.result([])).toEqual({
      ...{ tenant: 'north', scenario: 'order', transport: 'rpc' },
      before: { passed: 2, failed: 1 },
      after: { passed: 2, failed: 1, inconclusive: 0, skipped: 0 },
      steps: [],
    });
    expect(series.seen.runs).toHaveLength(3);
  });

  it('says why it was skipped', () => {
    expect(seriesOf(['skipped']).result([])).toMatchObject({
      after: { skipped: 1 },
      skipped: 'no consent',
    });
  });

  it('compares durations also with what others played after the deployment', () => {
    const past = { before: [pastOf()], after: [pastOf(), pastOf()] };
    const { before, after, steps, timeZone } = seriesOf(['passed', ours], past).timings;
    expect([before.length, after.length]).toEqual([1, 3]);
    expect(steps).toEqual(['create', 'confirm', 'read back']);
    expect(timeZone).toBe('Europe/Paris');
  });

  it('takes runs of the tenant it is compared with for what was before', () => {
    const series = seriesOf(['passed']);
    for (const ended of ['passed', broken, ours, stopped, 'skipped'] as const) {
      series.noteControl(runOf(ended, { tenant: 'south' }));
    }
    expect(series.result([])).toMatchObject({
      before: { passed: 1, failed: 1 },
      after: { passed: 1 },
    });
    expect(series.seen.before).toHaveLength(2);
  });
});
