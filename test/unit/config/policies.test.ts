import { describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../../../src/config/load.ts';
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts';
import { CATALOGUE, configFile, tenantYaml } from '../../support/unit/config.ts';

const policies = (yaml?: string): Config['policies'] => {
  const fleet = yaml === undefined ? '' : `policies:\n${yaml}`;
  return loadConfig(configFile(tenantYaml(), fleet), CATALOGUE, {}).policies;
};

describe('policies', () => {
  it('are the default one where none is written', () => {
    expect([...policies()]).toEqual([['default', DEFAULT_POLICY]]);
  });

  it('that say nothing are the default apart from their name', () => {
    const found = policies('  release: {}\n  other: { coverage: {} }');
    expect([...found.keys()]).toEqual(['default', 'release', 'other']);
    expect(found.get('release')).toEqual({ ...DEFAULT_POLICY, name: 'release' });
    expect(found.get('other')).toEqual({ ...DEFAULT_POLICY, name: 'other' });
  });

  it('that are named default replace it', () => {
    const found = policies('  default: { runs: 7, rollback: [] }');
    expect([...found]).toEqual([['default', { ...DEFAULT_POLICY, runs: 7, rollback: [] }]]);
  });

  it('say all that can be said', () => {
    const found = policies(`  release:
    rollback:
      - { on: failure, scenarios: [order-confirmation], steps: [confirm order], level: advisory }
      - { on: lost-capability }
    coverage: { percent: 95, scenarios: [login] }
    requireLatency: true
    worseBy: 15.5
    runs: 1`);
    expect(found.get('release')).toEqual({
      name: 'release',
      rollback: [
        {
          on: 'failure',
          scenarios: ['order-confirmation'],
          steps: ['confirm order'],
          level: 'advisory',
        },
        { on: 'lost-capability', level: 'blocking' },
      ],
      coverage: { ratio: 0.95, scenarios: ['login'] },
      requireLatency: true,
      worseBy: 1.155,
      runs: 1,
    });
  });

  it('may name part of the coverage, and steps of whatever scenario', () => {
    const found = policies(`  release:
    rollback: [{ on: slower, steps: [sign in, confirm order] }]
    coverage: { percent: 50 }`);
    expect(found.get('release')?.coverage).toEqual({ ratio: 0.5, scenarios: [] });
    expect(found.get('release')?.rollback[0]?.steps).toEqual(['sign in', 'confirm order']);
  });
});
