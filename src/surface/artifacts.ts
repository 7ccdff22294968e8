/** What is kept of a run that did not pass: its report, its calls without their values, its page; for a while. */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReport } from '../domain/report.ts';
import type { Evidence } from '../engine/run-state.ts';
import type { Clock } from '../lib/clock.ts';
import { writeJson } from '../lib/files.ts';

export interface Retention {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
}

/** Run folders begin so; nothing else in the folder is ours to delete. */
const RUN = 'SYN~';

export class Artifacts {
  readonly #folder: string;
  readonly #retention: Retention;
  readonly #clock: Clock;

  constructor(folder: string, retention: Retention, clock: Clock) {
    this.#folder = folder;
    this.#retention = retention;
    this.#clock = clock;
  }

  /**
   * Writes `<folder>/<run id>/report.json` and `calls.json`; of a run in the browser also `page-calls.json`,
   * `page.png` and `trace.zip`. Then the oldest runs go that are too old or too much.
   */
  async keep(report: RunReport, { calls, web }: Evidence): Promise<void> {
    const own = join(this.#folder, report.runId);
    await mkdir(own, { recursive: true, mode: 0o700 });
    await writeJson(join(own, 'report.json'), report);
    await writeJson(join(own, 'calls.json'), calls);
    if (web !== undefined) {
      await writeJson(join(own, 'page-calls.json'), web.calls);
      const files = { 'page.png': web.screenshot, 'trace.zip': web.trace };
      for (const [name, content] of Object.entries(files)) {
        if (content !== undefined) await writeFile(join(own, name), content, { mode: 0o600 });
      }
    }
    await this.#prune(report.runId);
  }

  async #prune(newest: string): Promise<void> {
    const { maxAgeMs, maxBytes } = this.#retention;
    const kept = await this.#runs();
    let bytes = 0;
    for (const { path, name, writtenMs, size } of kept.toSorted(newestFirst)) {
      bytes += size;
      const tooOld = this.#clock.now() - writtenMs > maxAgeMs;
      if (name === newest || (!tooOld && bytes <= maxBytes)) continue;
      await rm(path, { recursive: true, force: true });
    }
  }

  async #runs(): Promise<readonly KeptRun[]> {
    const names = (await readdir(this.#folder)).filter((name) => name.startsWith(RUN));
    const runs = await Promise.all(names.map((name) => look(this.#folder, name)));
    return runs.flat();
  }
}

interface KeptRun {
  readonly name: string;
  readonly path: string;
  readonly writtenMs: number;
  readonly size: number;
}

const newestFirst = (a: KeptRun, b: KeptRun): number => b.writtenMs - a.writtenMs;

/** Nothing when another process deletes it at the same time. */
async function look(folder: string, name: string): Promise<readonly KeptRun[]> {
  const path = join(folder, name);
  try {
    const files = await readdir(path);
    const stats = await Promise.all(files.map((file) => stat(join(path, file))));
    const writtenMs = Math.max(0, ...stats.map(({ mtimeMs }) => mtimeMs));
    return [{ name, path, writtenMs, size: stats.reduce((sum, { size }) => sum + size, 0) }];
  } catch {
    return [];
  }
}
