/** Silences that somebody asked for: listed, ended, and gone after 400 days. */
import { describe, expect, it } from 'vitest';
import type { Silence } from '../../../src/domain/silence.ts';
import { unscheduledSlot } from '../../../src/domain/slot.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { Keys, RedisRecords } from '../../../src/store/redis.ts';
import { Silences } from '../../../src/store/silences.ts';
import { FakeClock } from '../../support/unit/clock.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const HOUR_MS = 3_600_000;
const server = ownRedis();

function silenceAt(madeMs: number, { fromMs = madeMs, counter = 1 } = {}): Silence {
  const id = unscheduledSlot(madeMs, counter);
  const span = { fromMs, toMs: fromMs + 2 * HOUR_MS };
  return { v: 1, id, kind: 'silence', tenants: ['north'], ...span, reason: 'known', by: 'hand' };
}

describe.each([
  ['the folder', () => new FolderRecords(temporaryFolder())],
  ['Redis', () => new RedisRecords(server.redis, new Keys('test'))],
])('silences in %s', (_, records) => {
  it('are ended now, and stay known', async () => {
    const clock = new FakeClock();
    const silences = new Silences(records(), clock);
    const [running, coming] = [
      silenceAt(clock.now()),
      silenceAt(clock.now(), { fromMs: clock.now() + 24 * HOUR_MS, counter: 2 }),
    ];
    await silences.add(running);
    await silences.add(coming);
    clock.jump(HOUR_MS);
    const ended = { ...running, toMs: clock.now() };
    expect(await silences.expire(running.id)).toEqual(ended);
    expect(await silences.expire(coming.id)).toEqual({ ...coming, toMs: coming.fromMs });
    clock.jump(HOUR_MS);
    expect(await silences.expire(running.id)).toEqual(ended);
    expect(await silences.list()).toEqual([{ ...coming, toMs: coming.fromMs }, ended]);
  });

  it('that nobody made cannot be ended', async () => {
    const silences = new Silences(records(), new FakeClock());
    expect(await silences.expire(unscheduledSlot(1, 7))).toBeUndefined();
    expect(await silences.expire('../secrets')).toBeUndefined();
  });
});

describe('silences', () => {
  it('go after 400 days', async () => {
    const clock = new FakeClock();
    const silences = new Silences(new FolderRecords(temporaryFolder()), clock);
    await silences.add(silenceAt(clock.now()));
    clock.jump(400 * 24 * HOUR_MS + 1);
    const later = silenceAt(clock.now());
    await silences.add(later);
    expect(await silences.list()).toEqual([later]);
  });
});
