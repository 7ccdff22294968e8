// The life of one service, the same for all four: is it running, start it once, stop it for good.
// `up`, `down`, `status` and the faults of the tests all go through here.
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { asFailure, LabFailure } from './failure.ts';
import { end, ownPid, processesIn, signalAll } from './processes.ts';

export interface Service {
  readonly name: string;
  /** Socket or address, for people. */
  readonly where: string;
  /** The lab's data folder and this service's own folder in it. */
  readonly data: string;
  readonly home: string;
  readonly pidFile: string;
  readonly log: string;
  /** How to ask it to stop. */
  readonly stopSignal: NodeJS.Signals;
  /** Files that a crash leaves behind and that would stop the next start. */
  readonly leftovers: readonly string[];
  /** Writes its configuration; true when that differs from what a running process has read. */
  readonly configure: () => Promise<boolean>;
  readonly launch: () => Promise<void>;
  readonly isReady: (withinMs: number) => Promise<boolean>;
}

const ANSWER_MS = 15_000;
const START_MS = 60_000;
const POLITE_MS = 15_000;
const FIRM_MS = 5_000;
const LARGE_LOG_BYTES = 20_000_000;

export const pidOf = (service: Service): number | undefined =>
  ownPid(service.pidFile, service.data);

export async function startService(service: Service): Promise<string> {
  const pid = pidOf(service);
  // Before anything is written: a process without its pid file may still write there as well.
  if (pid === undefined) await stopService(service);
  const changed = await service.configure();
  if (pid !== undefined && !changed && (await service.isReady(ANSWER_MS))) {
    return `already running, pid ${pid}, ${service.where}`;
  }
  if (pid !== undefined) await stopService(service);
  await launch(service);
  return `${reasonFor(pid, changed)}, pid ${pidOf(service) ?? 'unknown'}, ${service.where}`;
}

async function launch(service: Service): Promise<void> {
  for (const file of service.leftovers) rmSync(file, { force: true });
  rotate(service.log);
  try {
    await service.launch();
  } catch (thrown) {
    throw notReady(service, asFailure(thrown).message);
  }
  if (!(await service.isReady(START_MS))) throw notReady(service, `no answer at ${service.where}`);
}

function reasonFor(pid: number | undefined, changed: boolean): string {
  if (pid === undefined) return 'started';
  return changed ? 'restarted for its new configuration' : 'restarted, for it did not answer';
}

export async function stopService(service: Service): Promise<string> {
  const pid = pidOf(service);
  const strays = (): number[] => processesIn(service.home);
  if (pid === undefined && strays().length === 0) return 'was not running';
  // A test may have frozen them, and a frozen process cannot end politely.
  signalAll(strays(), 'SIGCONT');
  if (pid !== undefined) {
    const main = (): number[] => (pidOf(service) === pid ? [pid] : []);
    await end(main, [service.stopSignal], POLITE_MS);
  }
  if (await end(strays, ['SIGTERM', 'SIGKILL'], FIRM_MS)) {
    return pid === undefined ? 'stopped what a crash had left' : `stopped, pid was ${pid}`;
  }
  throw new LabFailure(`${service.name} does not stop: ${strays().join(', ')}`, {
    remedy: 'look at these processes, then run the command again',
    log: service.log,
  });
}

function rotate(log: string): void {
  if (existsSync(log) && statSync(log).size > LARGE_LOG_BYTES) renameSync(log, `${log}.1`);
}

const notReady = (service: Service, why: string): LabFailure =>
  new LabFailure(`${service.name} did not start: ${why}`, {
    log: service.log,
    remedy: 'read the log; if it does not help, `npm run lab -- reset` and `npm run lab -- up`',
  });
