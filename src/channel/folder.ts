/** EDI files in two folders of this machine, or of a share that is mounted on it: what is wrong with them is ours. */
import { constants } from 'node:fs';
import { link, lstat, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderChannel } from '../domain/edi-channel.ts';
import type { Failure, Fate } from '../domain/failure.ts';
import type { CallOptions, Channel, ChannelFile, ChannelPlace } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { within } from '../lib/deadline.ts';
import { codeOf, describeThrown } from '../lib/thrown.ts';
import { exists, failedBy, LARGEST_FILE, notFound, ours, tooLarge } from './failures.ts';
import { byName, checkedName, draftOf, isFileName } from './names.ts';

export class FolderFiles implements Channel {
  readonly #places: FolderChannel;
  readonly #clock: Clock;

  constructor(places: FolderChannel, clock: Clock) {
    this.#places = places;
    this.#clock = clock;
  }

  async drop(name: string, bytes: Uint8Array, options: CallOptions): Promise<void> {
    const file = join(this.#places.in, checkedName(name));
    const draft = join(this.#places.in, draftOf(name));
    let fate: Fate = 'not-sent';
    await this.#inTime(
      'in',
      options,
      async (signal) => {
        if (await isThere(file)) throw exists(name);
        await writeDraft(draft, bytes, signal);
        try {
          signal.throwIfAborted();
          fate = 'unknown';
          await appear(draft, file);
        } catch (error) {
          fate = signal.aborted ? fate : 'refused';
          throw codeOf(error) === 'EEXIST' ? exists(name) : error;
        } finally {
          await rm(draft, { force: true });
        }
      },
      () => fate,
    );
  }

  async list(place: ChannelPlace, options: CallOptions): Promise<readonly ChannelFile[]> {
    const folder = this.#places[place];
    return await this.#inTime(place, options, async () => {
      const entries = await readdir(folder, { withFileTypes: true });
      const names = entries.filter((one) => one.isFile() && isFileName(one.name));
      const files = await Promise.all(names.map(({ name }) => describeFile(folder, name)));
      return files.flat().sort(byName);
    });
  }

  async fetch(name: string, options: CallOptions): Promise<Uint8Array> {
    const file = join(this.#places.out, checkedName(name));
    return await this.#inTime('out', options, async (signal) => {
      try {
        return await readWhole(file, name, signal);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
        await stat(this.#places.out);
        throw notFound(name);
      }
    });
  }

  async remove(place: ChannelPlace, name: string, options: CallOptions): Promise<void> {
    const folder = this.#places[place];
    const files = [checkedName(name), draftOf(name)].map((one) => join(folder, one));
    await this.#inTime(place, options, async () => {
      // A folder that is away must not look like a file that is gone.
      await stat(folder);
      for (const file of files) await rm(file, { force: true });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #inTime<T>(
    place: ChannelPlace,
    options: CallOptions,
    work: (signal: AbortSignal) => Promise<T>,
    fate: () => Fate = () => 'refused',
  ): Promise<T> {
    try {
      return await within(this.#clock, options.timeoutMs, options.signal, work);
    } catch (error) {
      const what = `EDI folder ${this.#places[place]}`;
      throw failedBy(error, options, {
        late: (ms) => ours('timeout', `${what}: not done within ${ms} ms`),
        other: (thrown) => folderFailure(what, thrown),
        fate: fate(),
      });
    }
  }
}

/**
 * Gives a draft its name, unless there is a file of that name (EEXIST). Where the file system knows no second names
 * (SMB, FAT) it is renamed, and only what was there before is seen. `makeLink` is Node's own but in tests.
 */
export async function appear(draft: string, file: string, makeLink = link): Promise<void> {
  try {
    await makeLink(draft, file);
  } catch (error) {
    if (!NO_LINKS.has(codeOf(error) ?? '')) throw error;
    if (await isThere(file)) throw Object.assign(new Error('taken'), { code: 'EEXIST' });
    await rename(draft, file);
  }
}

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

async function writeDraft(draft: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  const handle = await open(draft, 'wx');
  try {
    await handle.writeFile(bytes, { signal });
    await handle.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** None when it went away meanwhile. */
async function describeFile(folder: string, name: string): Promise<readonly ChannelFile[]> {
  try {
    const { size, mtimeMs } = await lstat(join(folder, name));
    return [{ name, bytes: size, modifiedMs: Math.round(mtimeMs) }];
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function readWhole(file: string, name: string, signal: AbortSignal): Promise<Uint8Array> {
  // A link would hand out any file of this machine, a pipe would keep us waiting.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const { size } = await handle.stat();
    if (size > LARGEST_FILE) throw tooLarge(name);
    const chunks: Buffer[] = [];
    // One byte more than may come, in case it still grows.
    const stream = handle.createReadStream({ end: LARGEST_FILE, autoClose: false, signal });
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (bytes.length > LARGEST_FILE) throw tooLarge(name);
    return bytes;
  } finally {
    await handle.close();
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function folderFailure(what: string, error: unknown): Failure {
  const reason = codeOf(error) ?? describeThrown(error);
  const message = `${what}: ${reason}`;
  switch (reason) {
    case 'ENOENT':
    case 'ENOTDIR':
      return ours('no-folder', message);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return ours('no-permission', message);
    case 'ENOSPC':
    case 'EDQUOT':
      return ours('disk-full', message);
    case 'EEXIST':
      return ours('exists', `${message}: a drop of that name was cut and left its draft`);
    default:
      return ours('unusable', message);
  }
}
