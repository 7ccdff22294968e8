import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  labPaths,
  startIngress,
  startOdoo,
  startPostgres,
  stopIngress,
  stopOdoo,
  stopPostgres,
} from '../../deploy/lab/faults.ts';
import { watchOwn } from '../../src/evidence/own.ts';
import { clockSkewMs } from '../../src/evidence/skew.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { tenantUrl } from '../support/lab.ts';
import { ownTemp } from '../support/temp.ts';
import { inTime, outside, words } from '../support/unit/looks.ts';

const { psql } = labPaths();
const north = async (): Promise<readonly string[]> =>
  words(await outside(tenantUrl('north'), inTime(10_000))).map((one) => one.replace('slow', 'ok'));

const WELL = ['dns ok', 'connect ok', 'health ok', 'database-health ok', 'page ok'];
const well = async (): Promise<void> => {
  await expect.poll(north, { timeout: 60_000 }).toEqual(WELL);
};

describe('a real Odoo, from outside', () => {
  it('is well, and its clock is ours', async () => {
    await well();
    expect(Math.abs((await clockSkewMs(tenantUrl('north'), inTime()))!)).toBeLessThan(2_000);
  });

  it('without its database server', async () => {
    await stopPostgres();
    try {
      expect(await north()).toEqual([
        ...WELL.slice(0, 3),
        'database-health no-database',
        'page no-database',
      ]);
    } finally {
      await startPostgres();
    }
    await well();
  });

  it('without the tenant’s own database', async () => {
    await psql('postgres', 'alter database north allow_connections false');
    try {
      await psql(
        'postgres',
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'north'`,
      );
      expect(await north()).toEqual([...WELL.slice(0, 4), 'page no-database']);
    } finally {
      await psql('postgres', 'alter database north allow_connections true');
    }
    await well();
  });

  it('that is not there behind its proxy', async () => {
    await stopOdoo();
    try {
      expect(await north()).toEqual([
        ...WELL.slice(0, 2),
        'health gateway',
        'database-health gateway',
        'page gateway',
      ]);
    } finally {
      await startOdoo();
    }
    await well();
  });

  it('without its proxy', async () => {
    await stopIngress();
    try {
      expect((await north()).slice(0, 3)).toEqual([
        'dns ok',
        'connect refused',
        'health unreachable',
      ]);
    } finally {
      await startIngress();
    }
    await well();
  });
});

describe('our own disk', () => {
  it.each([
    ['no room', 'size=8m', /^\d MB left in /],
    ['no file more', 'nr_inodes=1', /^no file more in /],
  ])('with %s is full', async (_, option, detail) => {
    const temp = await ownTemp();
    execFileSync('mount', ['-t', 'tmpfs', '-o', option, 'tmpfs', temp.folder]);
    try {
      const folders = [process.cwd(), join(temp.folder, 'state')];
      const looks = await watchOwn({ clock: systemClock, folders }).look();
      const disk = looks.find(({ look }) => look === 'disk');
      expect(disk?.seen).toBe('full');
      expect(disk?.detail).toMatch(detail);
    } finally {
      execFileSync('umount', [temp.folder]);
      await temp.remove();
    }
  });
});
