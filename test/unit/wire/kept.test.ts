/** Where what gates need is kept: in the configured Redis, else in the state folder, with no Redis started for it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { tenantId } from '../../../src/domain/ids.ts';
import type { PastRun, Series } from '../../../src/domain/past-run.ts';
import { unscheduledSlot } from '../../../src/domain/slot.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { openKept } from '../../../src/wire/kept.ts';
import { CATALOGUE, configFile, tenantYaml } from '../../support/unit/config.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const { redis, url } = ownRedis();
const configOf = (fleet: string) => loadConfig(configFile(tenantYaml(), fleet), CATALOGUE, {});

const nowMs = systemClock.now();
const north = tenantId('north');
const series: Series = { tenant: north, scenario: 'login', transport: 'browser' };
const run: PastRun = { v: 1, atMs: nowMs, revision: 1, wire: 'xmlrpc', stepsMs: [1] };
const deployment = {
  v: 1,
  id: unscheduledSlot(nowMs, 1),
  atMs: nowMs,
  version: '1',
  source: 'hand',
  tenants: ['north'],
} as const;

type Opened = Awaited<ReturnType<typeof openKept>>;

async function keep({ deployments, pastRuns, close }: Opened): Promise<void> {
  await deployments.record(deployment);
  await pastRuns.append(series, [run]);
  await close();
}

async function expectKept({ deployments, pastRuns, gates, close }: Opened): Promise<void> {
  expect(await deployments.list()).toEqual([deployment]);
  expect(await pastRuns.read(series)).toEqual([run]);
  expect(await gates.list()).toEqual([]);
  await close();
}

describe('what is kept of gates', () => {
  it('is in the state folder where no Redis is configured, and nobody claims there', async () => {
    const folder = temporaryFolder();
    const kept = await openKept(configOf(''), folder);
    expect(kept.claims).toBeUndefined();
    await keep(kept);
    await expectKept(await openKept(configOf(''), folder));
    expect(existsSync(join(folder, 'redis'))).toBe(false);
  });

  it('is in the configured Redis, under the names of the fleet', async () => {
    const config = configOf(`redis: ${url}`);
    const folder = temporaryFolder();
    const kept = await openKept(config, folder);
    await kept.claims?.claim(north, 60_000);
    await keep(kept);
    await expectKept(await openKept(config, temporaryFolder()));
    expect((await redis.keys('*')).toSorted()).toEqual([
      '{orderwatch-test}:claim:north',
      '{orderwatch-test}:past-runs:north:login:browser',
      '{orderwatch-test}:records:deployments',
    ]);
    expect(existsSync(join(folder, 'deployments'))).toBe(false);
  });
});
