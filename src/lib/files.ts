/** JSON files that are whole or absent, never half written, and readable by their owner only. */
import { randomUUID } from 'node:crypto';
import { link, readFile, rm } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { codeOf } from './thrown.ts';

/** Undefined when there is no such file; throws when it cannot be read or is not JSON. */
export async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  return JSON.parse(text) as unknown;
}

/** Written beside, synced and renamed: after a crash the file holds the old or the new value. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}

/** False when the file is there already. It appears whole, and for the first of several who make it at once. */
export async function createJson(file: string, value: unknown): Promise<boolean> {
  const draft = `${file}.${randomUUID()}.draft`;
  await writeJson(draft, value);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
