/** One Chromium per process: found, started when first needed, renewed now and then, never left behind. */
import { existsSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright';
import { Failed } from '../domain/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { isAlive } from '../lib/process.ts';
import { thrownText } from '../lib/thrown.ts';

/** Where Chromium lies in our image, and where Debian puts it. */
const USUAL_PLACES = ['/opt/chromium/chromium', '/usr/bin/chromium'] as const;

/** Renewed after so many runs, or after so long, whichever comes first. */
const MOST_RUNS = 200;
const LONGEST_MS = 3_600_000;

/** What Playwright calls the profile folders that it makes in the temporary folder. */
const PROFILE = 'playwright_chromiumdev_profile-';

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

export class Chromium {
  readonly #options: ChromiumOptions;
  #browser: Promise<Browser> | undefined;
  #runs = 0;
  #startedMs = 0;

  constructor(options: ChromiumOptions) {
    this.#options = options;
  }

  /** A running browser. Rejects with Failed `browser.missing` or `browser.unusable` (fleet). */
  async get(): Promise<Browser> {
    if (await this.#isWorn()) await this.close();
    this.#runs += 1;
    this.#browser ??= this.#launch();
    try {
      return await this.#browser;
    } catch (error) {
      this.#browser = undefined;
      throw error;
    }
  }

  /** Ends the browser; its profile goes with it. */
  async close(): Promise<void> {
    const browser = this.#browser;
    this.#browser = undefined;
    await (await browser?.catch(() => undefined))?.close().catch(() => undefined);
  }

  async #isWorn(): Promise<boolean> {
    if (this.#browser === undefined) return false;
    const { clock } = this.#options;
    const old = this.#runs >= MOST_RUNS || clock.monotonic() - this.#startedMs > LONGEST_MS;
    return old || (await this.#browser.catch(() => undefined))?.isConnected() !== true;
  }

  async #launch(): Promise<Browser> {
    const executablePath = findChromium(this.#options.executable);
    try {
      sweepProfiles();
      this.#runs = 1;
      this.#startedMs = this.#options.clock.monotonic();
      return await chromium.launch({
        executablePath,
        // As root Chromium's own sandbox does not start; elsewhere it stays on.
        chromiumSandbox: process.getuid?.() !== 0,
        args: ['--disable-gpu', '--disable-quic', '--no-first-run'],
        // Nothing of our own environment reaches the browser: secrets live there.
        env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: tmpdir(), LANG: 'C.UTF-8', TZ: 'UTC' },
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
      });
    } catch (error) {
      const message = `Chromium does not start: ${thrownText(error)}`;
      throw new Failed({ code: 'browser.unusable', blame: 'fleet', message }, { cause: error });
    }
  }
}

/** A profile whose browser is gone was left by a kill: its lock names a process that is not there. */
function sweepProfiles(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PROFILE)) continue;
    const pid = ownerOf(join(tmpdir(), name));
    if (pid !== undefined && !isAlive(pid)) {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
  }
}

/** Chromium locks its profile with a link to `host-pid`. */
function ownerOf(profile: string): number | undefined {
  try {
    const [, pid] = /-(\d+)$/.exec(readlinkSync(join(profile, 'SingletonLock'))) ?? [];
    return pid === undefined ? undefined : Number(pid);
  } catch {
    return undefined;
  }
}
