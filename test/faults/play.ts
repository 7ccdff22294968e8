/**
 * Plays one fault: injects it, has `orderwatch run` as a child process meet it, mends it, waits until both tenants
 * answer again, and sweeps until nothing is left.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunReport } from '../../src/domain/report.ts';
import type { Finding } from '../../src/tasks/doctor/patient.ts';
import { orderwatch } from '../support/cli.ts';
import type { ConfigChange } from '../support/lab.ts';
import { type Stage, stage } from '../support/runs.ts';
import { answering } from './answering.ts';
import type { Fault, Injected } from './fault.ts';

export interface PlayedFault {
  /** Undefined when the command played no run; `said` tells why. */
  readonly report: RunReport | undefined;
  readonly said: string;
  /** Of what `doctor` warns meanwhile, where a warning is expected. */
  readonly warnings: readonly string[];
  /** Empty when nothing is left. */
  readonly residue: string;
}

const LIMITS = { run: '20s', compensation: '4s', call: '5s', sweepGrace: '1s' } as const;
/** Names that the lab's configuration gives to its PostgreSQL, and the kit to the variable with its DSN. */
const DATABASE_HOST = 'lab-pg';
const DSN = 'ORDERWATCH_FAULT_DSN';
/** For the whole command; a run has a time of its own. */
const MOST_MS = 150_000;
const PATIENCE_MS = 90_000;

/** With `dsn`, as a read-only role, whoever diagnoses the run may look into PostgreSQL too. */
export async function playFault(fault: Fault, dsn?: string): Promise<PlayedFault> {
  const good = fault.afterGoodRun === true ? await passed(fault, dsn) : undefined;
  const { result, residue } = await underFault(fault, (injected) =>
    run(fault, { dsn, injected: { ...stateOf(good), ...injected } }),
  );
  if (good !== undefined) await rm(good.folder, { recursive: true, force: true });
  return { ...result, residue };
}

/** Injects, does the work meanwhile, mends, and sweeps what is left; `residue` is empty when nothing is. */
export async function underFault<T>(
  fault: Fault,
  work: (injected: Injected) => Promise<T>,
): Promise<{ readonly result: T; readonly residue: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'orderwatch-fault-'));
  const mends: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  const scene = {
    tenant: fault.tenant,
    folder,
    mendBy: (mend: () => unknown): void => {
      mends.push(mend);
    },
  };
  // Who loses patience leaves no broken lab behind.
  const leave = (): void => {
    void mendAll(mends).finally(() => process.exit(130));
  };
  process.once('SIGINT', leave);
  let result: T;
  try {
    result = await work(await fault.inject(scene));
  } finally {
    await mendAll(mends).finally(() => {
      process.removeListener('SIGINT', leave);
    });
  }
  return { result, residue: await residueAfterwards() };
}

const stateOf = (good: Stage | undefined): Injected =>
  good === undefined ? {} : { state: good.state };

/** All of it, in reverse order, also when something cannot be mended. */
async function mendAll(mends: (() => unknown)[]): Promise<void> {
  const troubles: unknown[] = [];
  for (let mend = mends.pop(); mend !== undefined; mend = mends.pop()) {
    try {
      await mend();
    } catch (error) {
      troubles.push(error);
    }
  }
  if (troubles.length > 0) throw new AggregateError(troubles, troubles.map(String).join('; '));
}

/** What a run passed in, with its state. */
export async function passed(fault: Fault, dsn: string | undefined): Promise<Stage> {
  const good = await stage(changeFor(fault, { dsn, injected: {} }));
  const { reports, stderr } = await good.run(argumentsOf(fault), { env: environment(dsn) });
  if (reports[0]?.outcome.kind === 'passed') return good;
  const why = reports[0] === undefined ? stderr : JSON.stringify(reports[0]);
  throw new Error(`no run passes before ${fault.id}: ${why}`);
}

/** What is different in a run. */
export interface Circumstances {
  readonly dsn: string | undefined;
  readonly injected: Injected;
}

async function run(
  fault: Fault,
  circumstances: Circumstances,
): Promise<Omit<PlayedFault, 'residue'>> {
  const { dsn, injected } = circumstances;
  const staged = await stage(changeFor(fault, circumstances));
  const own = injected.state === undefined ? [] : ['--state', injected.state];
  const env = { ...environment(dsn), ...injected.env };
  const { reports, stderr, endless } = await staged.run([...argumentsOf(fault), ...own], {
    env,
    withinMs: MOST_MS,
    ...(injected.onStart === undefined ? {} : { onStart: injected.onStart }),
  });
  const warnings = 'warning' in fault.expected ? await warningsOf(staged, env) : [];
  await rm(staged.folder, { recursive: true, force: true });
  const said = endless ? `killed after ${MOST_MS} ms` : stderr.trim();
  return { report: reports[0], said, warnings };
}

async function warningsOf(
  { file, state: folder }: Stage,
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const args = ['doctor', '--config', file, '--state', folder, '--json'];
  const { stdout } = await orderwatch(args, { env });
  const { tenants: examined } = JSON.parse(stdout) as {
    readonly tenants: readonly { readonly findings: readonly Finding[] }[];
  };
  return examined
    .flatMap(({ findings }) => findings)
    .flatMap(({ check, level }) => (level === 'warning' ? [check] : []));
}

const argumentsOf = ({ scenario, transport }: Fault): readonly string[] => [
  ...['--scenario', scenario],
  ...['--transport', transport],
];

const environment = (dsn: string | undefined): Readonly<Record<string, string>> =>
  dsn === undefined ? {} : { [DSN]: dsn };

export function changeFor(fault: Fault, { dsn, injected }: Circumstances): ConfigChange {
  const { redis, tenantChange } = injected;
  return {
    tenants: [fault.tenant],
    limits: fault.limits ?? LIMITS,
    ...(redis === undefined ? {} : { redis }),
    ...(dsn === undefined ? {} : { databases: { [DATABASE_HOST]: { dsn: `env:${DSN}` } } }),
    tenant: () => ({ transports: [fault.transport], ...tenantChange }),
  };
}

/** What was left open is swept when its deadline is over. */
async function residueAfterwards(): Promise<string> {
  const until = Date.now() + PATIENCE_MS;
  await answering(until);
  const { command, folder } = await stage({ limits: LIMITS });
  let left = await command('residue', '--now');
  while (left.code !== 0 && Date.now() < until) {
    await sleep(2_000);
    await command('sweep');
    left = await command('residue', '--now');
  }
  await rm(folder, { recursive: true, force: true });
  return left.code === 0 ? '' : left.stdout.trim() || left.stderr.trim();
}
