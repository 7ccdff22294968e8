/** What several npm scripts do first. */
import { spawnSync } from 'node:child_process';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import pico from 'picocolors';
import { ensurePackages } from '../lab/packages.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** On a terminal only, also where CI=true. */
export const colours = pico.createColors(isatty(1) && pico.isColorSupported);

/** Runs a command in the clone with our own terminal; ends this process with its code when it fails. */
export function must(command: string, ...args: readonly string[]): void {
  const code = call(command, ...args);
  if (code !== 0) process.exit(code);
}

/** The exit code of a command run in the clone with our own terminal. */
export function call(command: string, ...args: readonly string[]): number {
  const { status, signal } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  return status ?? (signal === 'SIGINT' ? 130 : 1);
}

/** Starts the lab and provisions its tenants; quick when it is up already. */
export function labUp(): void {
  must(process.execPath, '--import', 'tsx', 'deploy/lab/main.ts', 'up');
}

/** Unit tests start a Redis, make certificates, and ask Prometheus and its Alertmanager about our files for them. */
export async function ensureUnitPackages(): Promise<void> {
  await ensurePackages({ starting: console.log, done: () => undefined }, [
    'redis-server',
    'openssl',
    'prometheus',
    'prometheus-alertmanager',
  ]);
}

/** The built command, as a user calls it. */
export function orderwatch(...args: readonly string[]): number {
  return call(process.execPath, 'dist/src/cli/main.js', ...args);
}
