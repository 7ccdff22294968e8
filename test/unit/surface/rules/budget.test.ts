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

const BURN = 'OrderwatchBudgetBurn';

/** A run of every fifth minute, `off` where time does not count, `restart` where the page forgets all it had counted. */
type Run = 'good' | 'bad' | 'off' | 'restart';

interface Kind {
  readonly tenant?: string;
  readonly target?: number;
  readonly level?: 'critical' | 'secondary';
  /** Samples from one run to the next. */
  readonly samples?: 1 | 5;
}

/** For cases of days. */
const BY_HOUR = { samples: '5m', evaluations: '1h' } as const;

/** The series of one objective. Counters move when a run ends, as those of the observer do. */
function objective(runs: readonly Run[], kind: Kind = {}): Series {
  const { tenant = 'north', target = 0.999, level = 'critical', samples = 5 } = kind;
  const labels = `tenant="${tenant}",workflow="orders"`;
  const all = runs.length * samples;
  const growth = (by: number, counts: 'good' | 'bad'): string =>
    counter(
      runs.flatMap((run) => {
        const last = run === 'restart' ? 'reset' : run === counts ? by : 0;
        return [...times(samples - 1, 0), last];
      }),
    );
  return {
    [infoOf(tenant)]: steady(1, all),
    [`orderwatch_objective_target_ratio{${labels},level="${level}"}`]: steady(target, all),
    [`orderwatch_objective_budget_left_ratio{${labels}}`]: steady(0.62, all),
    [`orderwatch_objective_seconds_total{${labels},state="good"}`]: growth(300, 'good'),
    [`orderwatch_objective_seconds_total{${labels},state="bad"}`]: growth(300, 'bad'),
    [`orderwatch_objective_seconds_total{${labels},state="unknown"}`]: steady(0, all),
    [`orderwatch_objective_runs_total{${labels},result="good"}`]: growth(1, 'good'),
    [`orderwatch_objective_runs_total{${labels},result="bad"}`]: growth(1, 'bad'),
  };
}

const good = (count: number): readonly Run[] => times(count, 'good');
const bad = (count: number): readonly Run[] => times(count, 'bad');
const off = (count: number): readonly Run[] => times(count, 'off');
/** Each bad run after so many good ones. */
const oneOf = (each: number, count: number): readonly Run[] =>
  times(count, [...good(each - 1), 'bad' as const]).flat();

const firing = (at: string, ...severities: readonly ('page' | 'ticket')[]) => ({
  at,
  alert: BURN,
  firing: severities,
});

describe('an error budget that goes too fast', { timeout: 60_000 }, () => {
  it('says nothing of one failure of twelve at 99.9 %', () => {
    const runs = [...good(24), ...bad(1), ...good(23)];
    // It ends at 2h5m.
    const quiet = ['2h', '2h5m', '2h10m', '2h15m', '2h30m', '3h', '4h'].map((at) => firing(at));
    expect(promtoolTest(objective(runs), quiet, BY_RUN)).toBe('');
  });

  it('pages of an outage of 15 minutes, when its second run has failed, and ends soon after it', () => {
    const series = {
      ...objective([...good(24), ...bad(3), ...good(21)]),
      ...objective(good(48), { tenant: 'south' }),
    };
    const checks = [
      firing('2h5m'),
      firing('2h10m', 'page', 'ticket'),
      firing('2h15m', 'page', 'ticket'),
      // The window of half an hour still holds it against six times the budget.
      firing('2h40m', 'page', 'ticket'),
      firing('2h50m', 'ticket'),
    ];
    expect(promtoolTest(series, checks, BY_RUN)).toBe('');
  });

  it.each([
    ['is quiet below 14.4 times the budget in an hour', 2, ['ticket']],
    ['pages above it', 3, ['page', 'ticket']],
  ] as const)('%s', (_, failures, severities) => {
    // 14.4 times 1.5 % is 21.6 %; two of twelve are 16.7 %, three 25 %.
    const runs = [...good(60), ...good(12 - failures), ...bad(failures)];
    const series = objective(runs, { target: 0.985 });
    expect(promtoolTest(series, [firing('6h', ...severities)], BY_RUN)).toBe('');
  });

  it.each([
    ['is quiet below 6 times the budget in six hours', 24, ['ticket']],
    ['pages above it', 12, ['page', 'ticket']],
  ] as const)('%s', (_, each, severities) => {
    const series = objective(oneOf(each, 96 / each), { target: 0.99 });
    expect(promtoolTest(series, [firing('8h', ...severities)], BY_RUN)).toBe('');
  });

  it.each([
    ['is quiet below the budget in three days', 120, []],
    ['makes a ticket above it', 48, ['ticket']],
  ] as const)('%s', (_, each, severities) => {
    const series = objective(oneOf(each, 960 / each), { target: 0.99, samples: 1 });
    expect(promtoolTest(series, [firing('80h', ...severities)], BY_HOUR)).toBe('');
  });

  it.each([
    ['is quiet below three times the budget in a day', 48, []],
    ['makes a ticket above it', 24, ['ticket']],
  ] as const)('%s', (_, each, severities) => {
    // Of the last day only eight hours count; with two whole days before them three days stay below the budget.
    const runs = [...good(288 * 3), ...off(192), ...oneOf(each, 96 / each)];
    const series = objective(runs, { target: 0.99, samples: 1 });
    expect(promtoolTest(series, [firing('96h', ...severities)], BY_HOUR)).toBe('');
  });

  it.each([
    ['says nothing of what an incident of failures told', 'failures', []],
    ['pages where an incident told of slowness alone', 'latency', ['page']],
  ] as const)('%s, also while the ratios fall after its end', (_, kind, severities) => {
    const series = {
      ...objective([...good(24), ...bad(3), ...good(69)]),
      [`orderwatch_troubles{tenant="north",kind="${kind}"}`]: '0x125 1x14 0x339',
    };
    const checks = [
      ...['2h10m', '2h20m', '2h40m'].map((at) => firing(at, ...severities)),
      ...['2h50m', '4h', '7h'].map((at) => firing(at)),
    ];
    expect(promtoolTest(series, checks, BY_RUN)).toBe('');
  });

  it('wants six runs, so that the first ones of a morning are no share of anything', () => {
    const series = objective(bad(12));
    const checks = [firing('25m'), firing('30m', 'page', 'ticket')];
    expect(promtoolTest(series, checks, BY_RUN)).toBe('');
  });

  it('never pages of a secondary workflow', () => {
    const runs = [...good(24), ...bad(12)];
    expect(
      promtoolTest(objective(runs, { level: 'secondary' }), [firing('3h', 'ticket')], BY_RUN),
    ).toBe('');
  });

  it('takes a page that begins to count anew for neither a failure nor a recovery', () => {
    const restarted = [...good(20), 'restart', ...good(20), 'restart', ...good(7)] as const;
    const quiet = ['1h45m', '2h', '3h30m', '4h'].map((at) => firing(at));
    expect(promtoolTest(objective(restarted), quiet, BY_RUN)).toBe('');
    const amid = [...good(24), ...bad(2), 'restart', ...bad(3)] as const;
    expect(promtoolTest(objective(amid), [firing('2h30m', 'page', 'ticket')], BY_RUN)).toBe('');
  });

  it('stops soon after the day has ended, stays quiet at night, and begins the morning fairly', () => {
    const day = [...good(60), ...bad(12)];
    const night = off(12 * 12);
    const runs = [...day, ...night, ...good(12)];
    const checks = [
      firing('6h', 'page', 'ticket'),
      firing('7h10m', 'ticket'),
      // What was not mended by then may wait as a ticket, until the morning tells.
      firing('13h', 'ticket'),
      firing('18h10m'),
      firing('19h'),
    ];
    expect(promtoolTest(objective(runs), checks, BY_RUN)).toBe('');
  });

  it('pages of an outage that begins with the morning', () => {
    const runs = [...good(60), ...off(12 * 12), ...bad(7)];
    expect(
      promtoolTest(
        objective(runs),
        [firing('17h25m', 'ticket'), firing('17h35m', 'page', 'ticket')],
        BY_RUN,
      ),
    ).toBe('');
  });

  it('says in words what is lost, where, and what is left', () => {
    const labels = { tenant: 'north', workflow: 'orders', cluster: 'blue', database_host: 'pg-3' };
    const summary = 'orders at north uses up its error budget too fast';
    const runbook_url = 'deploy/alerting/runbooks/budget.md';
    const said = (burn: string, over: string): string =>
      `orders at north fails or is too slow so often that its error budget goes ${burn} times as fast as the ` +
      `objective allows, measured over ${over}. 62% of the budget is left.`;
    const owner = 'erp-support';
    const says = [
      {
        labels: { ...labels, severity: 'page', owner },
        annotations: {
          summary,
          runbook_url,
          description: said('250', 'the last hour or the last six hours'),
        },
      },
      {
        labels: { ...labels, severity: 'ticket', owner },
        annotations: {
          summary,
          runbook_url,
          description: said('111.1', 'the last day or the last three days'),
        },
      },
    ];
    const series = objective([...good(24), ...bad(3)]);
    expect(promtoolTest(series, [{ at: '2h15m', alert: BURN, says }], BY_RUN)).toBe('');
  });
});

describe('little error budget left', () => {
  const ALERT = 'OrderwatchBudgetLow';
  const left = (ratio: number): Series => ({
    [infoOf('north')]: steady(1, 40),
    'orderwatch_objective_budget_left_ratio{tenant="north",workflow="orders"}': steady(ratio, 40),
  });
  const labels = {
    tenant: 'north',
    workflow: 'orders',
    cluster: 'blue',
    database_host: 'pg-3',
    severity: 'ticket',
    owner: 'erp-support',
  };
  const words = (description: string) => ({
    at: '20m',
    alert: ALERT,
    says: [
      {
        labels,
        annotations: {
          summary: 'Little is left of the error budget of orders at north',
          description: `Of the time that orders at north may fail or be too slow ${description}.`,
          runbook_url: 'deploy/alerting/runbooks/budget.md',
        },
      },
    ],
  });

  it('makes a ticket below a tenth, not at once', () => {
    const early = { at: '14m', alert: ALERT, firing: [] };
    expect(promtoolTest(left(0.099), [early, words('only 9.9% is left')])).toBe('');
    expect(promtoolTest(left(-0.5), [words('nothing is left')])).toBe('');
  });

  it('is quiet at a tenth', () => {
    expect(promtoolTest(left(0.1), [{ at: '30m', alert: ALERT, firing: [] }])).toBe('');
  });
});
