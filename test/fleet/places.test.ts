/** How many runs a worker plays at once follows the configuration while it runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { noOps } from '../support/no-op.ts';
import { startStandInFleet, writeStandInConfig } from '../support/stand-in-fleet.ts';
import { temporaryFolder } from '../support/unit/folder.ts';
import { ownRedis } from '../support/unit/redis.ts';

const server = ownRedis();
const SOON = { timeout: 30_000, interval: 200 };

it('none is taken without a place, then as many as the configuration read anew says', async () => {
  const folder = temporaryFolder();
  const write = (workers: object): Promise<string> =>
    writeStandInConfig(folder, {
      timing: { every: '10s' },
      tenants: 20,
      url: 'http://127.0.0.1:9',
      fleet: { name: 'places', redis: server.url, workers },
    });
  const file = await write({ rpc: 0, browser: 0 });
  const { fleet, reports, unexpected } = await startStandInFleet(file, `${folder}/state`, noOps);
  const shown = async (): Promise<string> => (await fleet.pages.metrics()).text;
  try {
    expect(await shown()).toContain('orderwatch_worker_places{transport="rpc"} 0\n');
    await sleep(11_000);
    expect(reports.size).toBe(0);
    await write({ rpc: 3 });
    await fleet.reload();
    await expect.poll(() => reports.size, SOON).toBeGreaterThan(20);
    expect(await shown()).toContain('orderwatch_worker_places{transport="rpc"} 3\n');
    expect(await shown()).toContain(
      'orderwatch_worker_runs{transport="browser",state="waiting"} 0\n',
    );
    await write({ rpc: 0 });
    await fleet.reload();
    await sleep(1_000);
    const played = reports.size;
    await sleep(11_000);
    expect(reports.size).toBe(played);
  } finally {
    await fleet.stop(1_000);
  }
  expect(unexpected).toEqual([]);
});
