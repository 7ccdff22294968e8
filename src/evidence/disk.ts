/** How much room is left where we write. */
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { codeOf } from '../lib/thrown.ts';

export interface Space {
  readonly folder: string;
  /** For us, who may not be root. */
  readonly bytes: number;
  /** How many files may still be made; infinite where the file system keeps no count. */
  readonly files: number;
}

/** Of several folders the one with the least room; undefined where none can be asked. Never throws. */
export async function leastSpace(folders: readonly string[]): Promise<Space | undefined> {
  const spaces = (await Promise.all(folders.map(spaceIn))).filter((one) => one !== undefined);
  return spaces.toSorted((a, b) => roomIn(a) - roomIn(b))[0];
}

const roomIn = ({ bytes, files }: Space): number => (files < 1 ? 0 : bytes);

async function spaceIn(folder: string): Promise<Space | undefined> {
  try {
    const { bavail, bsize, blocks, files, ffree } = await statfs(resolve(folder));
    // One that counts no blocks holds no files of ours.
    if (blocks === 0) return undefined;
    return { folder, bytes: bavail * bsize, files: files === 0 ? Infinity : ffree };
  } catch (error) {
    const parent = dirname(resolve(folder));
    return codeOf(error) === 'ENOENT' && parent !== folder ? await spaceIn(parent) : undefined;
  }
}
