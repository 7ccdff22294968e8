/** The reference `playwright test`: `npx` and all it starts anew for every run. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../../deploy/dev/steps.ts';
import { BareOdoo } from './bare-odoo.ts';
import { undoMarked } from './careful.ts';
import type { Sample } from './rounds.ts';
import { nextMark, type Subject } from './subject.ts';
import { type Given, VARIABLE } from './suite/given.ts';

const SUITE = fileURLToPath(new URL('suite/playwright.config.ts', import.meta.url));

export async function playwrightTest(subject: Subject): Promise<Sample> {
  const outputFolder = await mkdtemp(join(tmpdir(), 'orderwatch-bench-'));
  const mark = nextMark(subject, 'browser');
  try {
    const started = performance.now();
    const { code, output } = await runSuite({ subject, mark, outputFolder });
    const totalMs = performance.now() - started;
    if (code !== 0) throw new Error(`playwright test does not pass:\n${output}`);
    return { totalMs };
  } catch (error) {
    await undoMarked(await BareOdoo.signIn(subject.account), mark);
    throw error;
  } finally {
    await rm(outputFolder, { recursive: true });
  }
}

async function runSuite(
  given: Given,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn('npx', ['playwright', 'test', '--config', SUITE], {
    cwd: ROOT,
    env: { ...process.env, [VARIABLE]: JSON.stringify(given) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C ends the bench between two samples, not this one in its middle.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}
