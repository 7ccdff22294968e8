/** EDI files under two URLs: PUT, GET and DELETE of one file, GET of the collection for its list. */
import { z } from 'zod';
import type { HttpChannel } from '../domain/edi-channel.ts';
import { Failed, type Failure, type Fate } from '../domain/failure.ts';
import type { CallOptions, Channel, ChannelFile, ChannelPlace } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { within } from '../lib/deadline.ts';
import { parseJson } from '../lib/json.ts';
import {
  connectionFailure,
  exists,
  failedBy,
  LARGEST_FILE,
  lateAnswer,
  notFound,
  ours,
  theirs,
} from './failures.ts';
import { type FileAnswer, type FileRequest, send } from './http-request.ts';
import { byName, checkedName, isFileName } from './names.ts';

const LARGEST_LIST = 10 * 1024 * 1024;
/** What is said beside a status is not read. */
const LARGEST_REMARK = 1024 * 1024;

const listing = z.array(
  z.object({
    name: z.string(),
    bytes: z.int().min(0),
    modified: z.iso.datetime({ offset: true }),
  }),
);

type Ask = Pick<FileRequest, 'method' | 'most'> & {
  readonly place: ChannelPlace;
  /** The collection itself when empty. */
  readonly name: string;
  readonly body?: Uint8Array;
};

export class HttpFiles implements Channel {
  readonly #channel: HttpChannel;
  readonly #clock: Clock;

  constructor(channel: HttpChannel, clock: Clock) {
    this.#channel = channel;
    this.#clock = clock;
  }

  /** That the file is there whole or not at all is up to the server, as is refusing a name that is taken. */
  async drop(name: string, bytes: Uint8Array, options: CallOptions): Promise<void> {
    const put = { method: 'PUT', place: 'in', name: checkedName(name), body: bytes } as const;
    const { status } = await this.#ask({ ...put, most: LARGEST_REMARK }, options);
    // 409 is how some servers say what 412 means.
    if (status === 412 || status === 409) throw exists(name);
    this.#demand(status, put);
  }

  async list(place: ChannelPlace, options: CallOptions): Promise<readonly ChannelFile[]> {
    const get = { method: 'GET', place, name: '', most: LARGEST_LIST } as const;
    const { status, body } = await this.#ask(get, options);
    this.#demand(status, get);
    const parsed = listing.safeParse(parseJson(body.toString('utf8')));
    if (!parsed.success) {
      const url = this.#urlOf(get).href;
      throw new Failed(theirs('malformed-list', `${url} answers no list of files`));
    }
    return parsed.data
      .filter((one) => isFileName(one.name))
      .map(({ name, bytes, modified }) => ({ name, bytes, modifiedMs: Date.parse(modified) }))
      .sort(byName);
  }

  async fetch(name: string, options: CallOptions): Promise<Uint8Array> {
    const get = { method: 'GET', place: 'out', name: checkedName(name) } as const;
    const { status, body } = await this.#ask({ ...get, most: LARGEST_FILE }, options);
    if (GONE.has(status)) throw notFound(name);
    this.#demand(status, get);
    return body;
  }

  async remove(place: ChannelPlace, name: string, options: CallOptions): Promise<void> {
    const remove = { method: 'DELETE', place, name: checkedName(name) } as const;
    const { status } = await this.#ask({ ...remove, most: LARGEST_REMARK }, options);
    if (!GONE.has(status)) this.#demand(status, remove);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #urlOf({ place, name }: Pick<Ask, 'place' | 'name'>): URL {
    return new URL(`${this.#channel[place]}/${encodeURIComponent(name)}`);
  }

  async #ask(ask: Ask, options: CallOptions): Promise<FileAnswer> {
    const url = this.#urlOf(ask);
    const progress = { connected: false };
    try {
      return await within(this.#clock, options.timeoutMs, options.signal, async (own) => {
        const headers = await this.#headersFor(ask);
        return await send({ ...ask, url, headers }, own, () => (progress.connected = true));
      });
    } catch (error) {
      throw failedBy(error, options, {
        late: (ms) => lateAnswer(url.href, progress.connected, ms),
        other: (thrown) => connectionFailure(url.href, thrown),
        fate: progress.connected ? 'unknown' : 'not-sent',
      });
    }
  }

  /** The secret is read anew. */
  async #headersFor({ method }: Ask): Promise<Readonly<Record<string, string>>> {
    const put = { 'if-none-match': '*', 'content-type': 'application/octet-stream' };
    const common = method === 'PUT' ? put : {};
    const { credentials } = this.#channel;
    if (credentials === undefined) return common;
    const secret = await credentials.password.read();
    const account = Buffer.from(`${credentials.login}:${secret.reveal()}`).toString('base64');
    return { ...common, authorization: `Basic ${account}` };
  }

  /** Throws Failed unless the server did what was asked. */
  #demand(status: number, ask: Pick<Ask, 'method' | 'place' | 'name'>): void {
    if (status >= 200 && status <= 299) return;
    const fate: Fate = status >= 500 ? 'unknown' : 'refused';
    throw new Failed(statusFailure(status, `${ask.method} ${this.#urlOf(ask).href}`), { fate });
  }
}

const GONE = new Set([404, 410]);

function statusFailure(status: number, request: string): Failure {
  const message = `${request}: HTTP ${status}`;
  if (status >= 500) return theirs('server-error', message);
  if (status === 413) return theirs('too-large', message);
  if (status === 401 || status === 403) return ours('login-refused', message);
  if (status >= 300 && status <= 399) return ours('redirect', `${message}, which is not followed`);
  return GONE.has(status) ? ours('no-folder', message) : ours('refused', message);
}
