/** Gates and deployments: what is found again, in which order, and what goes. */
import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../../src/domain/deployment.ts';
import type { GateResult } from '../../../src/domain/gate.ts';
import { unscheduledSlot } from '../../../src/domain/slot.ts';
import { Deployments } from '../../../src/store/deployments.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { Gates } from '../../../src/store/gates.ts';
import { Keys, RedisRecords } from '../../../src/store/redis.ts';
import { FakeClock } from '../../support/unit/clock.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { ownRedis } from '../../support/unit/redis.ts';
import { reportOf } from '../../support/unit/reports.ts';

const DAY_MS = 86_400_000;
const server = ownRedis();

function gateAt(atMs: number, counter = 1): GateResult {
  const instant = new Date(atMs).toISOString();
  return {
    v: 1,
    gateId: unscheduledSlot(atMs, counter),
    startedAt: instant,
    finishedAt: instant,
    policy: 'default',
    tenants: ['north'],
    against: 'state',
    verdict: { kind: 'promote', code: 'sound', because: 'all passed' },
    findings: [],
    series: [],
    runs: [],
  };
}

function deploymentAt(atMs: number, counter = 1): Deployment {
  const id = unscheduledSlot(atMs, counter);
  return { v: 1, id, atMs, version: '19.0.1', source: 'hand', tenants: ['north'] };
}

describe('gates', () => {
  it('are found by their ids, and listed newest first', async () => {
    const clock = new FakeClock();
    const gates = new Gates(new RedisRecords(server.redis, new Keys('test')), clock);
    const [older, newer] = [gateAt(clock.now() - 1_000), gateAt(clock.now())];
    await gates.put(newer);
    await gates.put(older);
    expect(await gates.list()).toEqual([newer, older]);
    expect(await gates.get(older.gateId)).toEqual(older);
    expect(await gates.get(unscheduledSlot(clock.now(), 9))).toBeUndefined();
  });

  it('keep of their runs those that explain what was found', async () => {
    const clock = new FakeClock();
    const gates = new Gates(new FolderRecords(temporaryFolder()), clock);
    const runs = ['1', '2', '3'].map((n) => reportOf({ runId: `SYN~north~login~rpc~${n}` }));
    const finding = { code: 'failure', says: 'rollback', because: 'it failed' } as const;
    const shown = runs.slice(1, 2).map(({ runId }) => runId);
    const result = { ...gateAt(clock.now()), runs, findings: [{ ...finding, runs: shown }] };
    await gates.put(result);
    expect(await gates.get(result.gateId)).toEqual({ ...result, runs: runs.slice(1, 2) });
  });

  it('go after 90 days', async () => {
    const clock = new FakeClock();
    const gates = new Gates(new FolderRecords(temporaryFolder()), clock);
    const first = gateAt(clock.now());
    await gates.put(first);
    clock.jump(90 * DAY_MS);
    const second = gateAt(clock.now());
    await gates.put(second);
    expect(await gates.list()).toEqual([second, first]);
    clock.jump(1);
    await gates.put(second);
    expect(await gates.list()).toEqual([second]);
  });

  it('are the newest five hundred', async () => {
    const clock = new FakeClock();
    const records = new RedisRecords(server.redis, new Keys('test'));
    const gates = new Gates(records, clock);
    for (let n = 0; n < 502; n += 1) await gates.put(gateAt(clock.now() - 502 + n));
    const all = await gates.list();
    expect(all.length).toBe(500);
    expect(all.at(-1)).toEqual(gateAt(clock.now() - 500));
  });

  it('that are malformed are left out, and what is no id names no file', async () => {
    const clock = new FakeClock();
    const folder = temporaryFolder();
    const records = new FolderRecords(folder);
    await records.put('secrets', 'x', gateAt(clock.now()));
    await records.put('gates', unscheduledSlot(clock.now(), 1), { v: 9 });
    const gates = new Gates(records, clock);
    expect(await gates.list()).toEqual([]);
    expect(await gates.get(unscheduledSlot(clock.now(), 1))).toBeUndefined();
    expect(await gates.get('../secrets/x')).toBeUndefined();
  });
});

describe('deployments', () => {
  it('are listed newest first for 400 days', async () => {
    const clock = new FakeClock();
    const deployments = new Deployments(new FolderRecords(temporaryFolder()), clock);
    const first = deploymentAt(clock.now());
    await deployments.record(first);
    clock.jump(400 * DAY_MS);
    const second = deploymentAt(clock.now());
    await deployments.record(second);
    expect(await deployments.list()).toEqual([second, first]);
    clock.jump(1);
    const third = deploymentAt(clock.now());
    await deployments.record(third);
    expect(await deployments.list()).toEqual([third, second]);
  });
});
