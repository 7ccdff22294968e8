/** The built command as a child process, as a user runs it; and any other script of Node's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built command. */
export const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

export interface CliResult {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it had to be killed because its time was over. */
  readonly endless: boolean;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What still runs after this is killed. */
  readonly withinMs?: number;
  /** Given the child as soon as it runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

export async function orderwatch(
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  return await runNode([MAIN, ...args], options);
}

export async function runNode(
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  const env = { ...process.env, NO_COLOR: '1', ...options.env };
  const child = spawn(process.execPath, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  options.onStart?.(child);
  let endless = false;
  const timer =
    options.withinMs === undefined
      ? undefined
      : setTimeout(() => {
          endless = child.kill('SIGKILL');
        }, options.withinMs);
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? undefined, stdout, stderr, endless });
    });
  });
}
