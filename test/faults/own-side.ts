/** Faults of our own side, for which no tenant may be blamed: browser, Redis, disk, processor, clock and credential. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { labPaths } from '../../deploy/lab/faults.ts';
import { apiKey, removeApiKeys } from '../support/keys.ts';
import { processesUnder } from '../support/processes.ts';
import { type Fault, type Injected, ORDER, ORDER_IN_BROWSER, type Scene } from './fault.ts';
import { atCall, through } from './on-the-way.ts';

const OURS = { ...ORDER, expected: { blame: 'fleet' }, playedOnce: true } as const;
const OUR_BROWSER = { ...ORDER_IN_BROWSER, expected: OURS.expected, playedOnce: true } as const;

/** Stopped for longer than a call may take, so that answers are there and nobody reads them in time. */
const STARVED_MS = { stopped: 6_000, running: 300 } as const;

export const ownFaults: readonly Fault[] = [
  {
    ...OUR_BROWSER,
    id: 'browser-missing',
    what: 'our own browser is not installed',
    inject: ({ folder }) =>
      Promise.resolve({ env: { ORDERWATCH_CHROMIUM: join(folder, 'no-chromium') } }),
  },
  {
    ...OUR_BROWSER,
    id: 'browser-crashes',
    what: 'our own browser dies when an order is saved',
    inject: async (scene) => {
      const own = ourProcess();
      const kill = (): void => {
        for (const { pid } of processesUnder(own.pid(), 'chromium')) process.kill(pid, 'SIGKILL');
      };
      const injected = await atCall(scene, 'sale.order/web_save', kill);
      return { ...injected, onStart: own.onStart };
    },
  },
  {
    ...OURS,
    id: 'redis-gone',
    what: 'our own Redis goes when a run has just begun',
    inject: async (scene) => {
      const { socket, kill } = await privateRedis(scene);
      const injected = await atCall(scene, '/xmlrpc/2/common', kill);
      return { ...injected, redis: `unix:${socket}` };
    },
  },
  {
    ...OURS,
    id: 'redis-full',
    what: 'our own Redis has no memory left',
    inject: fullRedis,
  },
  {
    ...OURS,
    id: 'disk-full',
    what: 'the disk of our own state folder is full',
    inject: async ({ folder, mendBy }) => {
      const state = join(folder, 'state');
      await mkdir(state);
      await execa('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', state]);
      mendBy(() => execa('umount', ['--lazy', state]));
      await execa('dd', ['if=/dev/zero', `of=${join(state, 'filler')}`], { reject: false });
      return { state };
    },
  },
  {
    ...OURS,
    id: 'starved',
    what: 'our own process gets next to no time of the processor',
    inject: starve,
  },
  {
    ...OURS,
    id: 'clock-jumps',
    what: 'our own clock jumps an hour ahead when a quotation is to be made',
    inject: async (scene) => {
      const offset = join(scene.folder, 'offset');
      await writeFile(offset, '+0');
      const { stdout: library } = await execa('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD']);
      const injected = await atCall(scene, 'sale.order/create', () => writeFile(offset, '+3600'));
      const env = {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: offset,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      };
      return { ...injected, env };
    },
  },
  {
    ...OURS,
    id: 'credential-expired',
    what: 'our own API key has expired',
    inject: async ({ tenant, mendBy }) => {
      mendBy(() => removeApiKeys(tenant));
      const key = await apiKey(tenant);
      await labPaths().psql(
        tenant,
        "update res_users_apikeys set expiration_date = now() - interval '1 day'",
      );
      return withPassword(key);
    },
  },
  {
    ...OURS,
    id: 'wrong-password',
    what: 'our own password is wrong',
    inject: () => Promise.resolve(withPassword('certainly-not-the-password')),
  },
];

function withPassword(password: string): Injected {
  return {
    tenantChange: {
      credentials: { login: 'orderwatch-probe', password: 'env:ORDERWATCH_FAULT_PASSWORD' },
    },
    env: { ORDERWATCH_FAULT_PASSWORD: password },
  };
}

/** The command that is played, as soon as it runs. */
function ourProcess(): {
  readonly pid: () => number;
  readonly onStart: (child: ChildProcess) => void;
} {
  let pid: number | undefined;
  return {
    pid: () => {
      if (pid === undefined) throw new Error('nothing runs yet');
      return pid;
    },
    onStart: (child) => {
      pid = child.pid;
    },
  };
}

/** Of the kit's own; ended when the fault is mended. */
async function privateRedis(
  { folder, mendBy }: Scene,
  options: readonly string[] = [],
): Promise<{
  readonly socket: string;
  readonly ask: (...words: readonly string[]) => Promise<string>;
  readonly kill: () => Promise<void>;
}> {
  const socket = join(folder, 'redis.sock');
  const own = ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder];
  const server = spawn('redis-server', [...own, ...options], { stdio: 'ignore' });
  const exit = once(server, 'exit');
  const kill = async (): Promise<void> => {
    server.kill('SIGKILL');
    await exit;
  };
  mendBy(kill);
  const ask = async (...words: readonly string[]): Promise<string> =>
    (await execa('redis-cli', ['-s', socket, ...words], { reject: false })).stdout;
  while ((await ask('ping')) !== 'PONG') await sleep(50);
  return { socket, ask, kill };
}

async function fullRedis(scene: Scene): Promise<Injected> {
  const memory = ['--maxmemory', '3mb', '--maxmemory-policy', 'noeviction'];
  const { socket, ask } = await privateRedis(scene, memory);
  const fill = "for i = 1, 4000 do redis.call('set', i, string.rep('x', 1000)) end";
  await ask('eval', fill, '0');
  const said = await ask('set', 'one', 'more');
  if (!said.startsWith('OOM')) throw new Error(`Redis is not full: ${said}`);
  return { redis: `unix:${socket}` };
}

/** From the first request on, so that the command itself starts as ever. */
async function starve(scene: Scene): Promise<Injected> {
  const own = ourProcess();
  const over = new AbortController();
  let turns: Promise<void> | undefined;
  const takeTurns = async (): Promise<void> => {
    while (!over.signal.aborted) {
      if (!signal(own.pid(), 'SIGSTOP')) return;
      await sleep(STARVED_MS.stopped);
      signal(own.pid(), 'SIGCONT');
      await sleep(STARVED_MS.running);
    }
  };
  const before = (): Promise<void> => {
    turns ??= takeTurns();
    return Promise.resolve();
  };
  const injected = await through(scene, { way: { kind: 'through', before } });
  scene.mendBy(async () => {
    over.abort();
    await turns;
  });
  return { ...injected, onStart: own.onStart };
}

/** Whether it still lives. */
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
