/** EDI files on an SFTP server: one connection, made when it is first needed, one operation at a time. */
import { once } from 'node:events';
import type { SftpChannel } from '../domain/edi-channel.ts';
import { Failed, type Failure, type Fate } from '../domain/failure.ts';
import type { CallOptions, Channel, ChannelFile, ChannelPlace } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { collect } from '../lib/collect.ts';
import { within } from '../lib/deadline.ts';
import { thrownText } from '../lib/thrown.ts';
import {
  exists,
  failedBy,
  LARGEST_FILE,
  lateAnswer,
  notFound,
  ours,
  theirs,
  tooLarge,
} from './failures.ts';
import { byName, checkedName, draftOf, isFileName } from './names.ts';
import { nameOf, openSftp, type Progress, type SftpSession } from './sftp-session.ts';

export class SftpFiles implements Channel {
  readonly #channel: SftpChannel;
  readonly #clock: Clock;
  #session: SftpSession | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(channel: SftpChannel, clock: Clock) {
    this.#channel = channel;
    this.#clock = clock;
  }

  async drop(name: string, bytes: Uint8Array, options: CallOptions): Promise<void> {
    const file = this.#path('in', checkedName(name));
    const draft = this.#path('in', draftOf(name));
    const put: Put = { name, file, draft, drafted: false };
    let fate: Fate = 'not-sent';
    const work = async (session: SftpSession): Promise<void> => {
      const { client } = session;
      if ((await client.exists(file)) !== false) throw exists(name);
      fate = 'unknown';
      try {
        await writeDraft(session, put, bytes);
        // Unlike at home, a rename of SFTP refuses a name that is taken.
        await client.rename(draft, file);
      } catch (error) {
        if (statusOf(error) === undefined) throw error;
        const reason = await afterRefusal(session, put, error);
        fate = 'refused';
        throw reason;
      }
    };
    await this.#inTurn('in', options, work, () => fate);
  }

  async list(place: ChannelPlace, options: CallOptions): Promise<readonly ChannelFile[]> {
    return await this.#inTurn(place, options, async ({ readdir }) =>
      (await readdir(this.#channel[place]))
        .filter(({ isFile, name }) => isFile && isFileName(name))
        .map(({ name, bytes, modifiedMs }) => ({ name, bytes, modifiedMs }))
        .sort(byName),
    );
  }

  async fetch(name: string, options: CallOptions): Promise<Uint8Array> {
    const file = this.#path('out', checkedName(name));
    return await this.#inTurn('out', options, async (session) => {
      try {
        return await readWhole(session, file, name);
      } catch (error) {
        if (statusOf(error) !== NO_SUCH_FILE) throw error;
        await session.readdir(this.#channel.out);
        throw notFound(name);
      }
    });
  }

  async remove(place: ChannelPlace, name: string, options: CallOptions): Promise<void> {
    const files = [checkedName(name), draftOf(name)].map((one) => this.#path(place, one));
    const work = async ({ client, readdir }: SftpSession): Promise<void> => {
      // A folder that is away must not look like a file that is gone.
      await readdir(this.#channel[place]);
      for (const file of files) await client.delete(file, true);
    };
    await this.#inTurn(place, options, work, () => 'unknown');
  }

  async close(): Promise<void> {
    await this.#session?.close(this.#clock);
    this.#session = undefined;
  }

  #path(place: ChannelPlace, name: string): string {
    return `${this.#channel[place].replace(/\/+$/, '')}/${name}`;
  }

  async #inTurn<T>(
    place: ChannelPlace,
    options: CallOptions,
    work: (session: SftpSession) => Promise<T>,
    fate: () => Fate = () => 'refused',
  ): Promise<T> {
    const done = this.#turn.then(async () => {
      const progress: Progress = { connected: this.#session?.isLost() === false };
      try {
        return await this.#inTime(options, progress, work);
      } catch (error) {
        throw failedBy(error, options, {
          late: (ms) => lateAnswer(nameOf(this.#channel), progress.connected, ms),
          other: (thrown) => this.#failureOf(thrown, place),
          fate: fate(),
        });
      }
    });
    this.#turn = done.catch(() => undefined);
    return await done;
  }

  async #inTime<T>(
    { timeoutMs, signal }: CallOptions,
    progress: Progress,
    work: (session: SftpSession) => Promise<T>,
  ): Promise<T> {
    try {
      return await within(this.#clock, timeoutMs, signal, async (own) => {
        if (this.#session?.isLost() !== false) {
          this.#session = await openSftp(this.#channel, own, progress);
        }
        return await this.#session.during(work(this.#session));
      });
    } catch (error) {
      // Nothing may go on behind the back of who gave up: a file that appears later would be nobody's.
      if (!(error instanceof Failed) && statusOf(error) === undefined) this.#session?.destroy();
      throw error;
    }
  }

  #failureOf(error: unknown, place: ChannelPlace): Failure {
    const what = nameOf(this.#channel);
    const folder = this.#channel[place];
    switch (statusOf(error)) {
      case NO_SUCH_FILE:
        return ours('no-folder', `${what}: there is no folder ${folder}`);
      case PERMISSION_DENIED:
        return ours('no-permission', `${what}: the login may not do that in ${folder}`);
      case undefined:
        break;
      default:
        return theirs('refused', `${what}, folder ${folder}: ${thrownText(error)}`);
    }
    return this.#session?.isLost() === false
      ? ours('unexpected', thrownText(error))
      : theirs('unreachable', `${what}: ${thrownText(error)}`, 'network');
  }
}

/** Status codes of SFTP version 3. */
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;

/** The status with which the server answered; undefined for everything else that is thrown. */
function statusOf(error: unknown): number | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

interface Put {
  readonly name: string;
  readonly file: string;
  readonly draft: string;
  /** Whether the draft was made by this drop. */
  drafted: boolean;
}

async function writeDraft({ client }: SftpSession, put: Put, bytes: Uint8Array): Promise<void> {
  const stream = client.createWriteStream(put.draft, { flags: 'wx' });
  stream.once('open', () => {
    put.drafted = true;
  });
  stream.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  await once(stream, 'close');
}

/** Takes the draft away; answers what is to be thrown. */
async function afterRefusal(
  { client }: SftpSession,
  { name, file, draft, drafted }: Put,
  error: unknown,
): Promise<unknown> {
  if (drafted) await client.delete(draft, true);
  else if ((await client.exists(draft)) !== false) return exists(draft);
  // The server only says that it failed.
  return (await client.exists(file)) === false ? error : exists(name);
}

async function readWhole({ client }: SftpSession, file: string, name: string): Promise<Uint8Array> {
  const bytes = await collect(client.createReadStream(file), LARGEST_FILE);
  if (bytes === undefined) throw tooLarge(name);
  return bytes;
}
