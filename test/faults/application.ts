/** Faults of Odoo's own processes. */
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { labPaths, odooPid, restartOdoo, startOdoo, stopOdoo } from '../../deploy/lab/faults.ts';
import { admin } from '../support/lab.ts';
import { processesUnder } from '../support/processes.ts';
import { answering } from './answering.ts';
import { asItIs, EXCHANGE, type Fault, ORDER, type Scene } from './fault.ts';
import { atCall } from './on-the-way.ts';

const APPLICATION = { ...ORDER, expected: { blame: 'target', layer: 'application' } } as const;

const SLEEPER = 'fault_sleep';
const WORKERS = 2;
/** Longer than four runs in a row with their compensation: a gate repeats what fails. */
const BUSY_S = 52;
const WARM_MS = 60_000;

export const applicationFaults: readonly Fault[] = [
  {
    ...APPLICATION,
    id: 'workers-busy',
    what: 'every worker is busy with Python code of another tenant',
    brief: true,
    inject: async ({ mendBy }) => {
      const access = await admin('south');
      const [model] = await access.searchRead('ir.model', [['model', '=', 'res.partner']], {});
      const action = await access.create('ir.actions.server', {
        name: 'Fault: sleep',
        model_id: model?.id ?? 0,
        state: 'code',
        code: `time.sleep(${BUSY_S})`,
      });
      mendBy(() => access.write('ir.actions.server', 'unlink', [[action]]));
      const naps = Array.from({ length: WORKERS }, () =>
        access.write('ir.actions.server', 'run', [[action]]),
      );
      const asleep = Promise.all(naps);
      asleep.catch(() => undefined);
      mendBy(() => asleep);
      await sleep(1_000);
      return asItIs;
    },
  },
  {
    ...APPLICATION,
    id: 'python-too-slow',
    what: 'Python code makes the confirmation take longer than a call may',
    inject: async ({ mendBy }) => {
      await restartAsSleeper(mendBy);
      return asItIs;
    },
  },
  {
    ...APPLICATION,
    id: 'worker-killed',
    what: 'the confirmation takes longer than limit_time_real, and Odoo kills its worker',
    // Long enough for whoever loads a tenant for the first time.
    limits: { run: '30s', compensation: '6s', call: '20s', sweepGrace: '1s' },
    inject: async ({ mendBy }) => {
      await restartAsSleeper(mendBy, 'limit_time_real = 8\n');
      return asItIs;
    },
  },
  {
    ...APPLICATION,
    id: 'workers-stopped',
    what: 'every worker freezes when an order is to be confirmed',
    inject: (scene) =>
      atCall(scene, 'sale.order/action_confirm', () => {
        scene.mendBy(() => {
          signal('SIGCONT');
        });
        signal('SIGSTOP');
      }),
  },
  {
    ...APPLICATION,
    id: 'odoo-stopped',
    what: 'Odoo is stopped, the ingress in front of it is not',
    inject: async ({ mendBy }) => {
      mendBy(startOdoo);
      await stopOdoo();
      return asItIs;
    },
  },
  {
    ...EXCHANGE,
    expected: APPLICATION.expected,
    id: 'filestore-full',
    what: 'the disk of Odoo’s filestore is full',
    inject: async ({ tenant, folder, mendBy }) => {
      await fullCopyOver(join(labPaths().folder, 'odoo/filestore', tenant), { folder, mendBy });
      return asItIs;
    },
  },
];

/** Has Odoo sleep for half a minute before it confirms an order over RPC. */
async function restartAsSleeper(mendBy: Scene['mendBy'], more = ''): Promise<void> {
  const source = fileURLToPath(new URL(`../fixtures/odoo/${SLEEPER}`, import.meta.url));
  const copy = join(labPaths().addons, SLEEPER);
  mendBy(() => rm(copy, { recursive: true, force: true }));
  await cp(source, copy, { recursive: true });
  // Odoo runs as another user.
  await execa('chmod', ['-R', 'a+rX', copy]);
  mendBy(startOdoo);
  await restartOdoo(`server_wide_modules = base,rpc,web,${SLEEPER}\n${more}`);
  await answering(Date.now() + WARM_MS);
}

/** To every worker, and to no websocket. */
function signal(name: 'SIGSTOP' | 'SIGCONT'): void {
  const master = odooPid() ?? 0;
  const websockets = new Set(processesUnder(master, 'gevent').map(({ pid }) => pid));
  for (const { pid } of processesUnder(master, 'odoo')) {
    if (!websockets.has(pid)) process.kill(pid, name);
  }
}

/** Lays a copy of a folder over it that lies on a disk of its own without a free block. */
async function fullCopyOver(
  over: string,
  { folder, mendBy }: Pick<Scene, 'folder' | 'mendBy'>,
): Promise<void> {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  const { stdout } = await execa('du', ['-sm', over]);
  const megabytes = Number.parseInt(stdout, 10) + 2;
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk]);
  mendBy(() => execa('umount', ['--lazy', disk]));
  await execa('cp', ['-a', `${over}/.`, disk]);
  // It ends when nothing fits any more.
  await execa('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=4k'], { reject: false });
  await execa('mount', ['--bind', disk, over]);
  mendBy(() => execa('umount', ['--lazy', over]));
}
