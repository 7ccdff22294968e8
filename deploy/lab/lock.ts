// Locks between labs and between commands of one lab. flock(1) holds them for a child whose
// standard input is ours: however we die, the child ends and the lock is free.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { LabFailure } from './failure.ts';
import { LOCKS } from './places.ts';

const PATIENCE_MS = 1000;

export async function withLock<T>(
  name: string,
  onWait: (why: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(LOCKS, { recursive: true });
  const file = join(LOCKS, `orderwatch-lab-${name}`);
  const holder = execa('flock', [file, 'sh', '-c', 'echo held; exec cat'], {
    stdin: 'pipe',
    stdout: 'pipe',
    buffer: false,
    reject: false,
  });
  const patience = setTimeout(() => {
    onWait(`waiting for another command of a lab on this machine (${file})`);
  }, PATIENCE_MS);
  try {
    await held(holder.stdout, file);
  } finally {
    clearTimeout(patience);
  }
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await holder;
  }
}

const held = (output: NodeJS.ReadableStream, file: string): Promise<void> =>
  new Promise((resolve, reject) => {
    output.once('data', () => {
      resolve();
    });
    output.once('end', () => {
      reject(new LabFailure(`cannot lock ${file}`, { remedy: 'is flock (util-linux) installed?' }));
    });
  });
