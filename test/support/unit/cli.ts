/** The built command, run as people run it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const MAIN = `${REPOSITORY}dist/src/cli/main.js`;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Throws when the command was not built: a test of an old or missing build proves nothing. */
export function requireDist(): void {
  if (!existsSync(MAIN)) throw new Error('dist/ is missing; run: node deploy/dev/build.mjs');
}

/** In a folder of its own choosing, with no environment but what is given. */
export async function orderwatch(
  args: readonly string[],
  { cwd = REPOSITORY, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  requireDist();
  const child = spawn(process.execPath, [MAIN, ...args], {
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
