/** A temporary folder for the processes of one test, by which they and what they leave there are known. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface OwnTemp {
  readonly folder: string;
  /** For the processes that shall use it. */
  readonly env: Readonly<Record<string, string>>;
  /** Processes, browsers above all, that were given this folder and still live. */
  processes(): readonly number[];
  /** Names of what is in it. */
  entries(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

export async function ownTemp(): Promise<OwnTemp> {
  const folder = await mkdtemp(join(tmpdir(), 'orderwatch-test-'));
  return {
    folder,
    env: { TMPDIR: folder },
    processes: () => processesNaming(folder),
    entries: () => readdir(folder),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** A browser has its profile there, a process of ours has it in its environment. */
function processesNaming(folder: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => ['cmdline', 'environ'].some((file) => read(pid, file).includes(folder)))
    .map(Number);
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It ended, or it hides its environment as Chromium's sandboxed processes do.
    return '';
  }
}
