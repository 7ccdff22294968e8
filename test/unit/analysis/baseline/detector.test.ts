import { describe, expect, it } from 'vitest';
import { Detector } from '../../../../src/analysis/baseline/detector.ts';
import type { Finding } from '../../../../src/analysis/baseline/say.ts';
import { generator } from '../../../support/random.ts';
import {
  alertsOf,
  DAY,
  HOUR,
  lasting,
  MINUTE,
  MONDAY,
  play,
  type Show,
  tenantLine,
} from '../../../support/unit/probes.ts';

const usual: Show = (_, noise) => lasting(noise);
const within = (t: number, fromMs: number, lengthMs: number): boolean =>
  t >= fromMs && t < fromMs + lengthMs;
const INCIDENT = MONDAY + 18 * DAY + 10 * HOUR;

describe('a step that takes twice as long', () => {
  const slow: Show = (t, noise) => lasting(noise, within(t, INCIDENT, 3 * HOUR) ? 2 : 1);
  const alerts = alertsOf(play(new Detector(), { days: 20, show: () => slow }));

  it('alerts within six probes, and says how much slower', () => {
    expect(alerts[0]!.t - INCIDENT).toBeLessThanOrEqual(30 * MINUTE);
    expect(alerts[0]).toMatchObject({ tenant: 't01', scenario: 'order', kind: 'latency' });
    expect(alerts.some((one) => 'ratio' in one && one.ratio > 1.7 && one.ratio < 2.3)).toBe(true);
  });

  it('is one alert, repeated while it lasts and not for long after', () => {
    const times = alerts.map(({ t }) => t);
    expect(times.every((t, index) => index === 0 || t - times[index - 1]! <= 10 * MINUTE)).toBe(
      true,
    );
    expect(times.at(-1)! - INCIDENT).toBeGreaterThanOrEqual(2.9 * HOUR);
    expect(times.at(-1)! - INCIDENT).toBeLessThan(5.5 * HOUR);
  });
});

describe('failures', () => {
  it('alert on the first day already, while latency is still learned', () => {
    const from = MONDAY + 5 * HOUR;
    const failing: Show = (t, noise) =>
      within(t, from, HOUR) ? { ok: false, ms: 30_000 } : lasting(noise);
    const findings = play(new Detector(), { days: 1, show: () => failing });
    expect(findings[0]).toMatchObject({ type: 'learning', step: 'confirm' });
    const [first] = alertsOf(findings);
    expect(first).toMatchObject({ kind: 'failures', step: 'confirm' });
    expect(first!.t - from).toBeLessThanOrEqual(15 * MINUTE);
  });

  it('are none of a single run', () => {
    const failing: Show = (t, noise) => (t === INCIDENT ? { ok: false, ms: 1 } : lasting(noise));
    expect(alertsOf(play(new Detector(), { days: 19, show: () => failing }))).toEqual([]);
  });
});

describe('what is missing', () => {
  it('is no incident, nor the end of one', () => {
    const gap: Show = (t, noise) => {
      if (within(t, INCIDENT - 8 * HOUR, 4 * HOUR)) return undefined;
      if (within(t, INCIDENT + 2 * HOUR, 2 * HOUR)) return undefined;
      return lasting(noise, within(t, INCIDENT, 6 * HOUR) ? 2 : 1);
    };
    const alerts = alertsOf(play(new Detector(), { days: 19, show: () => gap }));
    expect(alerts[0]!.t).toBeGreaterThan(INCIDENT);
    const after = alerts.find(({ t }) => t >= INCIDENT + 4 * HOUR);
    expect(after!.t - INCIDENT).toBe(4 * HOUR);
  });
});

describe('a new level', () => {
  it('alerts, is accepted once and said so, and alerts no more', () => {
    const shifted: Show = (t, noise) => lasting(noise, t >= INCIDENT ? 1.6 : 1);
    const findings = play(new Detector(), { days: 28, show: () => shifted });
    const accepted = findings.filter((found) => 'type' in found && found.type === 'accepted');
    expect(accepted).toHaveLength(1);
    expect(accepted[0]!.t - INCIDENT).toBeGreaterThan(2 * DAY);
    const last = alertsOf(findings).at(-1)!.t;
    expect(last - accepted[0]!.t).toBeLessThan(HOUR);
  });
});

describe('a shared cause', () => {
  const tenants = ['t01', 't02', 't03', 't04'];
  const slow: Show = (t, noise) => lasting(noise, within(t, INCIDENT, 3 * HOUR) ? 1.7 : 1);
  const alerts = alertsOf(play(new Detector(), { tenants, days: 19, show: () => slow }));

  it('is one alert of the host, which covers the tenants', () => {
    const hosts = alerts.filter((one) => 'host' in one);
    expect(hosts[0]).toMatchObject({ host: 'h1', kind: 'host' });
    expect(hosts.some(({ covers }) => covers.length === 4)).toBe(true);
  });

  it('is not said of the tenants again', () => {
    const first = alerts.find((one) => 'host' in one)!.t;
    const others = alerts.filter((one) => !('host' in one) && one.t !== first);
    expect(others.filter(({ t }) => t > first)).toEqual([]);
    expect(others.length).toBeLessThan(3);
  });

  it('is none when a single tenant of the host is slow', () => {
    const one = play(new Detector(), {
      tenants,
      days: 19,
      show: (tenant) => (tenant === 't02' ? slow : usual),
    });
    expect(alertsOf(one).every((alert) => 'tenant' in alert && alert.tenant === 't02')).toBe(true);
    expect(alertsOf(one).length).toBeGreaterThan(0);
  });
});

describe('a deployment', () => {
  const gateAfter = (factor: number, afterMs = 0) => {
    const detector = new Detector();
    play(detector, { days: 10, show: () => usual });
    detector.deploy({ t: MONDAY + 10 * DAY, tenant: 't01', release: 'r3' });
    const from = MONDAY + 10 * DAY + afterMs;
    const show: Show = (t, noise) => lasting(noise, t >= from ? factor : 1);
    const findings = play(detector, { fromDay: 10, days: 11, show: () => show });
    return findings.filter((found) => 'type' in found && found.type === 'gate');
  };

  it('that makes a step half as slow again is worse, after 24 runs', () => {
    expect(gateAfter(1.5)).toEqual([
      {
        type: 'gate',
        t: MONDAY + 10 * DAY + 24 * 5 * MINUTE,
        tenant: 't01',
        release: 'r3',
        scenario: 'order',
        worse: true,
      },
    ]);
  });

  it('that changes nothing is not', () => {
    expect(gateAfter(1)).toMatchObject([{ worse: false }]);
  });

  it('is not what began most of an hour later', () => {
    expect(gateAfter(1.6, 50 * MINUTE)).toMatchObject([{ worse: false }]);
  });
});

describe('a slowness of all scenarios', () => {
  it('is one alert of the tenant, which covers them', () => {
    const detector = new Detector();
    detector.tenant(tenantLine('t01'));
    const { normal } = generator(5);
    const findings: Finding[] = [];
    for (let t = MONDAY; t < INCIDENT + 3 * HOUR; t += 5 * MINUTE) {
      for (const scenario of ['order', 'picking', 'invoicing', 'login']) {
        const shown = lasting(() => 0.1 * normal(), t >= INCIDENT ? 1.6 : 1);
        const probe = { t, tenant: 't01', scenario, step: 'a', ...shown };
        findings.push(...(detector.probe(probe) ?? []));
      }
    }
    const alerts = alertsOf(findings);
    expect(new Set(alerts.flatMap((one) => ('scenario' in one ? [one.scenario] : []))).size).toBe(
      1,
    );
    expect(alerts[0]!.t - INCIDENT).toBeLessThanOrEqual(30 * MINUTE);
    expect(alerts.at(-1)).toMatchObject({ covers: { length: 3 } });
  });
});

describe('a tenant', () => {
  it('that was never named has no probes', () => {
    const probe = { t: MONDAY, tenant: 'x', scenario: 'a', step: 'b', ok: true, ms: 1 };
    expect(new Detector().probe(probe)).toBeUndefined();
    expect(new Detector().deploy({ t: 1, tenant: 'x', release: 'r' })).toBe(false);
  });

  it('moves to another host with all it has', () => {
    const detector = new Detector();
    play(detector, { tenants: ['t01', 't02'], days: 1, show: () => usual });
    detector.tenant({
      t: MONDAY + DAY,
      tenant: 't02',
      host: 'h2',
      tz: 'UTC',
      intervalMinutes: 5,
      calendar: { holidays: [], windows: [], announced: [] },
    });
    const { hosts } = detector.fleet;
    expect([...hosts].map(([host, { tenants }]) => [host, [...tenants]])).toEqual([
      ['h1', ['t01']],
      ['h2', ['t02']],
    ]);
  });
});
