/** A browser's own folder in the temporary folder, and the sweep of what killed processes and their guards left there. */
import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../lib/clock.ts';
import { isAlive } from '../lib/process.ts';

/** Ours is named after the process that made it, so that nobody takes away what is still in use. */
const OURS = 'orderwatch-browser-';
/** What Playwright calls the profile folders that it makes beside ours. */
const PROFILE = 'playwright_chromiumdev_profile-';

/** No browser takes this long to lock its profile. */
const UNLOCKED_MS = 60_000;

/** Bytes. Chromium puts a socket 46 bytes deeper, and ends without a word where Linux takes no path so long. */
const LONGEST_PATH = 62;

const inUse = new Set<string>();

/** Throws what the disk says, and when the path of the temporary folder is too long for a browser. */
export function makeScratch(): string {
  sweepScratch();
  const made = join(tmpdir(), `${OURS}${process.pid}-`);
  const spare = LONGEST_PATH - Buffer.byteLength(`${made}XXXXXX`);
  if (spare < 0) {
    const most = Buffer.byteLength(tmpdir()) + spare;
    throw new Error(
      `the temporary folder ${tmpdir()} has too long a path for the sockets of Chromium, at most ${most} bytes: set TMPDIR to a shorter one`,
    );
  }
  const folder = mkdtempSync(made);
  inUse.add(folder);
  return folder;
}

export function removeScratch(folder: string): void {
  inUse.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}

/** To be called before the first browser too. Never throws: what cannot be removed belongs to somebody else. */
export function sweepScratch(): void {
  try {
    for (const name of readdirSync(tmpdir())) removeLeft(name, join(tmpdir(), name));
  } catch {
    // Who makes a folder there hears of it.
  }
}

function removeLeft(name: string, folder: string): void {
  try {
    if (isLeft(name, folder)) rmSync(folder, { recursive: true, force: true });
  } catch {
    // The next sweep tries again.
  }
}

function isLeft(name: string, folder: string): boolean {
  if (name.startsWith(OURS)) {
    const pid = Number.parseInt(name.slice(OURS.length), 10);
    // In a restarted container the process before us had our number.
    return pid === process.pid ? !inUse.has(folder) : !isAlive(pid);
  }
  if (!name.startsWith(PROFILE)) return false;
  const pid = ownerOf(folder);
  // Without a lock it is being made this moment, or its browser ended when its process was killed.
  return pid === undefined ? ageOf(folder) > UNLOCKED_MS : !isAlive(pid);
}

function ageOf(folder: string): number {
  const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
  return made === undefined ? 0 : systemClock.now() - made;
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
