import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseGate, type GateOptions, softDeadline } from '../../../src/cli/gate-choice.ts';
import { UsageError } from '../../../src/cli/options.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { tenantId } from '../../../src/domain/ids.ts';
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts';
import type { Orderwatch } from '../../../src/wire/compose.ts';
import { CATALOGUE, configFile, tenantYaml } from '../../support/unit/config.ts';
import { scenarioOf, tenantOf } from '../../support/unit/engine.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { orderOf } from '../../support/unit/gate-orders.ts';
import { reportOf } from '../../support/unit/reports.ts';

const folder = temporaryFolder();
const north = tenantOf();
const south = tenantOf({ id: tenantId('south') });
const strict = { ...DEFAULT_POLICY, name: 'strict', runs: 7 };
const scenarios = new Map(
  ['login', 'order-confirmation'].map((id) => [id, scenarioOf({ id })] as const),
);

function orderwatchOf(tenants = [north, south]): Orderwatch {
  const { config } = { config: loadConfig(configFile(tenantYaml()), CATALOGUE, {}) };
  const policies = new Map([DEFAULT_POLICY, strict].map((one) => [one.name, one] as const));
  return { config: { ...config, tenants, policies }, scenarios } as unknown as Orderwatch;
}

const choose = (change: Partial<GateOptions> = {}, tenants = [north, south]) =>
  chooseGate(
    {
      ...{ policy: 'default', timeout: 600_000, waitReady: 180_000, against: 'state' },
      ...{ state: '.orderwatch', ...change },
    },
    orderwatchOf(tenants),
  );

async function refusalOf(...args: Parameters<typeof choose>): Promise<string> {
  const thrown: unknown = await choose(...args).catch((error: unknown) => error);
  if (!(thrown instanceof UsageError)) throw new Error('it was not refused');
  return thrown.message;
}

describe('what a gate is asked to do', () => {
  it('is everything in all tenants by default, what is critical first', async () => {
    const { wanted, named, runs, release, policy, waitReadyMs } = await choose();
    expect(wanted.map(({ tenant, scenario }) => `${tenant.id} ${scenario.id}`)).toEqual([
      'north order-confirmation',
      'south order-confirmation',
      'north login',
      'south login',
    ]);
    expect({ named, runs, release, policy, waitReadyMs }).toEqual({
      named: [],
      runs: 3,
      release: undefined,
      policy: DEFAULT_POLICY,
      waitReadyMs: 180_000,
    });
  });

  it('is as many runs as its policy says, unless somebody says otherwise', async () => {
    expect(await choose({ policy: 'strict' })).toMatchObject({ policy: strict, runs: 7 });
    expect(await choose({ policy: 'strict', runs: 2 })).toMatchObject({ runs: 2 });
    expect(await refusalOf({ policy: 'lax' })).toBe('no policy "lax"; there are: default, strict');
  });

  it('remembers which scenarios were named', async () => {
    const { named, wanted } = await choose({ scenario: ['login'], tenant: ['south'] });
    expect(named).toEqual(['login']);
    expect(wanted).toHaveLength(1);
  });

  it('knows what went out: a version, and perhaps a commit', async () => {
    expect((await choose({ version: '2' })).release).toEqual({ version: '2' });
    expect((await choose({ version: '2', commit: 'c0ffee' })).release).toEqual({
      version: '2',
      commit: 'c0ffee',
    });
    expect(await refusalOf({ commit: 'c0ffee' })).toContain(
      '--commit says nothing without --version',
    );
  });
});

describe('what a gate is compared with', () => {
  it('is another tenant, which is then not gated itself', async () => {
    const { control, against, wanted } = await choose({ against: 'tenant:south' });
    expect(control).toBe(south);
    expect(against).toBe('tenant:south');
    expect(new Set(wanted.map(({ tenant }) => tenant.id))).toEqual(new Set(['north']));
  });

  it('is not the tenant itself, named or as the only one', async () => {
    const itself = 'south cannot be compared with itself; name another tenant';
    expect(await refusalOf({ against: 'tenant:south', tenant: ['south'] })).toBe(itself);
    expect(await refusalOf({ against: 'tenant:south', tenant: ['north', 'south'] })).toBe(itself);
    expect(await refusalOf({ against: 'tenant:south' }, [south])).toBe(itself);
  });

  it('is a file of reports', async () => {
    const file = join(folder, 'before.json');
    writeFileSync(file, JSON.stringify({ runs: [reportOf()] }));
    const choice = await choose({ against: `file:${file}` });
    expect(choice).toMatchObject({ against: `file:${file}`, reports: [reportOf()] });
    expect(choice).not.toHaveProperty('control');
    expect(await refusalOf({ against: 'file:nowhere.json' })).toContain('nowhere.json');
  });

  it.each(['', 'yesterday', 'tenant:', 'file:', 'state:x'])('is not %j', async (against) => {
    expect(await refusalOf({ against })).toBe(
      `--against ${against}: write state, tenant:ID or file:PATH`,
    );
  });

  it('is no tenant that there is not', async () => {
    expect(await refusalOf({ against: 'tenant:west' })).toContain('no tenant "west"');
  });
});

describe('the soft deadline', () => {
  const limits = { ...north.limits, compensationMs: 60_000 };
  const slow = tenantOf({ id: tenantId('slow'), limits });
  const wanted = (...tenants: readonly (typeof north)[]) =>
    orderOf(tenants.map((tenant) => ({ tenant, scenario: scenarioOf(), transport: 'rpc' })));

  it('leaves time to undo, in whichever tenant takes longest', () => {
    const timeout = 600_000;
    expect(softDeadline({ timeout }, wanted(north))).toBe(565_000);
    expect(softDeadline({ timeout }, wanted(north, slow))).toBe(535_000);
    expect(softDeadline({ timeout }, { ...wanted(north), control: slow })).toBe(535_000);
  });

  it('is refused where it leaves no time to play', () => {
    expect(softDeadline({ timeout: 35_001 }, wanted(north))).toBe(1);
    expect(() => softDeadline({ timeout: 35_000 }, wanted(north))).toThrow(UsageError);
    expect(() => softDeadline({ timeout: 35_000 }, wanted(north))).toThrow(
      '--timeout leaves no time to play: cleaning up may take 35.0 s of it',
    );
  });

  it('is a time also when there is nothing to play', () => {
    expect(softDeadline({ timeout: 600_000 }, wanted())).toBeLessThanOrEqual(600_000);
  });
});
