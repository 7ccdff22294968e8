/** Records in the local state folder: one JSON file each, private to its owner, errors named as ours. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failed } from '../domain/failure.ts';
import { createJson, readJson, writeJson } from '../lib/files.ts';
import { codeOf, describeThrown } from '../lib/thrown.ts';
import type { Records } from './records.ts';

const EXTENSION = '.json';

export class FolderRecords implements Records {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async get(shelf: string, name: string): Promise<unknown> {
    return await this.#at(shelf, name, readJson);
  }

  async put(shelf: string, name: string, value: unknown): Promise<void> {
    await this.#at(shelf, name, (file) => writeJson(file, value));
  }

  async create(shelf: string, name: string, value: unknown): Promise<boolean> {
    return await this.#at(shelf, name, (file) => createJson(file, value));
  }

  async remove(shelf: string, name: string): Promise<void> {
    await this.#at(shelf, name, (file) => rm(file, { force: true }));
  }

  async names(shelf: string): Promise<readonly string[]> {
    const folder = await this.#folder(shelf);
    const files = await this.#guard(folder, () => readdir(folder));
    return files
      .filter((file) => file.endsWith(EXTENSION))
      .map((file) => file.slice(0, -EXTENSION.length))
      .sort();
  }

  async #at<T>(shelf: string, name: string, work: (file: string) => Promise<T>): Promise<T> {
    const file = join(await this.#folder(shelf), name + EXTENSION);
    return await this.#guard(file, () => work(file));
  }

  async #folder(shelf: string): Promise<string> {
    const path = join(this.#root, shelf);
    await this.#guard(path, () => mkdir(path, { recursive: true, mode: 0o700 }));
    return path;
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
