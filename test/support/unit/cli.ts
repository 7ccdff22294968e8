/** The built command, run as people run it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const MAIN = `${REPOSITORY}dist/src/cli/main.js`;
const BATCH = fileURLToPath(new URL('./cli-batch.mjs', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Call {
  readonly args: readonly string[];
  readonly cwd?: string;
}

type Environment = Readonly<Record<string, string>>;

/** Throws when the command was not built: a test of an old or missing build proves nothing. */
export function requireDist(): void {
  if (!existsSync(MAIN)) throw new Error('dist/ is missing; run: node deploy/dev/build.mjs');
}

/** One call in a process of its own, with no environment but what is given. */
export async function orderwatch({ args, cwd }: Call, env: Environment = {}): Promise<Ended> {
  return await node([MAIN, ...args], { cwd, env });
}

/** Several calls, one after the other, in one process: quick. */
export async function orderwatches(
  calls: readonly Call[],
  env: Environment,
): Promise<readonly Ended[]> {
  const list = calls.map(({ args, cwd }) => ({ args, cwd: cwd ?? REPOSITORY }));
  const { stdout, stderr, code } = await node([BATCH, JSON.stringify(list)], { env });
  if (code !== 0) throw new Error(`the batch ended with ${String(code)}: ${stderr}`);
  return JSON.parse(stdout) as readonly Ended[];
}

async function node(
  args: readonly string[],
  { cwd = REPOSITORY, env }: { readonly cwd?: string | undefined; readonly env: Environment },
): Promise<Ended> {
  requireDist();
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...texts };
}
