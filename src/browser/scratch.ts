/** A browser's own folder in the temporary folder, and the sweep of what killed processes left there. */
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../lib/process.ts';

/** Ours is named after the process that made it, so that nobody takes away what is still in use. */
const OURS = 'orderwatch-browser-';
/** What Playwright calls the profile folders that it makes beside ours. */
const PROFILE = 'playwright_chromiumdev_profile-';

const inUse = new Set<string>();

/** Throws what the disk says. */
export function makeScratch(): string {
  sweepScratch();
  const folder = mkdtempSync(join(tmpdir(), `${OURS}${process.pid}-`));
  inUse.add(folder);
  return folder;
}

export function removeScratch(folder: string): void {
  inUse.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}

function sweepScratch(): void {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (isLeft(name, folder)) rmSync(folder, { recursive: true, force: true });
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
  return pid !== undefined && !isAlive(pid);
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
