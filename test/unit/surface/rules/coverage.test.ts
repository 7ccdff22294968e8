import { describe, expect, it } from 'vitest';
import {
  BY_RUN,
  counter,
  infoOf,
  promtoolTest,
  type Series,
  steady,
  times,
} from '../../../support/unit/rule-cases.ts';

const place = { tenant: 'north', cluster: 'blue', database_host: 'pg-3' };
const ticket = { ...place, severity: 'ticket', owner: 'platform' };
const runbook_url = 'deploy/alerting/runbooks/monitor.md';

const quiet = (alert: string, ...ats: readonly string[]) =>
  ats.map((at) => ({ at, alert, firing: [] }));

const series = (name: string, labels: string): string =>
  `${name}{tenant="north",scenario="picking",transport="rpc",${labels}}`;

interface Counts {
  readonly planned?: number;
  readonly started?: number;
  readonly skipped?: number;
  readonly missed?: number;
  readonly passed?: number;
  readonly failed?: number;
  readonly ours?: number;
  readonly scenarios?: number;
}

/** So many in each of these stretches of ten minutes. */
function played(stretches: readonly Counts[]): Series {
  const grown = (count: (one: Counts) => number | undefined): string =>
    counter(stretches.flatMap((one) => [...times(9, 0), count(one) ?? 0]));
  const runs = (outcome: string, blame: string) =>
    series('orderwatch_runs_total', `outcome="${outcome}",blame="${blame}"`);
  const slots = (state: string) => series('orderwatch_slots_total', `state="${state}"`);
  return {
    [infoOf('north')]: steady(1, stretches.length * 10),
    [slots('planned')]: grown(({ planned }) => planned),
    [slots('started')]: grown(({ started }) => started),
    [slots('skipped')]: grown(({ skipped }) => skipped),
    [slots('missed')]: grown(({ missed }) => missed),
    [runs('passed', '')]: grown(({ passed }) => passed),
    [runs('failed', 'target')]: grown(({ failed }) => failed),
    [runs('inconclusive', 'fleet')]: grown(({ ours }) => ours),
    [runs('inconclusive', 'scenario')]: grown(({ scenarios }) => scenarios),
  };
}

describe('a tenant that is shown no more', { timeout: 60_000 }, () => {
  const ALERT = 'OrderwatchTenantAbsent';
  const shown = (minutes: number, of: number): string =>
    [...times(minutes, '1'), ...times(of - minutes, '_')].join(' ');

  it('makes a ticket while others are shown', () => {
    const tenants = { [infoOf('north')]: shown(10, 60), [infoOf('south')]: shown(60, 60) };
    const says = [
      {
        labels: ticket,
        annotations: {
          summary: 'Nothing is known of north any more',
          description:
            'Other tenants are still shown, north is not: no observer has its cluster blue. ' +
            'If it was taken out of the configuration, this ends by itself within a day.',
          runbook_url,
        },
      },
    ];
    // Five minutes pass until Prometheus itself takes a series for gone.
    expect(promtoolTest(tenants, [...quiet(ALERT, '28m'), { at: '32m', alert: ALERT, says }])).toBe(
      '',
    );
  });

  it('says nothing when it comes back, nor when all are gone, which is another alert', () => {
    const back = [...times(10, '1'), ...times(12, '_'), ...times(30, '1')].join(' ');
    const returned = { [infoOf('north')]: back, [infoOf('south')]: shown(60, 60) };
    expect(promtoolTest(returned, quiet(ALERT, '21m', '25m', '40m'))).toBe('');
    const gone = { [infoOf('north')]: shown(10, 60), [infoOf('south')]: shown(10, 60) };
    expect(promtoolTest(gone, quiet(ALERT, '32m', '60m'))).toBe('');
  });
});

describe('a scenario of which nothing is known', { timeout: 60_000 }, () => {
  const ALERT = 'OrderwatchCoverageUnknown';
  const none = { planned: 1, started: 1, ours: 1 };

  it('makes a ticket when none of its planned runs told anything in two hours', () => {
    const says = [
      {
        labels: { ...ticket, scenario: 'picking' },
        annotations: {
          summary: 'Whether picking works at north has not been known for two hours',
          description:
            'Of 12 planned runs of picking at north none passed and none failed: they were missed, or could not tell.',
          runbook_url,
        },
      },
    ];
    const runs = played(times(18, none));
    expect(promtoolTest(runs, [{ at: '2h50m', alert: ALERT, says }], BY_RUN)).toBe('');
  });

  it('is quiet when one of them failed, when they are skipped, and when nothing is planned, as at night', () => {
    const once = played([
      ...times(9, none),
      { planned: 1, started: 1, failed: 1 },
      ...times(8, none),
    ]);
    expect(promtoolTest(once, quiet(ALERT, '2h30m', '3h'), BY_RUN)).toBe('');
    const skipped = played(times(18, { planned: 1, skipped: 1 }));
    expect(promtoolTest(skipped, quiet(ALERT, '2h30m', '3h'), BY_RUN)).toBe('');
    const night = played([...times(3, { planned: 1, started: 1, passed: 1 }), ...times(24, {})]);
    expect(promtoolTest(night, quiet(ALERT, '1h', '3h', '4h30m'), BY_RUN)).toBe('');
  });

  it('is quiet with two of them', () => {
    const two = played([{ planned: 1, missed: 1 }, { planned: 1, missed: 1 }, ...times(10, {})]);
    expect(promtoolTest(two, quiet(ALERT, '30m', '1h', '1h50m'), BY_RUN)).toBe('');
  });
});

describe('runs that tell nothing', { timeout: 60_000 }, () => {
  const ALERT = 'OrderwatchInconclusive';
  const says = (share: string, blame: string, owner: string, by: string) => [
    {
      labels: { ...ticket, blame, owner },
      annotations: {
        summary: `${share} of the runs at north tell nothing`,
        description:
          `In the last hour ${share} of the runs at north ended as inconclusive by ${by}. ` +
          'They count neither for nor against the tenant.',
        runbook_url,
      },
    },
  ];

  it.each([
    ['ours', 'fleet', 'platform', 'our own side: worker, Redis or network'],
    ['scenarios', 'scenario', 'erp-support', 'the scenario or the data it stands on'],
  ] as const)('make a ticket for whose they are (%s)', (which, blame, owner, by) => {
    const runs = played(times(12, { passed: 5, [which]: 3 }));
    const worded = { at: '1h30m', alert: ALERT, says: says('37.5%', blame, owner, by) };
    expect(promtoolTest(runs, [worded], BY_RUN)).toBe('');
  });

  it('are let be up to a quarter of all, and when they are only two', () => {
    const quarter = played(times(12, { passed: 6, ours: 2 }));
    expect(promtoolTest(quarter, quiet(ALERT, '1h30m', '2h'), BY_RUN)).toBe('');
    const two = played([{ ours: 1 }, { ours: 1 }, ...times(9, {})]);
    expect(promtoolTest(two, quiet(ALERT, '30m', '50m', '1h'), BY_RUN)).toBe('');
  });
});

describe('slots that are not played', { timeout: 60_000 }, () => {
  const ALERT = 'OrderwatchSlotsMissed';

  it('make a ticket above a tenth, those without any account too', () => {
    const runs = played(times(12, { planned: 4, started: 3, passed: 3 }));
    const says = [
      {
        labels: ticket,
        annotations: {
          summary: '25% of the planned runs at north are not played',
          description:
            'In the last hour 25% of the planned runs at north did not begin in time, although the tenant is not down: ' +
            'too few workers, a long gate, or no row budget left.',
          runbook_url,
        },
      },
    ];
    expect(promtoolTest(runs, [{ at: '1h30m', alert: ALERT, says }], BY_RUN)).toBe('');
  });

  it('are let be up to a tenth, of five, and while the tenant is down and left alone', () => {
    const tenth = played(times(12, { planned: 10, started: 7, skipped: 2, missed: 1 }));
    expect(promtoolTest(tenth, quiet(ALERT, '1h30m', '2h'), BY_RUN)).toBe('');
    const five = played([...times(5, { planned: 1, missed: 1 }), ...times(6, {})]);
    expect(promtoolTest(five, quiet(ALERT, '50m', '1h', '1h30m'), BY_RUN)).toBe('');
    const down = played(times(12, { planned: 4, started: 1, missed: 3, failed: 1 }));
    expect(promtoolTest(down, quiet(ALERT, '1h30m', '2h'), BY_RUN)).toBe('');
  });
});
