import { describe, expect, it } from 'vitest';
import { type Config, ConfigError, loadConfig } from '../../../src/config/load.ts';
import { CATALOGUE, configFile, tenantYaml } from '../../support/unit/config.ts';

const load = (file: string, env: NodeJS.ProcessEnv = {}): Config =>
  loadConfig(file, CATALOGUE, env);

describe('a configuration', () => {
  it('has defaults that try nothing dangerous', () => {
    const { tenants } = load(configFile(tenantYaml()));
    expect(tenants[0]).toMatchObject({
      id: 'north',
      url: 'https://north.example',
      tier: '99.9',
      transports: ['rpc'],
      consent: { level: 'read-only' },
      limits: { runMs: 60_000, compensationMs: 60_000, callMs: 45_000, sweepGraceMs: 60_000 },
    });
  });

  it('keeps a consent until the end of its last day', () => {
    const consent = 'consent: { level: full, by: Ada, until: 2026-12-31 }';
    const { tenants } = load(configFile(tenantYaml({ consent })));
    expect(tenants[0]?.consent).toEqual({
      level: 'full',
      by: 'Ada',
      untilMs: Date.UTC(2026, 11, 31, 23, 59, 59, 999),
    });
  });

  it('takes limits from the fleet, and from the tenant where it has its own', () => {
    const file = configFile(
      tenantYaml({ limits: 'limits: { run: 20s }' }),
      'limits: { run: 30s, compensation: 90s, sweepGrace: 5s }',
    );
    expect(load(file).tenants[0]?.limits).toEqual({
      runMs: 20_000,
      compensationMs: 90_000,
      callMs: 20_000,
      sweepGraceMs: 5_000,
    });
  });

  it('writes URLs without their last slashes', () => {
    const { tenants } = load(configFile(tenantYaml({ url: 'url: https://h.example/odoo//' })));
    expect(tenants[0]?.url).toBe('https://h.example/odoo');
  });

  it('takes a tier as a number or as a text', () => {
    for (const tier of ['99.95', '"99.95"']) {
      const { tenants } = load(configFile(tenantYaml({ tier: `tier: ${tier}` })));
      expect(tenants[0]?.tier).toBe('99.95');
    }
  });

  it('fills in what it refers to in the environment', () => {
    const file = configFile(tenantYaml({ url: 'url: "https://${HOST}/${PATH_OF_IT}"' }));
    const { tenants } = load(file, { HOST: 'h.example', PATH_OF_IT: 'odoo' });
    expect(tenants[0]?.url).toBe('https://h.example/odoo');
  });

  it('does not read YAML out of the environment', () => {
    const file = configFile(tenantYaml({ database: 'database: "${DB}"' }));
    const { tenants } = load(file, { DB: 'x, tier: 1 # ${HOME}' });
    expect(tenants[0]?.database).toBe('x, tier: 1 # ${HOME}');
  });

  it('reads no secret: a missing one is for the run to say', async () => {
    const { tenants, secrets } = load(configFile(tenantYaml()), {});
    expect(secrets.size).toBe(0);
    await expect(tenants[0]?.credentials.password.read()).rejects.toThrow(
      'env:PROBE is empty or not set',
    );
  });

  it('knows every secret that was read through it', async () => {
    const { tenants, secrets } = load(configFile(tenantYaml()), { PROBE: 'hunter22' });
    await tenants[0]?.credentials.password.read();
    expect([...secrets].map((secret) => secret.reveal())).toEqual(['hunter22']);
  });

  it('is all or nothing', () => {
    const file = configFile(
      `${tenantYaml()}\n${tenantYaml({ id: 'id: NORTH', database: 'database: b' })}`,
    );
    expect(() => load(file)).toThrow(ConfigError);
  });

  it.each([
    ['a last slash', 'https://north.example/'],
    ['capitals in the host', 'https://North.Example'],
    ['the port that goes without saying', 'https://north.example:443'],
  ])('sees one database behind two spellings of its URL: %s', (_, url) => {
    const file = configFile(
      `${tenantYaml()}\n${tenantYaml({ id: 'id: south', url: `url: ${url}` })}`,
    );
    expect(() => load(file)).toThrow('is taken by');
  });

  it('never prints a password that somebody wrote into it', () => {
    const bad = [
      { credentials: 'credentials: { login: probe, password: hunter22 }' },
      { url: 'url: https://probe:hunter22@north.example' },
    ];
    for (const change of bad) {
      expect(() => load(configFile(tenantYaml(change)))).toThrow(/^(?!.*hunter22)/s);
    }
  });
});
