import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tenantId } from '../../../src/domain/ids.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { FolderLeases } from '../../../src/store/leases.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { contend } from '../../support/unit/leases.ts';

const north = tenantId('north');
const never = new AbortController().signal;

/** Real waiting, but a wall clock that a test can set. */
class SettableClock implements Clock {
  offset = 0;
  readonly now = (): number => systemClock.now() + this.offset;
  readonly monotonic = (): number => systemClock.monotonic();
  readonly after: Clock['after'] = (ms, act) => systemClock.after(ms, act);
  /** Polls come quicker than in life. */
  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    systemClock.sleep(ms / 20, signal);
}

function setUp() {
  const root = temporaryFolder();
  const clock = new SettableClock();
  const other = new FolderLeases(new FolderRecords(root), clock);
  return { root, clock, leases: new FolderLeases(new FolderRecords(root), clock), other };
}

/** A lease file as another process left it. */
function leaveLease(root: string, token: number, change: object): void {
  const folder = join(root, 'leases', 'north');
  mkdirSync(folder, { recursive: true });
  const lease = {
    host: hostname(),
    pid: process.pid,
    untilMs: Date.now() + 60_000,
    released: false,
  };
  writeFileSync(join(folder, `${token}.json`), JSON.stringify({ ...lease, ...change }));
}

const waited = (ms: number): AbortSignal => AbortSignal.timeout(ms);

describe('a lease', () => {
  it('is given at once when nobody holds the tenant', async () => {
    const { leases } = setUp();
    const lease = await leases.acquire(north, 60_000, never);
    expect(lease.token).toBe(1);
    await expect(lease.check()).resolves.toBeUndefined();
  });

  it('is not given while somebody else holds the tenant', async () => {
    const { leases, other } = setUp();
    const held = await leases.acquire(north, 60_000, never);
    await expect(other.acquire(north, 60_000, waited(60))).rejects.toThrow('timeout');
    await expect(held.check()).resolves.toBeUndefined();
  });

  it('is given to the next as soon as it is given back, with a higher token', async () => {
    const { leases, other } = setUp();
    const first = await leases.acquire(north, 60_000, never);
    const next = other.acquire(north, 60_000, never);
    await first.release();
    expect((await next).token).toBe(2);
    await expect(first.check()).rejects.toMatchObject({ failure: { code: 'lease.lost' } });
  });

  it('of one tenant does not keep another tenant waiting', async () => {
    const { leases } = setUp();
    await leases.acquire(north, 60_000, never);
    expect((await leases.acquire(tenantId('south'), 60_000, waited(1_000))).token).toBe(1);
  });

  it('ends by itself when its time is over', async () => {
    const { leases, other, clock } = setUp();
    const first = await leases.acquire(north, 60_000, never);
    clock.offset = 60_500;
    await expect(first.check()).rejects.toMatchObject({
      failure: { code: 'lease.lost', blame: 'fleet' },
    });
    expect((await other.acquire(north, 60_000, waited(1_000))).token).toBe(2);
  });

  it('does not end a moment too early', async () => {
    const { leases, other, clock } = setUp();
    const first = await leases.acquire(north, 60_000, never);
    clock.offset = 59_000;
    await expect(first.check()).resolves.toBeUndefined();
    await expect(other.acquire(north, 60_000, waited(60))).rejects.toThrow('timeout');
  });

  it('of a process that is gone is free at once', async () => {
    const { root, leases } = setUp();
    const { pid } = spawnSync(process.execPath, ['--version']);
    leaveLease(root, 4, { pid });
    expect((await leases.acquire(north, 60_000, waited(1_000))).token).toBe(5);
  });

  it('of a living process on this machine is not free', async () => {
    const { root, leases } = setUp();
    leaveLease(root, 4, { pid: process.ppid });
    await expect(leases.acquire(north, 60_000, waited(60))).rejects.toThrow('timeout');
  });

  it('of another machine is not free, whatever its process number says here', async () => {
    const { root, leases } = setUp();
    const { pid } = spawnSync(process.execPath, ['--version']);
    leaveLease(root, 4, { pid, host: 'elsewhere' });
    await expect(leases.acquire(north, 60_000, waited(60))).rejects.toThrow('timeout');
  });

  it('that says nothing sensible holds nothing, and its number is not used again', async () => {
    const { root, leases } = setUp();
    leaveLease(root, 4, { pid: 'x' });
    expect((await leases.acquire(north, 60_000, waited(1_000))).token).toBe(5);
  });

  it('given back late does not take the tenant from who holds it now', async () => {
    const { leases, other, clock } = setUp();
    const first = await leases.acquire(north, 60_000, never);
    clock.offset = 60_500;
    const second = await other.acquire(north, 60_000, never);
    await first.release();
    await expect(second.check()).resolves.toBeUndefined();
    await expect(leases.acquire(north, 60_000, waited(60))).rejects.toThrow('timeout');
  });

  it('keeps growing tokens and never more than a few files', async () => {
    const { root, leases } = setUp();
    for (let token = 1; token <= 5; token += 1) {
      const lease = await leases.acquire(north, 60_000, never);
      expect(lease.token).toBe(token);
      await lease.release();
    }
    expect(readdirSync(join(root, 'leases', 'north'))).toEqual(['5.json']);
  });

  it('is not given to who was told to stop waiting', async () => {
    const { leases } = setUp();
    const reason = new Error('stop');
    const asked = leases.acquire(north, 60_000, AbortSignal.abort(reason));
    await expect(asked).rejects.toBe(reason);
  });

  it('is not given by a number that was free only because newer leases swept it away', async () => {
    const { root, clock } = setUp();
    leaveLease(root, 1, { released: true });
    const folder = join(root, 'leases', 'north');
    let asked = 0;
    // Two others come and go between our look and our taking, and a third holds the tenant now.
    const slow: Clock = {
      ...systemClock,
      sleep: clock.sleep,
      now: () => {
        asked += 1;
        if (asked === 1) {
          rmSync(join(folder, '1.json'));
          leaveLease(root, 3, {});
        }
        return systemClock.now();
      },
    };
    const late = new FolderLeases(new FolderRecords(root), slow);
    await expect(late.acquire(north, 60_000, waited(100))).rejects.toThrow('timeout');
  });
});

describe('many who want one tenant', () => {
  it('hold it one at a time, each with a token of its own', async () => {
    const { root, clock } = setUp();
    const { most, tokens } = await contend(() =>
      new FolderLeases(new FolderRecords(root), clock).acquire(north, 60_000, never),
    );
    expect(most).toBe(1);
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
    expect(new Set(tokens).size).toBe(12);
  });
});
