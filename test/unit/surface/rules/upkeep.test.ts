import { describe, expect, it } from 'vitest';
import { infoOf, promtoolTest, steady } from '../../../support/unit/rule-cases.ts';

const place = { tenant: 'north', cluster: 'blue', database_host: 'pg-3' };
const DAY_S = 86_400;

/** One series of a tenant beside what it is, for an hour; the clock of these tests begins at 0. */
const shown = (metric: string, value: number) => ({
  [infoOf('north')]: steady(1, 60),
  [`${metric}{tenant="north"}`]: steady(value, 60),
});

const firing = (alert: string, at: string, ...severities: readonly ('page' | 'ticket')[]) => ({
  at,
  alert,
  firing: severities,
});

describe('what runs left behind', { timeout: 60_000 }, () => {
  const ALERT = 'OrderwatchResidue';
  const METRIC = 'orderwatch_residue_documents';

  it('makes a ticket once the sweep has had 15 minutes', () => {
    const says = [
      {
        labels: { ...place, severity: 'ticket', owner: 'erp-support' },
        annotations: {
          summary: 'Synthetic documents left open at north: 2',
          description:
            'For 15 minutes the sweep has not been able to undo what runs left open at north ' +
            '(synthetic documents: 2). `orderwatch residue` lists them.',
          runbook_url: 'deploy/alerting/runbooks/monitor.md',
        },
      },
    ];
    const checks = [firing(ALERT, '14m'), { at: '15m', alert: ALERT, says }];
    expect(promtoolTest(shown(METRIC, 2), checks)).toBe('');
  });

  it('is quiet when there is nothing', () => {
    expect(promtoolTest(shown(METRIC, 0), [firing(ALERT, '30m')])).toBe('');
  });
});

describe('a certificate', { timeout: 60_000 }, () => {
  const ALERT = 'OrderwatchCertificateExpiry';
  const METRIC = 'orderwatch_certificate_expiry_timestamp_seconds';
  const words = (severity: string, ends: string) => ({
    labels: { ...place, severity, owner: 'platform' },
    annotations: {
      summary: `The certificate of north ${ends}`,
      description: `The certificate that the address of north shows ${ends}. Then nobody gets in.`,
      runbook_url: 'deploy/alerting/runbooks/ingress.md',
    },
  });

  it('makes a ticket within 14 days of its end, and pages within three', () => {
    const soon = 'ends in 13d 23h 40m 0s';
    const ticket = { at: '20m', alert: ALERT, says: [words('ticket', soon)] };
    expect(promtoolTest(shown(METRIC, 14 * DAY_S), [firing(ALERT, '10m'), ticket])).toBe('');
    const now = 'ends in 2d 23h 40m 0s';
    const both = { at: '20m', alert: ALERT, says: [words('page', now), words('ticket', now)] };
    expect(promtoolTest(shown(METRIC, 3 * DAY_S), [both])).toBe('');
    const over = {
      at: '20m',
      alert: ALERT,
      says: ['page', 'ticket'].map((s) => words(s, 'has ended')),
    };
    expect(promtoolTest(shown(METRIC, 0), [over])).toBe('');
  });

  it('is let be before', () => {
    const quiet = [firing(ALERT, '30m'), firing(ALERT, '1h')];
    expect(promtoolTest(shown(METRIC, 14.1 * DAY_S), quiet)).toBe('');
    const noPage = [firing(ALERT, '1h', 'ticket')];
    expect(promtoolTest(shown(METRIC, 3.1 * DAY_S), noPage)).toBe('');
  });
});

describe('an API key', { timeout: 60_000 }, () => {
  const ALERT = 'OrderwatchApiKeyExpiry';
  const METRIC = 'orderwatch_api_key_expiry_timestamp_seconds';

  it('makes a ticket within 14 days of its end', () => {
    const says = [
      {
        labels: { ...place, severity: 'ticket', owner: 'erp-support' },
        annotations: {
          summary: 'An API key of the probe user at north ends in 5d 23h 40m 0s',
          description:
            'An API key of the probe user at north ends in 5d 23h 40m 0s. Then no run can sign in with it.',
          runbook_url: 'deploy/alerting/runbooks/access.md',
        },
      },
    ];
    expect(promtoolTest(shown(METRIC, 6 * DAY_S), [{ at: '20m', alert: ALERT, says }])).toBe('');
  });

  it('is let be before', () => {
    expect(promtoolTest(shown(METRIC, 14.1 * DAY_S), [firing(ALERT, '1h')])).toBe('');
  });
});
