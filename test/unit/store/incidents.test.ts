/** Incidents: found by id, listed, and those that matter now without reading all. */
import { describe, expect, it } from 'vitest';
import { FolderRecords } from '../../../src/store/folder.ts';
import { Incidents } from '../../../src/store/incidents.ts';
import { Keys, RedisRecords } from '../../../src/store/redis.ts';
import { FakeClock } from '../../support/unit/clock.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { BEGAN, failing, MINUTE, Played, slowTrouble } from '../../support/unit/incidents.ts';
import { ownRedis } from '../../support/unit/redis.ts';

const server = ownRedis();
const fleet = new Played();
fleet.turn([failing()]);
fleet.after(MINUTE).turn([failing(), slowTrouble({ sinceMs: BEGAN - 40 * MINUTE })]);
const [older, newer] = fleet.open as [Played['open'][0], Played['open'][0]];

const places = {
  folder: () => new FolderRecords(temporaryFolder()),
  Redis: () => new RedisRecords(server.redis, new Keys('incidents')),
};

describe.each(Object.keys(places) as (keyof typeof places)[])('incidents in a %s', (place) => {
  it('are current while they are open and for an hour after, and kept for long', async () => {
    const records = places[place]();
    const clock = new FakeClock(BEGAN + 40 * MINUTE);
    const incidents = new Incidents(records, clock);
    for (const one of [newer, older, older]) await incidents.put(one);
    expect(await incidents.current()).toEqual([older, newer]);
    const over = { ...older, resolvedMs: clock.now() };
    await incidents.put(over);
    expect(await incidents.current()).toEqual([over, newer]);
    clock.jump(61 * MINUTE);
    expect(await incidents.current()).toEqual([newer]);
    expect(await records.names('incidents-current')).toEqual([newer.id]);
    expect(await incidents.list()).toEqual([newer, over]);
    expect(await incidents.get(older.id)).toEqual(over);
    expect(await incidents.get('../incidents')).toBeUndefined();
    clock.jump(401 * 86_400_000);
    await incidents.put({ ...newer, id: '20280101T000000000Z-1' });
    expect(await incidents.current()).toMatchObject([{ id: '20280101T000000000Z-1' }]);
  });
});
