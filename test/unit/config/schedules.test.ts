import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../../../src/config/load.ts';
import { phaseOf, timingText } from '../../../src/domain/schedule.ts';
import { CATALOGUE, configFile, tenantYaml } from '../../support/unit/config.ts';

const load = (tenants: string, fleet: string): Config =>
  loadConfig(configFile(tenants, fleet), CATALOGUE, { REDIS: 'hunter22' });

const both = 'transports: [rpc, browser]';
const full = 'consent: { level: full, by: Ada, until: 2030-12-31 }';
const north = tenantYaml({ transports: both, consent: full });
const south = (change: Readonly<Record<string, string>> = {}): string =>
  tenantYaml({ id: 'id: south', database: 'database: south', ...change });

/** For example `north order-confirmation rpc every 5m`. */
const planOf = ({ schedules }: Config): readonly string[] =>
  schedules.map((one) => `${one.tenant} ${one.scenario} ${one.transport} ${timingText(one)}`);

describe('schedules', () => {
  it('are none where none is written', () => {
    expect(load(north, '').schedules).toEqual([]);
  });

  it('are for every tenant and for all transports that scenario and tenant have in common', () => {
    const config = load(
      `${north}\n${south()}`,
      'schedules: [{ scenarios: [login, order-confirmation], every: 5m }]',
    );
    expect(planOf(config)).toEqual([
      'north login browser every 5m',
      'north order-confirmation rpc every 5m',
      'north order-confirmation browser every 5m',
      'south order-confirmation rpc every 5m',
    ]);
  });

  it('are for the tenants and transports that they name', () => {
    const config = load(
      `${north}\n${south({ transports: both })}`,
      'schedules: [{ scenarios: [order-confirmation], transports: [browser], tenants: [south], every: 5m }]',
    );
    expect(planOf(config)).toEqual(['south order-confirmation browser every 5m']);
  });

  it('of a tenant stand in place of all of the fleet’s, also when they are none', () => {
    const fleet = 'schedules: [{ scenarios: [order-confirmation], every: 5m }]';
    const own = 'schedules: [{ scenarios: [login], cron: "0 8 * * *" }]';
    const config = load(`${north}\n${south({ transports: both, own })}`, fleet);
    expect(planOf(config)).toEqual([
      'north order-confirmation rpc every 5m',
      'north order-confirmation browser every 5m',
      'south login browser 0 8 * * * Europe/Paris',
    ]);
    expect(planOf(load(`${north}\n${south({ own: 'schedules: []' })}`, fleet))).toHaveLength(2);
  });

  it('are kept where consent is missing: their runs are skipped', () => {
    const reader = load(south(), 'schedules: [{ scenarios: [order-confirmation], every: 10s }]');
    expect(reader.schedules).toHaveLength(1);
  });

  it('of intervals have the phase of their tenant, scenario and transport', () => {
    const [schedule] = load(
      south(),
      'schedules: [{ scenarios: [order-confirmation], every: 90s }]',
    ).schedules;
    expect(schedule?.timing).toEqual({
      kind: 'every',
      everyMs: 90_000,
      phaseMs: phaseOf(schedule!, 90_000),
    });
  });

  it('of cron are in their own zone, or in the tenant’s', () => {
    const timing = (zone: string): unknown =>
      load(south(), `schedules: [{ scenarios: [order-confirmation], cron: " 0  8 * * * "${zone} }]`)
        .schedules[0]?.timing;
    const cron = { kind: 'cron', expression: '0 8 * * *' };
    expect(timing('')).toEqual({ ...cron, zone: 'Europe/Paris' });
    expect(timing(', zone: America/Lima')).toEqual({ ...cron, zone: 'America/Lima' });
  });

  it('carry their calendar, in the zone of each tenant', () => {
    const config = load(
      `${north}\n${south({ timeZone: 'timeZone: America/Lima' })}`,
      `calendars:
  office: { days: [mon, fri], from: 08:00, to: 18:00 }
schedules: [{ scenarios: [order-confirmation], transports: [rpc], every: 5m, calendar: office }]`,
    );
    const calendar = {
      name: 'office',
      days: ['mon', 'fri'],
      from: '08:00',
      to: '18:00',
      closed: [],
    };
    expect(config.schedules.map((schedule) => schedule.calendar)).toEqual([
      { ...calendar, zone: 'Europe/Paris' },
      { ...calendar, zone: 'America/Lima' },
    ]);
  });
});

describe('a row budget', () => {
  const budgets = (tenant: string, fleet: string): readonly number[] =>
    load(tenant, fleet).tenants.map(({ rowBudget }) => rowBudget);

  it('is the tenant’s, else the fleet’s, else 20000', () => {
    expect(budgets(south(), '')).toEqual([20_000]);
    expect(budgets(south(), 'rowBudget: 500')).toEqual([500]);
    expect(budgets(south({ budget: 'rowBudget: 0' }), 'rowBudget: 500')).toEqual([0]);
  });

  it('is enough when it is met exactly', () => {
    const fleet = (budget: number): string =>
      `rowBudget: ${budget}\nschedules: [{ scenarios: [order-confirmation], every: 5m }]`;
    const tenant = south({ consent: full });
    expect(load(tenant, fleet(3_456)).schedules).toHaveLength(1);
    expect(() => load(tenant, fleet(3_455))).toThrow('3456 rows per day stay in south');
  });

  it('does not count what consent does not allow', () => {
    const fleet = 'rowBudget: 0\nschedules: [{ scenarios: [order-confirmation], every: 5m }]';
    expect(load(south(), fleet).schedules).toHaveLength(1);
  });
});

describe('faults of schedules', () => {
  const unknown = 'schedules: [{ scenarios: [nothing], every: 5m }]';

  it('are told together with those of other places', () => {
    const fleet = `limits: { run: 1ms }\n${unknown}`;
    expect(() => load(south(), fleet)).toThrow(/a limit is below 1 s.*no scenario "nothing"/s);
  });

  it('are not told while a tenant is wrong: it may be the one that they name', () => {
    expect(() => load(south(), unknown)).toThrow('no scenario "nothing"');
    expect(() => load(south({ tier: 'tier: 1' }), unknown)).toThrow(/^(?!.*no scenario)/s);
  });

  it('do not say twice that two tenants have one id', () => {
    const fleet = 'schedules: [{ scenarios: [order-confirmation], every: 5m }]';
    expect(() => load(`${north}\n${north}`, fleet)).toThrow(/^(?!.*is planned by)/s);
  });
});

describe('Redis', () => {
  it('is none where none is written', () => {
    expect(load(south(), '')).not.toHaveProperty('redis');
  });

  it.each(['redis://h', 'redis://h:6380', 'rediss://user@h.example:6379/2', 'redis://[::1]:6379/'])(
    'is at %s',
    (url) => {
      expect(load(south(), `redis: "${url}"`).redis).toEqual({ kind: 'url', url });
    },
  );

  it('may be a socket, beside the configuration when its path is relative', () => {
    const path = (written: string): unknown => {
      const file = configFile(south(), `redis: "unix:${written}"`);
      return { file, redis: loadConfig(file, CATALOGUE, {}).redis };
    };
    expect(path('/run/redis.sock')).toMatchObject({
      redis: { kind: 'socket', path: '/run/redis.sock' },
    });
    const { file, redis } = path('run/redis.sock') as { file: string; redis: unknown };
    expect(redis).toEqual({ kind: 'socket', path: join(dirname(file), 'run/redis.sock') });
  });

  it('has its password by reference, known to the scrubber once it is read', async () => {
    const { redis, secrets } = load(south(), 'redis: redis://h\nredisPassword: env:REDIS');
    expect(JSON.stringify(redis)).not.toContain('hunter22');
    expect((await redis?.password?.read())?.reveal()).toBe('hunter22');
    expect([...secrets].map((secret) => secret.reveal())).toEqual(['hunter22']);
  });

  it('may be what sentinels watch, each with a password of its own', async () => {
    const written = 'redis: { sentinels: ["redis://fleet@a", "redis://fleet@b:26380"], master: m }';
    const { redis } = load(south(), `${written}\nsentinelPassword: env:REDIS`);
    const sentinels = ['redis://fleet@a', 'redis://fleet@b:26380'];
    expect(redis).toMatchObject({ kind: 'sentinels', sentinels, master: 'm' });
    expect(redis).not.toHaveProperty('password');
    const asked = redis?.kind === 'sentinels' ? await redis.sentinelPassword?.read() : undefined;
    expect(asked?.reveal()).toBe('hunter22');
  });

  it('may be a cluster, with one password for all of its nodes', () => {
    const written = 'redis: { cluster: ["rediss://a", "rediss://b:6380"] }';
    const { redis } = load(south(), `${written}\nredisPassword: env:REDIS`);
    expect(redis).toMatchObject({ kind: 'cluster', cluster: ['rediss://a', 'rediss://b:6380'] });
    expect(redis).toHaveProperty('password');
  });

  it.each([
    'redis://:hunter22@h',
    'redis://user:hunter22@h',
    'redis://h?password=hunter22',
    'redis://:hunter22@',
    'unix',
    'h:6379',
    'redis://h/two',
    'redis://h#1',
    'redis:///1',
  ])('is not at %s, which is not repeated', (url) => {
    expect(() => load(south(), `redis: "${url}"`)).toThrow(/^(?!.*hunter22).*fleet\.redis: /s);
  });
});
