import { describe, expect, it } from 'vitest';
import { counter, infoOf, promtoolTest, steady, times } from '../../../support/unit/rule-cases.ts';

const owned = { owner: 'platform' };
const runbook_url = 'deploy/alerting/runbooks/monitor.md';

const firing = (alert: string, at: string, ...severities: readonly ('page' | 'ticket')[]) => ({
  at,
  alert,
  firing: severities,
});

describe('a monitor that shows no tenant', { timeout: 60_000 }, () => {
  const ALERT = 'OrderwatchAbsent';

  it('pages after ten minutes, whether or not its pages can be read', () => {
    const says = [
      {
        labels: { ...owned, severity: 'page' },
        annotations: {
          summary: 'orderwatch shows no tenant: nothing is watched',
          description:
            'For ten minutes no orderwatch observer has shown any tenant to Prometheus. Until one does, no failure of a ' +
            'tenant is found.',
          runbook_url,
        },
      },
    ];
    const checks = [firing(ALERT, '9m'), { at: '10m', alert: ALERT, says }];
    expect(promtoolTest({ 'up{job="orderwatch"}': steady(1, 20) }, checks)).toBe('');
  });

  it('is let be while it restarts, and while it shows one', () => {
    const restarts = [...times(5, '1'), ...times(12, '_'), ...times(30, '1')].join(' ');
    const quiet = ['16m', '19m', '40m'].map((at) => firing(ALERT, at));
    expect(promtoolTest({ [infoOf('north')]: restarts }, quiet)).toBe('');
  });
});

describe('alerting that nobody does', { timeout: 60_000 }, () => {
  const ALERT = 'OrderwatchAlertingStopped';
  const turned = 'orderwatch_alerting_turn_timestamp_seconds{instance="observer-1:9464"}';

  it('pages some minutes after its last turn', () => {
    const says = [
      {
        labels: { ...owned, severity: 'page' },
        annotations: {
          summary: 'Nobody makes incidents of what orderwatch sees',
          description:
            'For some minutes no observer has done the work of alerting. What is wrong is seen, but nobody is told: the ' +
            'log of the observers says why.',
          runbook_url,
        },
      },
    ];
    // Its last turn is that of the fifth minute.
    const stands = [...times(6, 0).map((_, minute) => 60 * minute), ...times(20, 300)].join(' ');
    const checks = [firing(ALERT, '12m'), { at: '13m', alert: ALERT, says }];
    expect(promtoolTest({ [turned]: stands, [infoOf('north')]: steady(1, 30) }, checks)).toBe('');
  });

  it('pages where tenants are shown and nobody leads, and not while somebody does', () => {
    const [nobody, somebody] = [infoOf('north'), infoOf('south')];
    expect(
      promtoolTest({ [nobody]: steady(1, 20) }, [firing(ALERT, '4m'), firing(ALERT, '5m', 'page')]),
    ).toBe('');
    const turns = times(20, 0).map((_, minute) => 60 * minute);
    const series = { [somebody]: steady(1, 20), [turned]: turns.join(' ') };
    expect(promtoolTest(series, [firing(ALERT, '10m'), firing(ALERT, '19m')])).toBe('');
  });
});

describe('reports that wait on a disk', { timeout: 60_000 }, () => {
  const ALERT = 'OrderwatchReportsWaiting';
  const waiting = 'orderwatch_reports_waiting{job="orderwatch",instance="worker-1:9464"}';

  it('make a ticket after ten minutes', () => {
    const says = [
      {
        labels: { ...owned, severity: 'ticket', job: 'orderwatch', instance: 'worker-1:9464' },
        annotations: {
          summary: 'Run reports waiting on the disk of worker-1:9464: 3',
          description:
            'For ten minutes Redis has not taken all run reports of the worker worker-1:9464 (now 3 on its disk). ' +
            'Nobody sees their results until then.',
          runbook_url,
        },
      },
    ];
    const checks = [firing(ALERT, '9m'), { at: '10m', alert: ALERT, says }];
    expect(promtoolTest({ [waiting]: steady(3, 20) }, checks)).toBe('');
  });

  it('are let be while they get through in between', () => {
    const some = [...times(8, '2'), '0', ...times(8, '2')].join(' ');
    expect(promtoolTest({ [waiting]: some }, [firing(ALERT, '12m'), firing(ALERT, '16m')])).toBe(
      '',
    );
  });
});

describe('a sink that takes nothing', { timeout: 60_000 }, () => {
  const ALERT = 'OrderwatchSinkFailing';
  const sink = (result: string, growth: readonly number[]) => ({
    [`orderwatch_sink_deliveries_total{sink="alertmanager",result="${result}"}`]: counter(growth),
  });
  const open = (pages: number) => ({
    'orderwatch_incidents_open{severity="page"}': steady(pages, 60),
    'orderwatch_incidents_open{severity="ticket"}': steady(1, 60),
  });
  const failed = times(30, 1);
  const none = times(30, 0);

  it('makes a ticket, and pages while an incident is open that should wake somebody', () => {
    const series = {
      ...sink('failed', failed),
      ...sink('delivered', none),
      ...sink('dropped', none),
    };
    const ticket = {
      labels: { ...owned, severity: 'ticket', sink: 'alertmanager' },
      annotations: {
        summary: 'Incidents do not get out through alertmanager',
        description:
          'In the last 15 minutes deliveries through alertmanager failed and none got through, or some were given ' +
          'up for good. `orderwatch incident list` shows what nobody was told.',
        runbook_url,
      },
    };
    const page = {
      labels: { ...ticket.labels, severity: 'page' },
      annotations: {
        summary:
          'Incidents do not get out through alertmanager, and one of them should wake somebody',
        description:
          'In the last 15 minutes nothing could be delivered through alertmanager, and an incident is open that ' +
          'should page. `orderwatch incident list` shows it.',
        runbook_url,
      },
    };
    const early = firing(ALERT, '5m');
    const calm = [early, { at: '20m', alert: ALERT, says: [ticket] }];
    expect(promtoolTest({ ...series, ...open(0) }, calm)).toBe('');
    const grave = [early, { at: '20m', alert: ALERT, says: [page, ticket] }];
    expect(promtoolTest({ ...series, ...open(1) }, grave)).toBe('');
  });

  it('is let be when another try gets through', () => {
    const retried = { ...sink('failed', failed), ...sink('delivered', failed), ...open(1) };
    expect(promtoolTest(retried, [firing(ALERT, '10m'), firing(ALERT, '20m')])).toBe('');
  });

  it('makes a ticket of what it gave up for good, also when others get through', () => {
    const dropped = [...times(10, 0), 1, ...times(19, 0)];
    const series = { ...sink('dropped', dropped), ...sink('delivered', failed), ...open(1) };
    const checks = [firing(ALERT, '10m'), firing(ALERT, '20m', 'ticket'), firing(ALERT, '29m')];
    expect(promtoolTest(series, checks)).toBe('');
  });
});
