import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { requireDist } from '../../support/unit/cli.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';

const HOLDER = fileURLToPath(new URL('../../support/unit/lease-holder.mjs', import.meta.url));

describe('processes that want one tenant', () => {
  it('never hold it together, and every token is higher than the one before', async () => {
    requireDist();
    const root = temporaryFolder();
    const log = join(root, 'log');
    const ended = await Promise.all(
      [1, 2, 3].map(async () => {
        const child = spawn(process.execPath, [HOLDER, root, log, '8'], { stdio: 'inherit' });
        return (await once(child, 'exit')) as [number];
      }),
    );
    expect(ended.map(([code]) => code)).toEqual([0, 0, 0]);
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    const tokens = lines
      .filter((line) => line.startsWith('in'))
      .map((line) => Number(line.slice(3)));
    expect(lines).toEqual(tokens.flatMap((token) => [`in ${token}`, `out ${token}`]));
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
    expect(new Set(tokens).size).toBe(24);
  });
});
