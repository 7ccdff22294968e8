/** One Chromium per process: found, started when first needed, renewed now and then, never left behind. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Browser, BrowserType } from 'playwright';
import { type Observation, observed } from '../domain/evidence.ts';
import { Failed } from '../domain/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { atMost } from '../lib/deadline.ts';
import { thrownText } from '../lib/thrown.ts';
import { type Guard, startGuard } from './guard.ts';
import { browserMemory, ownBrowsers, profileOf } from './processes.ts';
import { makeScratch, removeScratch } from './scratch.ts';

/** Where Chromium lies in our image, and where Debian puts it. */
const USUAL_PLACES = ['/opt/chromium/chromium', '/usr/bin/chromium'] as const;

/** Renewed after so many runs, after so long, or when it holds so much while nobody uses it. */
const MOST_RUNS = 200;
const LONGEST_MS = 3_600_000;
const MOST_IDLE_BYTES = 512 * 1_024 * 1_024;

export interface ChromiumOptions {
  readonly clock: Clock;
  /** Named by the environment or the configuration: used as it is, with no falling through. */
  readonly executable: string | undefined;
}

/** Throws Failed `browser.missing` (fleet), which names the place that was tried and the remedy. */
function findChromium(named: string | undefined): string {
  const found = named ?? USUAL_PLACES.find((place) => existsSync(place));
  if (found !== undefined && existsSync(found)) return found;
  const tried = named ?? USUAL_PLACES.join(' and ');
  const message = `no Chromium at ${tried}: install the package chromium, or name it in ORDERWATCH_CHROMIUM`;
  throw new Failed({ code: 'browser.missing', blame: 'fleet', message }, { fate: 'not-sent' });
}

/** Takes a third of a second in which nothing else happens: who plays several runs at once loads it before. */
export async function loadPlaywright(): Promise<BrowserType> {
  return (await import('playwright')).chromium;
}

/** A browser that has not ended by then is killed. */
const CLOSE_MS = 5_000;

/** One browser from its start to its end. */
interface Running {
  readonly browser: Browser;
  /** Its process; several when two were started at once, none where that cannot be told. */
  readonly pids: readonly number[];
  readonly scratch: string;
  readonly guard: Guard;
  readonly startedMs: number;
  runs: number;
  users: number;
  worn: boolean;
}

/** A browser lent to one run. */
export interface LentBrowser {
  readonly browser: Browser;
  /** For what the run must write for a moment; goes with the browser. */
  readonly scratch: string;
  /** To be called once, when the run has left; one that could not close its context kills the browser. */
  readonly giveBack: (left: 'closed' | 'stuck') => Promise<void>;
}

export class Chromium {
  readonly #options: ChromiumOptions;
  #current: Promise<Running> | undefined;
  readonly #all = new Set<Running>();

  constructor(options: ChromiumOptions) {
    this.#options = options;
  }

  /** Browsers that run, and how many runs use them now. */
  get usage(): { readonly browsers: number; readonly users: number } {
    const running = [...this.#all];
    return {
      browsers: running.length,
      users: running.reduce((sum, { users }) => sum + users, 0),
    };
  }

  /** How it is with the browser, as evidence around a run that failed or was slow. */
  look(): Observation {
    const ended = [...this.#all].some(({ browser }) => !browser.isConnected());
    if (ended) return observed('browser', 'crashed');
    try {
      return observed('browser', 'ok', { detail: findChromium(this.#options.executable) });
    } catch (error) {
      return observed('browser', 'missing', { detail: thrownText(error) });
    }
  }

  /** Rejects with Failed `browser.missing` or `browser.unusable` (fleet). */
  async lend(): Promise<LentBrowser> {
    let running = await this.#fit();
    // Somebody may have retired it since.
    while (running.worn) running = await this.#fit();
    running.runs += 1;
    running.users += 1;
    const giveBack: LentBrowser['giveBack'] = async (left) => {
      running.users -= 1;
      if (left === 'stuck') {
        running.worn = true;
        kill(running);
      }
      if (this.#isWorn(running)) await this.#retire(running);
    };
    return { browser: running.browser, scratch: running.scratch, giveBack };
  }

  /** Ends every browser, used or not; their profiles go with them. */
  async close(): Promise<void> {
    await this.#current?.catch(() => undefined);
    this.#current = undefined;
    await Promise.all([...this.#all].map((running) => this.#end(running)));
  }

  async #fit(): Promise<Running> {
    const known = await this.#current?.catch(() => undefined);
    // Asked as the next run comes, for what the last one used goes a moment after it has left.
    if (known?.users === 0) known.worn ||= browserMemory() > MOST_IDLE_BYTES;
    if (known !== undefined && this.#isWorn(known)) await this.#retire(known);
    this.#current ??= this.#launch();
    try {
      return await this.#current;
    } catch (error) {
      this.#current = undefined;
      throw error;
    }
  }

  #isWorn({ browser, worn, runs, startedMs }: Running): boolean {
    const age = this.#options.clock.monotonic() - startedMs;
    return worn || runs >= MOST_RUNS || age > LONGEST_MS || !browser.isConnected();
  }

  /** Nobody gets this browser any more; the last one who uses it lets it end. */
  async #retire(running: Running): Promise<void> {
    running.worn = true;
    if ((await this.#current?.catch(() => undefined)) === running) this.#current = undefined;
    if (running.users === 0) await this.#end(running);
  }

  async #end(running: Running): Promise<void> {
    this.#all.delete(running);
    if (!(await atMost(this.#options.clock, CLOSE_MS, running.browser.close()))) kill(running);
    removeScratch(running.scratch);
    await running.guard.end();
  }

  async #launch(): Promise<Running> {
    const executablePath = findChromium(this.#options.executable);
    const chromium = await loadPlaywright();
    let scratch: string | undefined;
    let guard: Guard | undefined;
    try {
      scratch = makeScratch();
      guard = startGuard(scratch, this.#options.clock);
      const before = new Set(ownBrowsers());
      const browser = await chromium.launch({
        executablePath,
        artifactsDir: scratch,
        tracesDir: scratch,
        // As root Chromium's own sandbox does not start; elsewhere it stays on.
        chromiumSandbox: process.getuid?.() !== 0,
        args: ['--disable-gpu', '--disable-quic', '--no-first-run'],
        // Nothing of our own environment reaches the browser: secrets live there.
        env: {
          PATH: '/usr/local/bin:/usr/bin:/bin',
          HOME: scratch,
          TMPDIR: scratch,
          LANG: 'C.UTF-8',
          TZ: 'UTC',
        },
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
      });
      const startedMs = this.#options.clock.monotonic();
      const pids = ownBrowsers().filter((pid) => !before.has(pid));
      for (const pid of pids) {
        const profile = profileOf(pid);
        if (profile !== undefined) guard.watch(pid, profile);
      }
      const running = { browser, pids, scratch, guard, startedMs, runs: 0, users: 0, worn: false };
      this.#all.add(running);
      return running;
    } catch (error) {
      if (scratch !== undefined) removeScratch(scratch);
      await guard?.end();
      const remedy = `look for space in ${tmpdir()}, and run ${executablePath} --version`;
      const message = `Chromium does not start (${remedy}): ${thrownText(error)}`;
      throw new Failed({ code: 'browser.unusable', blame: 'fleet', message }, { cause: error });
    }
  }
}

/** Its children go with it, and what a page would still have sent is never sent. */
function kill({ pids }: Running): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}
