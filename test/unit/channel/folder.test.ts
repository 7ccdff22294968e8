/** Files in two folders: there whole or not at all, and what is wrong with the folders is ours. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { appear } from '../../../src/channel/folder.ts';
import { openChannel } from '../../../src/channel/open.ts';
import type { Channel } from '../../../src/engine/ports.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { failureOf, ORDER, options } from '../../support/unit/channel.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';

const root = temporaryFolder();
let places: { readonly in: string; readonly out: string };
let channel: Channel;

beforeEach(() => {
  const folder = mkdtempSync(join(root, 'edi-'));
  places = { in: join(folder, 'in'), out: join(folder, 'out') };
  mkdirSync(places.in);
  mkdirSync(places.out);
  channel = openChannel({ kind: 'folder', ...places }, systemClock);
});

describe('a drop', () => {
  it('puts the file there, and nothing else', async () => {
    await channel.drop('a.edi', ORDER, options);
    expect(readdirSync(places.in)).toEqual(['a.edi']);
    expect(readFileSync(join(places.in, 'a.edi'))).toEqual(ORDER);
  });

  it('is seen whole or not at all, at any moment', async () => {
    const bytes = Buffer.alloc(8_000_000, 'x');
    const dropped = channel.drop('a.edi', bytes, options).then(() => true);
    const sizes = new Set<number>();
    for (
      let done = false;
      !done;
      done = await Promise.race([dropped, systemClock.sleep(1).then(() => false)])
    ) {
      const content = await readFile(join(places.in, 'a.edi')).catch(() => undefined);
      if (content !== undefined) sizes.add(content.length);
      for (const { name } of await channel.list('in', options)) expect(name).toBe('a.edi');
    }
    expect([...sizes].every((size) => size === bytes.length)).toBe(true);
  });

  it('never replaces a file', async () => {
    await channel.drop('a.edi', ORDER, options);
    expect(await failureOf(channel.drop('a.edi', Buffer.from('x'), options))).toMatchObject({
      code: 'channel.exists',
      blame: 'fleet',
    });
    expect(readFileSync(join(places.in, 'a.edi'))).toEqual(ORDER);
    expect(readdirSync(places.in)).toEqual(['a.edi']);
  });

  it('of one name by two at once succeeds for one', async () => {
    const drops = await Promise.allSettled([
      channel.drop('a.edi', ORDER, options),
      openChannel({ kind: 'folder', ...places }, systemClock).drop('a.edi', ORDER, options),
    ]);
    expect(drops.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(readdirSync(places.in)).toEqual(['a.edi']);
  });

  it('that was cut left its draft: the name is taken until it is removed', async () => {
    writeFileSync(join(places.in, '.a.edi.part'), 'half');
    expect(await failureOf(channel.drop('a.edi', ORDER, options))).toMatchObject({
      code: 'channel.exists',
    });
    await channel.remove('in', 'a.edi', options);
    await channel.drop('a.edi', ORDER, options);
    expect(readdirSync(places.in)).toEqual(['a.edi']);
  });

  it('that is stopped leaves nothing behind, also when it was stopped before it began', async () => {
    const stop = new AbortController();
    const cut = failureOf(
      channel.drop('a.edi', Buffer.alloc(30_000_000), { ...options, signal: stop.signal }),
    );
    setTimeout(() => {
      stop.abort(new Error('told to stop'));
    }, 1);
    expect(await cut).toMatchObject({ code: 'run.interrupted', blame: 'fleet', fate: 'not-sent' });
    expect(
      await failureOf(channel.drop('b.edi', ORDER, { ...options, signal: stop.signal })),
    ).toMatchObject({
      code: 'run.interrupted',
    });
    await vi.waitFor(() => {
      expect(readdirSync(places.in)).toEqual([]);
    }, 5_000);
  });

  it('that takes too long is ours: it is our folder', async () => {
    const late = channel.drop('a.edi', Buffer.alloc(30_000_000), { ...options, timeoutMs: 1 });
    expect(await failureOf(late)).toMatchObject({ code: 'channel.timeout', blame: 'fleet' });
  });
});

describe('a draft', () => {
  const noLinks = () => Promise.reject(Object.assign(new Error('no'), { code: 'EPERM' }));

  it('is renamed where there are no second names', async () => {
    const [draft, file] = [join(places.in, '.a'), join(places.in, 'a')];
    writeFileSync(draft, 'x');
    await appear(draft, file, noLinks);
    expect(readdirSync(places.in)).toEqual(['a']);
    writeFileSync(draft, 'y');
    await expect(appear(draft, file, noLinks)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readFileSync(file, 'utf8')).toBe('x');
  });
});

describe('a list', () => {
  it('has files alone, by name, with size and time', async () => {
    for (const name of ['b.edi', 'a.edi', '.draft.part', 'back\\slash']) {
      writeFileSync(join(places.out, name), name);
      utimesSync(join(places.out, name), 1_800_000_000, 1_800_000_000);
    }
    mkdirSync(join(places.out, 'done'));
    symlinkSync('/etc/passwd', join(places.out, 'link'));
    expect(await channel.list('out', options)).toEqual([
      { name: 'a.edi', bytes: 5, modifiedMs: 1_800_000_000_000 },
      { name: 'b.edi', bytes: 5, modifiedMs: 1_800_000_000_000 },
    ]);
  });
});

describe('a fetch', () => {
  it('answers the bytes, also of an empty file', async () => {
    writeFileSync(join(places.out, 'a'), ORDER);
    writeFileSync(join(places.out, 'empty'), '');
    expect(await channel.fetch('a', options)).toEqual(ORDER);
    expect(await channel.fetch('empty', options)).toHaveLength(0);
  });

  it('refuses what is larger than 50 MB', async () => {
    writeFileSync(join(places.out, 'a'), '');
    truncateSync(join(places.out, 'a'), 50 * 1024 * 1024 + 1);
    expect(await failureOf(channel.fetch('a', options))).toMatchObject({
      code: 'channel.too-large',
      blame: 'target',
      layer: 'integration',
    });
  });

  it('follows no link and waits for no pipe', async () => {
    symlinkSync('/etc/passwd', join(places.out, 'link'));
    execFileSync('mkfifo', [join(places.out, 'pipe')]);
    expect(await failureOf(channel.fetch('link', options))).toMatchObject({
      code: 'channel.unusable',
      blame: 'fleet',
    });
    expect(await channel.fetch('pipe', options)).toHaveLength(0);
  });
});

describe('what is not there', () => {
  it('is a failure to fetch, and nothing to remove', async () => {
    expect(await failureOf(channel.fetch('a', options))).toMatchObject({
      code: 'channel.not-found',
      blame: 'fleet',
    });
    await channel.remove('out', 'a', options);
  });

  it('is said of a folder by every operation, and it is ours', async () => {
    rmSync(places.in, { recursive: true });
    rmSync(places.out, { recursive: true });
    const noFolder = { code: 'channel.no-folder', blame: 'fleet' };
    expect(await failureOf(channel.drop('a', ORDER, options))).toMatchObject({
      ...noFolder,
      fate: 'not-sent',
    });
    expect(await failureOf(channel.list('out', options))).toMatchObject(noFolder);
    expect(await failureOf(channel.fetch('a', options))).toMatchObject(noFolder);
    expect(await failureOf(channel.remove('in', 'a', options))).toMatchObject(noFolder);
  });

  it('is said of something that is no folder', async () => {
    rmSync(places.out, { recursive: true });
    writeFileSync(places.out, '');
    expect(await failureOf(channel.list('out', options))).toMatchObject({
      code: 'channel.no-folder',
    });
  });
});
