import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type OwnOptions, watchOwn } from '../../../src/evidence/own.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';

/** A clock that goes as the test says. */
function ownClock(): OwnOptions['clock'] & { steady: number } {
  const time = { steady: 0 };
  return Object.assign(time, { ...systemClock, monotonic: () => time.steady });
}

describe('our processor time', () => {
  const seen = async (before: string, after: string, ms: number) => {
    const cpuStat = join(temporaryFolder(), 'cpu.stat');
    writeFileSync(cpuStat, before);
    const clock = ownClock();
    const watch = watchOwn({ clock, folders: [], cpuStat });
    await systemClock.sleep(50);
    clock.steady += ms;
    writeFileSync(cpuStat, after);
    return (await watch.look()).find(({ look }) => look === 'cpu');
  };
  const v2 = (ms: number): string =>
    `usage_usec 5\nnr_throttled 3\nthrottled_usec ${ms * 1_000}\nnr_bursts 0\n`;
  const v1 = (ms: number): string => `nr_periods 9\nthrottled_time ${ms * 1_000_000}\n`;

  it.each([
    ['of version 2', [v2(700), v2(1_000)], 1_000, 'throttled'],
    ['of version 1', [v1(700), v1(1_000)], 1_000, 'throttled'],
    ['of a fifth', [v2(700), v2(900)], 1_000, 'ok'],
    ['of next to nothing', [v2(0), v2(90)], 100, 'ok'],
    ['long ago', [v2(900_000), v2(900_000)], 1_000, 'ok'],
  ] as const)('that was held back, %s', async (_, [before, after], ms, word) => {
    expect((await seen(before, after, ms))?.seen).toBe(word);
  });

  it('says how long', async () => {
    expect((await seen(v2(0), v2(300), 1_000))?.detail).toBe('held back for 300 of 1000 ms');
  });

  it('is not told by every kernel', async () => {
    expect(await seen('usage_usec 5\n', 'usage_usec 9\n', 1_000)).toBeUndefined();
    const watch = watchOwn({ clock: systemClock, folders: [], cpuStat: '/nonexistent/cpu.stat' });
    expect((await watch.look()).map(({ look }) => look)).toEqual([]);
  });
});

describe('our disk', () => {
  const disk = async (folders: readonly string[]) => {
    const watch = watchOwn({ clock: systemClock, folders, cpuStat: '/nonexistent/cpu.stat' });
    return (await watch.look()).find(({ look }) => look === 'disk');
  };

  it('has room, also for a folder that is not there yet', async () => {
    const folder = join(temporaryFolder(), 'state', 'later');
    const seen = await disk([folder]);
    expect(seen?.seen).toBe('ok');
    expect(seen?.detail).toMatch(/^\d+ MB left in \/.*[^/]$/);
  });

  it('is not spoken of where nothing is written, or nothing could be', async () => {
    expect(await disk([])).toBeUndefined();
    expect(await disk(['/proc/1'])).toBeUndefined();
  });
});
