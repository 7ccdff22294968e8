/** Reports of runs by hand in the state folder, and how one run of a fleet is found in its stream. */
import { describe, expect, it } from 'vitest';
import type { RunId } from '../../../src/domain/ids.ts';
import { slotOf, unscheduledSlot } from '../../../src/domain/slot.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { KeptReports } from '../../../src/store/kept-reports.ts';
import { Keys } from '../../../src/store/redis.ts';
import { Reports } from '../../../src/store/reports.ts';
import { FakeClock } from '../../support/unit/clock.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { ownRedis } from '../../support/unit/redis.ts';
import { reportOf } from '../../support/unit/reports.ts';

const DAY_MS = 86_400_000;

function byHand(startMs: number) {
  const slot = unscheduledSlot(startMs, 1);
  return reportOf({ slot, runId: `SYN~north~order-confirmation~rpc~${slot}` });
}

describe('of runs by hand', () => {
  it('each is found by its id for a day', async () => {
    const clock = new FakeClock();
    const kept = new KeptReports(new FolderRecords(temporaryFolder()), clock);
    const first = byHand(clock.now());
    await kept.put(first);
    clock.pass(DAY_MS / 2);
    const second = byHand(clock.now());
    await kept.put(second);
    expect(await kept.get(first.runId as RunId)).toEqual(first);
    clock.pass(DAY_MS / 2 + 1);
    const third = byHand(clock.now());
    await kept.put(third);
    expect(await kept.get(first.runId as RunId)).toBeUndefined();
    expect(await kept.get(second.runId as RunId)).toEqual(second);
    expect(await kept.get(third.runId as RunId)).toEqual(third);
  });

  it('what is malformed is as good as not there', async () => {
    const records = new FolderRecords(temporaryFolder());
    await records.put('reports', 'SYN~x', { v: 9 });
    expect(await new KeptReports(records, new FakeClock()).get('SYN~x' as RunId)).toBeUndefined();
  });
});

const server = ownRedis();

describe('of a fleet', () => {
  it('one of hundreds is found in the stream by its id, and none by another', async () => {
    const reports = new Reports(
      server.redis,
      new Keys('test'),
      new FolderRecords(temporaryFolder()),
    );
    const startMs = Date.UTC(2026, 0, 1);
    const all = Array.from({ length: 450 }, (_, n) => {
      const slot = slotOf(startMs + n * 1_000);
      return reportOf({ slot, runId: `SYN~north~order-confirmation~rpc~${slot}` });
    });
    for (const report of all) await reports.deliver(report, 'eu');
    for (const report of [all[0]!, all[449]!]) {
      const place = { runId: report.runId, slot: slotOf(startMs) };
      expect(await reports.find('eu', place)).toEqual(report);
      expect(await reports.find('us', place)).toBeUndefined();
    }
    const other = { runId: 'SYN~north~login~rpc~20260101T000000Z', slot: slotOf(startMs) };
    expect(await reports.find('eu', other)).toBeUndefined();
  });
});
