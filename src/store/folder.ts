/** The local state folder: one JSON file per record, private to its owner, errors named as ours. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failed } from '../domain/failure.ts';
import { createJson, readJson, writeJson } from '../lib/files.ts';
import { codeOf, describeThrown } from '../lib/thrown.ts';

export class StateFolder {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Makes the sub-folder when it is not there. All methods reject with Failed `state.unusable` (fleet). */
  async folder(name: string): Promise<string> {
    const path = join(this.root, name);
    await this.#guard(path, () => mkdir(path, { recursive: true, mode: 0o700 }));
    return path;
  }

  async list(name: string): Promise<readonly string[]> {
    const path = await this.folder(name);
    return (await this.#guard(path, () => readdir(path))).sort();
  }

  async read(file: string): Promise<unknown> {
    return await this.#guard(file, () => readJson(file));
  }

  async write(file: string, value: unknown): Promise<void> {
    await this.#guard(file, () => writeJson(file, value));
  }

  /** False when the file is there already. */
  async create(file: string, value: unknown): Promise<boolean> {
    return await this.#guard(file, () => createJson(file, value));
  }

  async remove(file: string): Promise<void> {
    await this.#guard(file, () => rm(file, { force: true }));
  }

  /** Runs file work; whatever the disk says becomes a failure of the fleet that names the path. */
  async #guard<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const message = `state folder: ${path}: ${codeOf(error) ?? describeThrown(error)}`;
      throw new Failed({ code: 'state.unusable', blame: 'fleet', message }, { cause: error });
    }
  }
}
