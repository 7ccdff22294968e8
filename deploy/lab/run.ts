// How the lab runs other programs: as root into a log file, or as the unprivileged lab user with
// a clean environment, so that no PG* or PYTHON* variable of the caller leaks into a service.
import { mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { execa } from 'execa';
import { LabFailure } from './failure.ts';
import { LAB_USER } from './places.ts';

export interface RunOptions {
  /** Where output goes; without it, standard output is returned. */
  readonly log?: string;
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly remedy?: string;
  readonly timeoutMs?: number;
}

const FIVE_MINUTES = 300_000;

export const run = (argv: readonly string[], options: RunOptions = {}): Promise<string> =>
  execute(argv[0] ?? '', argv, options);

export const runAsLab = (
  data: string,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<string> => {
  const { env, ...rest } = options;
  return execute(argv[0] ?? '', labArgv(data, argv, env), { cwd: data, ...rest });
};

async function execute(
  name: string,
  argv: readonly string[],
  options: RunOptions,
): Promise<string> {
  const [file = '', ...args] = argv;
  const { log, remedy, timeoutMs = FIVE_MINUTES, input, ...rest } = options;
  if (log !== undefined) mkdirSync(dirname(log), { recursive: true });
  const output = log === undefined ? 'pipe' : ({ file: log, append: true } as const);
  const result = await execa(file, args, {
    ...rest,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    stdout: output,
    stderr: output,
    timeout: timeoutMs,
    reject: false,
  });
  if (!result.failed) return printed(result.stdout);
  const how = result.timedOut ? 'took too long' : `ended with code ${result.exitCode ?? 'none'}`;
  throw failure(`${basename(name)} ${how} ${printed(result.stderr)}`.trimEnd(), { log, remedy });
}

const failure = (
  message: string,
  { log, remedy }: { readonly log: string | undefined; readonly remedy: string | undefined },
): LabFailure =>
  new LabFailure(message, {
    remedy: remedy ?? 'see the message, then run `npm run lab -- up` again',
    ...(log === undefined ? {} : { log }),
  });

/** Nothing when the output went to a log. */
const printed = (output: unknown): string => (typeof output === 'string' ? output : '');

/** Starts a daemon that outlives us and holds none of our files; returns its pid. */
export function spawnAsLab(
  data: string,
  argv: readonly string[],
  options: {
    readonly log: string;
    readonly cwd: string;
    readonly env?: Readonly<Record<string, string>>;
  },
): number | undefined {
  const redirected = ['sh', '-c', 'exec "$@" >>"$0" 2>&1 </dev/null', options.log, ...argv];
  const [file = '', ...args] = labArgv(data, redirected, options.env);
  const child = execa(file, args, {
    cwd: options.cwd,
    stdio: 'ignore',
    detached: true,
    cleanup: false,
    reject: false,
  });
  child.unref();
  return child.pid;
}

const labArgv = (
  data: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string[] => [
  'setpriv',
  `--reuid=${LAB_USER}`,
  `--regid=${LAB_USER}`,
  '--clear-groups',
  '--no-new-privs',
  'env',
  '-i',
  'PATH=/usr/bin:/bin',
  `HOME=${data}`,
  'LANG=C.UTF-8',
  'TZ=UTC',
  ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
  ...argv,
];
