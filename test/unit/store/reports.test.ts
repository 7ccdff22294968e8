import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accountedSlot } from '../../../src/domain/ledger.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import { slotOf } from '../../../src/domain/slot.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { Ledger } from '../../../src/store/ledger.ts';
import { Keys } from '../../../src/store/redis.ts';
import { Reports } from '../../../src/store/reports.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { ownRedis } from '../../support/unit/redis.ts';
import { reportOf } from '../../support/unit/reports.ts';

const keys = new Keys('test');
const NOON_MS = Date.UTC(2099, 6, 1, 12);

/** Of a planned slot, n seconds after noon. */
function planned(n: number, change: Partial<RunReport> = {}): RunReport {
  const slot = slotOf(NOON_MS + n * 1_000);
  const runId = `SYN~north~order-confirmation~rpc~${slot}`;
  const finishedAt = new Date(NOON_MS + n * 1_000 + 500).toISOString();
  return reportOf({ slot, runId, finishedAt, ...change });
}

const server = ownRedis();
const { redis } = server;

function setUp() {
  const root = temporaryFolder();
  const spool = join(root, 'spool');
  mkdirSync(spool);
  const reports = new Reports(redis, keys, new FolderRecords(root));
  const spooled = (): string[] => readdirSync(spool).toSorted();
  const all = async (): Promise<(string | undefined)[]> =>
    (await reports.read('eu', '0', 100)).map(({ report }) => report?.runId);
  const account = async (report: RunReport): Promise<unknown> => {
    const slot = accountedSlot(report);
    const found = await new Ledger(redis, keys).accounts(slot === undefined ? [] : [slot]);
    return [...found.values()][0];
  };
  return { spool, reports, spooled, all, account };
}

describe('a report', () => {
  it('is in its stream, whole, with the account of its slot', async () => {
    const { reports, account } = setUp();
    const report = planned(1, { outcome: { kind: 'skipped', reason: 'no consent' } });
    expect(await reports.deliver(report, 'eu')).toBe('delivered');
    expect(await reports.read('eu', '0', 10)).toMatchObject([{ report }]);
    expect(await reports.read('us', '0', 10)).toEqual([]);
    expect(await account(report)).toEqual({ kind: 'skipped', reason: 'no consent' });
  });

  it('delivered twice is there once', async () => {
    const { reports, all } = setUp();
    for (let n = 0; n < 3; n += 1) await reports.deliver(planned(1), 'eu');
    await Promise.all([1, 2, 2, 2].map((n) => reports.deliver(planned(n), 'eu')));
    expect(await all()).toEqual([planned(1).runId, planned(2).runId]);
  });

  it('that comes after its slot was given up is in the stream, and the slot stays missed', async () => {
    const { reports, all, account } = setUp();
    const missed = { kind: 'missed', reason: 'killed' } as const;
    const slot = { ...planned(1), slotMs: NOON_MS + 1_000 } as unknown;
    await new Ledger(redis, keys).account(slot as Parameters<Ledger['account']>[0], missed);
    await reports.deliver(planned(1), 'eu');
    expect(await account(planned(1))).toEqual(missed);
    expect(await all()).toHaveLength(1);
  });

  it('of a run nobody planned has no account', async () => {
    const { reports, all } = setUp();
    await reports.deliver(reportOf({ slot: '20990701T120000007Z-42' }), 'eu');
    expect(await all()).toEqual([reportOf().runId]);
    expect((await redis.keys('*ledger*')).length).toBe(0);
  });
});

describe('a stream', () => {
  it('is read on from where one was, in parts', async () => {
    const { reports } = setUp();
    for (let n = 0; n < 5; n += 1) await reports.deliver(planned(n), 'eu');
    const first = await reports.read('eu', '0', 3);
    const rest = await reports.read('eu', first[2]!.id, 3);
    expect([...first, ...rest].map(({ report }) => report?.runId)).toEqual(
      [0, 1, 2, 3, 4].map((n) => planned(n).runId),
    );
    expect(await reports.read('eu', rest[1]!.id, 3)).toEqual([]);
  });

  it('goes on behind what nobody can read', async () => {
    const { reports, all } = setUp();
    const stream = keys.of('reports', 'eu');
    await redis.xadd(stream, '*', 'report', '{"half":');
    await redis.xadd(stream, '*', 'report', '{"v":99}');
    await redis.xadd(stream, '*', 'other', 'x');
    await reports.deliver(planned(1), 'eu');
    expect(await all()).toEqual([undefined, undefined, undefined, planned(1).runId]);
  });

  it('forgets what is older than a day', async () => {
    const { reports, all } = setUp();
    const yesterdayMs = Date.now() - 25 * 3_600_000;
    const stream = keys.of('reports', 'eu');
    for (let n = 0; n < 300; n += 1)
      await redis.xadd(stream, `${yesterdayMs}-${n}`, 'report', '{}');
    await reports.deliver(planned(1), 'eu');
    // Redis drops whole blocks of a hundred.
    expect((await all()).length).toBeLessThan(110);
    expect((await all()).at(-1)).toBe(planned(1).runId);
  });
});

describe('while Redis is away', () => {
  it('reports wait on disk, and are delivered in order when it is back', async () => {
    const { reports, spooled, all, account } = setUp();
    await reports.deliver(planned(0), 'eu');
    await server.kill();
    for (const n of [3, 1, 2, 1]) expect(await reports.deliver(planned(n), 'eu')).toBe('kept');
    expect(spooled()).toHaveLength(3);
    expect(await reports.waiting()).toBe(3);
    await expect(reports.flush()).rejects.toMatchObject({ failure: { code: 'state.unusable' } });
    expect(spooled()).toHaveLength(3);
    await server.start();
    expect(await reports.flush()).toBe(3);
    expect(spooled()).toEqual([]);
    expect(await all()).toEqual([0, 1, 2, 3].map((n) => planned(n).runId));
    expect(await account(planned(3))).toMatchObject({ kind: 'passed' });
    expect(await reports.flush()).toBe(0);
  });

  it('a report whose answer was lost is not there twice after the flush', async () => {
    const { reports, spooled, all } = setUp();
    await reports.deliver(planned(1), 'eu');
    server.freeze();
    const kept = reports.deliver(planned(2), 'eu');
    expect(await kept).toBe('kept');
    server.thaw();
    expect(await reports.flush()).toBe(1);
    expect(spooled()).toEqual([]);
    expect(await all()).toEqual([planned(1).runId, planned(2).runId]);
  });

  it('a disk that fails too is our own failure', async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'spool'), '');
    const reports = new Reports(redis, keys, new FolderRecords(root));
    await server.kill();
    await expect(reports.deliver(planned(1), 'eu')).rejects.toThrow(/^state folder: /);
    await server.start();
  });
});

describe('the spool', () => {
  it('leaves what nobody can read, and delivers the others', async () => {
    const { spool, reports, spooled, all } = setUp();
    const good = { v: 1, partition: 'eu', report: planned(1) };
    writeFileSync(join(spool, 'b.json'), JSON.stringify(good));
    writeFileSync(join(spool, 'a.json'), '{"half":');
    writeFileSync(join(spool, 'c.json'), JSON.stringify({ ...good, v: 2 }));
    writeFileSync(join(spool, 'd.json'), JSON.stringify({ ...good, report: {} }));
    expect(await reports.flush()).toBe(1);
    expect(await all()).toEqual([planned(1).runId]);
    expect(spooled()).toEqual(['a.json', 'c.json', 'd.json']);
  });

  it('flushed by two at once is delivered once', async () => {
    const { spool, reports, all } = setUp();
    for (let n = 0; n < 5; n += 1) {
      const entry = { v: 1, partition: 'eu', report: planned(n) };
      writeFileSync(join(spool, `${n}.json`), JSON.stringify(entry));
    }
    await Promise.all([reports.flush(), reports.flush()]);
    expect(await all()).toEqual([0, 1, 2, 3, 4].map((n) => planned(n).runId));
  });
});
