/** `orderwatch serve` as a child process: what it says, what it shows, and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { MAIN } from './cli.ts';

/** Killed as it is left, if it has not ended. */
export interface Served extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Events of the runs that ended, oldest first. */
  readonly runs: () => readonly RunEvent[];
  /** Everything that it wrote, for whoever looks for what must not be there. */
  readonly said: () => string;
  readonly notes: () => string;
  /** Address of the pages, for example `http://127.0.0.1:9464`. */
  readonly url: () => Promise<string>;
  readonly metrics: () => Promise<string>;
  /** Sends a signal and answers the exit code; undefined when it was killed. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<number | undefined>;
}

export interface RunEvent {
  readonly runId: string;
  readonly tenant: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly transport: string;
  readonly outcome: string;
  readonly blame?: string;
  readonly code?: string;
  readonly compensation: string;
}

export const serve = (config: string, state: string, ...more: readonly string[]): Served =>
  serveIn({}, config, state, ...more);

/** In our own environment and this one. */
export function serveIn(
  env: Readonly<Record<string, string>>,
  config: string,
  state: string,
  ...more: readonly string[]
): Served {
  const args = ['serve', '--config', config, '--state', state, '--listen', '127.0.0.1:0'];
  const child = spawn(process.execPath, [MAIN, ...args, '--json', ...more], {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const closed = once(child, 'close') as Promise<[number | null]>;
  const url = async (): Promise<string> => {
    for (;;) {
      const [, found] = /(http:\S+)\/metrics/.exec(stderr) ?? [];
      if (found !== undefined) return found;
      if (child.exitCode !== null) throw new Error(`serve ended: ${stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return {
    child,
    runs: () =>
      stdout
        .split('\n')
        .filter((line) => line.includes('"event":"run"'))
        .map((line) => JSON.parse(line) as RunEvent),
    said: () => stdout + stderr,
    notes: () => stderr,
    url,
    metrics: async () => await (await fetch(`${await url()}/metrics`)).text(),
    end: async (signal) => {
      child.kill(signal);
      return (await closed)[0] ?? undefined;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
