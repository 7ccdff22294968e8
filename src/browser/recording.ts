/** A Playwright trace of one context: actions, their times, the console. It never sees what must not be kept. */
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright';

/** Pictures and copies of the page would slow every run down by a sixth and hold what the page holds. */
const LIGHT = { screenshots: false, snapshots: false, sources: false } as const;

export class Recording {
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext) {
    this.#context = context;
  }

  /** To be started after the session's cookie is set. */
  static async start(context: BrowserContext): Promise<Recording> {
    await context.tracing.start(LIGHT);
    return new Recording(context);
  }

  /** Does something of which nothing may be kept: what was recorded before is dropped too. */
  async without(work: () => Promise<void>): Promise<void> {
    const { tracing } = this.#context;
    await tracing.stopChunk();
    try {
      await work();
    } finally {
      await tracing.startChunk();
    }
  }

  /** Ends the recording and keeps nothing. Never rejects. */
  async drop(): Promise<void> {
    // Playwright keeps a recording that nobody ended as long as our process lives, and adds to it from later runs.
    await this.#context.tracing.stop().catch(() => undefined);
  }

  /** The trace as a zip, by way of a file in this folder; undefined when there is none. Ends the recording. */
  async end(folder: string): Promise<Uint8Array | undefined> {
    const path = join(folder, `${randomUUID()}.zip`);
    try {
      await this.#context.tracing.stop({ path });
      return await readFile(path);
    } catch {
      // The browser is gone.
      return undefined;
    } finally {
      await rm(path, { force: true }).catch(() => undefined);
    }
  }
}
