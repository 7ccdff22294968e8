import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { makeScratch, removeScratch } from '../../../src/browser/scratch.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('lies in the temporary folder, apart from those of others', () => {
  const [one, other] = [makeScratch(), makeScratch()];
  expect(one.startsWith(join(tmpdir(), `orderwatch-browser-${process.pid}-`))).toBe(true);
  expect(other).not.toBe(one);
  for (const folder of [one, other]) removeScratch(folder);
});

it('says that a path is too long, and what to do', () => {
  const long = mkdtempSync(join(tmpdir(), 'a-name-that-is-as-long-as-some-build-systems-like-'));
  vi.stubEnv('TMPDIR', long);
  const most = 62 - '/orderwatch-browser--XXXXXX'.length - String(process.pid).length;
  expect(makeScratch).toThrow(
    `the temporary folder ${long} has too long a path for the sockets of Chromium, at most ${most} bytes: set TMPDIR to a shorter one`,
  );
  rmSync(long, { recursive: true });
});
