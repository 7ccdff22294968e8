import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { type OwnTemp, ownTemp } from '../support/temp.ts';

const LENDER = fileURLToPath(new URL('../support/lent-browser.ts', import.meta.url));
const SOON = { timeout: 10_000, interval: 50 };

async function lend(
  temp: OwnTemp,
): Promise<{ readonly child: ChildProcess; readonly pid: number }> {
  const child = spawn(process.execPath, ['--import', 'tsx', LENDER], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...temp.env, HUNTER2: 'a secret of ours' },
  });
  const [said] = (await once(child.stdout, 'data')) as readonly Buffer[];
  return { child, pid: Number(said?.toString()) };
}

const folders = async (temp: OwnTemp): Promise<readonly string[]> =>
  (await temp.entries())
    .filter((name) => /^(?:orderwatch-browser|playwright_chromiumdev_profile)-/.test(name))
    .map((name) => name.replace(/-.*/, ''))
    .sort();

it('a browser, its profile and its scratch do not outlive a process that is killed', async () => {
  const temp = await ownTemp();
  try {
    const { child, pid } = await lend(temp);
    expect(pid).toBeGreaterThan(0);
    expect(await folders(temp)).toEqual(['orderwatch', 'playwright_chromiumdev_profile']);
    const guard = temp
      .processes()
      .find((one) => readFileSync(`/proc/${one}/cmdline`, 'utf8').includes('orderwatch-guard'));
    expect(readFileSync(`/proc/${guard}/environ`, 'utf8')).not.toContain('HUNTER2');
    // It would end when its pipe closes; one that hangs must end too.
    process.kill(pid, 'SIGSTOP');
    child.kill('SIGKILL');
    await expect.poll(() => temp.processes(), SOON).toEqual([]);
    expect(await folders(temp)).toEqual([]);
  } finally {
    await temp.remove();
  }
});

it('nobody guards a browser that ended in peace', async () => {
  const temp = await ownTemp();
  try {
    const { child } = await lend(temp);
    child.stdin?.end();
    const [code] = (await once(child, 'exit')) as readonly unknown[];
    expect(code).toBe(0);
    expect(temp.processes()).toEqual([]);
    expect(await folders(temp)).toEqual([]);
  } finally {
    await temp.remove();
  }
});
