import { execFileSync } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labPaths, startPostgres, stopPostgres } from '../../deploy/lab/faults.ts';
import type { RunReport } from '../../src/domain/report.ts';
import { runAll, wantedRuns } from '../../src/tasks/run.ts';
import { compose } from '../../src/wire/compose.ts';
import { type ConfigChange, tenantUrl } from '../support/lab.ts';
import { unmarkedOrders } from '../support/orders.ts';
import { type Process, processesUnder } from '../support/processes.ts';
import { cutProxy } from '../support/proxy.ts';
import { stage } from '../support/runs.ts';
import { ownTemp } from '../support/temp.ts';

const LIMITS = { run: '30s', compensation: '10s', call: '8s', sweepGrace: '1s' };

const inBrowser = (url = tenantUrl('north')): ConfigChange => ({
  tenants: ['north'],
  tenant: () => ({ transports: ['browser'], url }),
  limits: LIMITS,
});

afterAll(async () => {
  const { command } = await stage();
  expect((await command('residue', '--now')).stdout).toBe(
    'north: residue none\nsouth: residue none\n',
  );
});

describe('one browser for many runs', () => {
  // Each test ends with a run that passed, which is what the next one begins with.
  let worker: Worker;
  beforeAll(async () => {
    worker = await inThisProcess();
  });
  afterAll(async () => {
    await worker[Symbol.asyncDispose]();
  });

  it('signs in once, and anew when Odoo has forgotten every session', async () => {
    expect((await worker.play()).outcome.kind).toBe('passed');
    expect((await worker.play()).outcome.kind).toBe('passed');
    expect(worker.webLogins()).toBe(1);
    await forgetSessions();
    expect((await worker.play()).outcome).toEqual({ kind: 'passed' });
    expect(worker.webLogins()).toBe(2);
  });

  it('blames the tenant while its database is gone, and passes when it is back', async () => {
    await stopPostgres();
    const during = await worker.play().finally(startPostgres);
    expect(during.outcome).toMatchObject({ kind: 'failed', failure: { blame: 'target' } });
    const again = async (): Promise<string> => (await worker.play()).outcome.kind;
    await expect.poll(again, { timeout: 60_000 }).toBe('passed');
  });

  it('starts another one when it is gone, and leaves no zombie', async () => {
    for (const { pid } of browsers()) kill(pid);
    await expect.poll(() => chromium()).toEqual([]);
    expect((await worker.play()).outcome.kind).toBe('passed');
    // A renderer that ended is one for a second or two, until its zygote has been told to ask how it ended.
    const zombies = () => chromium().filter(({ state }) => state === 'Z');
    await expect.poll(zombies, { timeout: 10_000 }).toEqual([]);
    expect(browsers()).toHaveLength(1);
  });
});

describe('what goes wrong in the browser is ours', () => {
  it.each([
    ['the tab', 'renderer'],
    ['the browser', undefined],
  ] as const)('%s dies while an order is typed', async (_, type) => {
    const before = await unmarkedOrders();
    await using worker = await inThisProcess();
    const playing = worker.play();
    // The second onchange comes when the mark and the customer are typed and nothing is saved yet.
    await expect.poll(() => worker.pageCalls('/onchange'), { timeout: 30_000 }).toBeGreaterThan(1);
    for (const { pid } of chromium().filter((one) => one.type === type)) kill(pid);
    const report = await playing;
    expect(report.outcome, JSON.stringify(report.outcome)).toMatchObject({
      kind: 'inconclusive',
      failure: { code: 'browser.crashed', blame: 'fleet', step: 'create quotation' },
    });
    // Nobody saw how the page ended, so the sweep looks again.
    expect(report.compensation.kind).toBe('pending');
    expect(await unmarkedOrders()).toEqual(before);
  });

  it('a full disk', async () => {
    const temp = await ownTemp();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=1', 'tmpfs', temp.folder]);
    try {
      const { run } = await stage(inBrowser());
      const { code, reports } = await run([], { env: temp.env });
      expect(code).toBe(4);
      expect(reports[0]?.outcome).toMatchObject({
        kind: 'inconclusive',
        failure: {
          code: 'browser.unusable',
          blame: 'fleet',
          message: expect.stringMatching(/^Chromium does not start .*ENOSPC/) as string,
        },
      });
    } finally {
      execFileSync('umount', ['--lazy', temp.folder]);
      await temp.remove();
    }
  });
});

interface Worker extends AsyncDisposable {
  /** One order confirmation in the browser of this process. */
  readonly play: () => Promise<RunReport>;
  /** How often a session was asked for, beside the login page. */
  readonly webLogins: () => number;
  /** How often the page has called something whose path holds this text. */
  readonly pageCalls: (text: string) => number;
}

async function inThisProcess(): Promise<Worker> {
  const proxy = await cutProxy(tenantUrl('north'));
  const { file, state } = await stage(inBrowser(proxy.url));
  const { config, scenarios, engine, close } = await compose({
    configFile: file,
    stateFolder: state,
  });
  const scenario = scenarios.get('order-confirmation');
  const chosen = scenario === undefined ? [] : [scenario];
  const wanted = wantedRuns({ tenants: config.tenants, scenarios: chosen, repeat: 1 });
  const count = (text: string): number => proxy.paths.filter((path) => path.includes(text)).length;
  return {
    play: async () => {
      const reports = runAll(wanted, engine, new AbortController().signal);
      for await (const report of reports) return report;
      throw new Error('no run was played');
    },
    webLogins: () => count('/web/session/authenticate'),
    pageCalls: count,
    [Symbol.asyncDispose]: async () => {
      await close();
      await proxy.close();
    },
  };
}

const chromium = (): readonly Process[] => processesUnder(process.pid, 'chromium');
const browsers = (): readonly Process[] => chromium().filter(({ type }) => type === undefined);
const kill = (pid: number): void => void process.kill(pid, 'SIGKILL');

/** Every web session of the lab, as an administrator would end them. */
async function forgetSessions(): Promise<void> {
  const folder = join(labPaths().folder, 'odoo', 'sessions');
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
}
