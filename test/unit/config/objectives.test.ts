import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { CATALOGUE, configFile, tenantYaml } from '../../support/unit/config.ts';

const SCHEDULES = `schedules:
  - { scenarios: [order-confirmation], every: 5m }
  - { scenarios: [login], tenants: [north], every: 1h }`;
const BOTH = [
  tenantYaml({
    transports: 'transports: [rpc, browser]',
    consent: 'consent: { level: full, by: Ada, until: 2030-12-31 }',
  }),
  tenantYaml({
    id: 'id: south',
    database: 'database: south',
    tier: 'tier: 99.95',
    consent: 'consent: { level: full, by: Ada, until: 2030-12-31 }',
    businessCalendar: 'businessCalendar: office',
  }),
].join('\n');
const OFFICE = `businessCalendars:
  office:
    country: DE-BY
    days: [mon, sat]
    from: "07:30"
    holidays: [2026-12-24]
    windows: [{ name: peak, from: "08:00", to: "09:15" }]
    closing: { fromBusinessDay: -1, toBusinessDay: 2, from: "09:00", to: "18:00" }`;

const tenantsOf = (fleet: string) => loadConfig(configFile(BOTH, fleet), CATALOGUE, {}).tenants;

describe('objectives', () => {
  it('are what each tenant plays, at its tier, where none is written', () => {
    const [north, south] = tenantsOf(`${SCHEDULES}\n${OFFICE}`);
    expect(north?.objectives).toEqual([
      {
        workflow: 'order-confirmation',
        scenarios: ['order-confirmation'],
        transports: ['rpc', 'browser'],
        target: 0.999,
        hours: 'business',
        level: 'critical',
        windowMs: 30 * 86_400_000,
      },
      expect.objectContaining({ workflow: 'login', transports: ['browser'] }),
    ]);
    expect(south?.objectives).toMatchObject([{ workflow: 'order-confirmation', target: 0.9995 }]);
  });

  it('say what is written of them, and leave out what a tenant does not play', () => {
    const [north, south] = tenantsOf(`${SCHEDULES}\n${OFFICE}
objectives:
  - workflow: desk
    scenarios: [order-confirmation, login]
    latency: 5s
    hours: always
    level: secondary
    target: 99.5
    window: 7d
  - { workflow: clicks, scenarios: [order-confirmation], transports: [browser] }
  - { workflow: early, scenarios: [order-confirmation], hours: peak, tenants: [south] }`);
    expect(north?.objectives).toMatchObject([
      { workflow: 'desk', scenarios: ['order-confirmation', 'login'], latencyMs: 5_000 },
      { workflow: 'clicks', transports: ['browser'], hours: 'business' },
    ]);
    expect(south?.objectives).toMatchObject([
      {
        workflow: 'desk',
        scenarios: ['order-confirmation'],
        transports: ['rpc'],
        target: 0.995,
        hours: 'always',
        level: 'secondary',
        windowMs: 7 * 86_400_000,
      },
      { workflow: 'early', hours: { window: 'peak' } },
    ]);
  });
});

describe('business calendars', () => {
  it('have usual hours and the holidays of the tenant’s country, or what is written', () => {
    const [north, south] = tenantsOf(OFFICE);
    const year = new Date().getUTCFullYear();
    expect(north?.businessCalendar).toMatchObject({ from: 8, to: 18, windows: [], announced: [] });
    expect(north?.businessCalendar.days).toEqual(['mon', 'tue', 'wed', 'thu', 'fri']);
    for (const more of [-1, 0, 1, 2]) {
      expect(north?.businessCalendar.holidays).toContain(`${year + more}-07-14`);
    }
    expect(south?.businessCalendar).toMatchObject({
      days: ['mon', 'sat'],
      from: 7.5,
      to: 18,
      windows: [{ name: 'peak', from: 8, to: 9.25 }],
      closing: { fromBusinessDay: -1, toBusinessDay: 2, from: 9, to: 18 },
    });
    // Epiphany is a holiday of Bavaria and not of all Germany.
    const { holidays = [] } = south?.businessCalendar ?? {};
    expect(holidays).toContain(`${year}-01-06`);
    expect(holidays).toContain('2026-12-24');
    expect(holidays).toEqual([...new Set(holidays)].sort());
  });
});
