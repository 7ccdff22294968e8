/** One HTTP request for a file, sent once over a connection of its own; the answer is whole and has a cap. */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { collect } from '../lib/collect.ts';
import { tooLarge } from './failures.ts';

export interface FileRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Bytes of the answer's body. */
  readonly most: number;
}

export interface FileAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** Follows no redirect. Rejects with what Node throws, or Failed `channel.too-large`. */
export async function send(
  { method, url, headers, body, most }: FileRequest,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<FileAnswer> {
  const secure = url.protocol === 'https:';
  const outgoing = (secure ? https : http).request(url, {
    method,
    signal,
    // A kept connection may be closed just as it is used again, and a drop is never sent twice.
    agent: false,
    headers: {
      'user-agent': 'orderwatch',
      ...headers,
      ...(body === undefined ? {} : { 'content-length': String(body.byteLength) }),
    },
  });
  outgoing.once('socket', (socket) =>
    socket.once(secure ? 'secureConnect' : 'connect', onConnected),
  );
  // A late error, after the answer began, also ends the answer's own stream: it is not lost here.
  outgoing.on('error', () => undefined);
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [http.IncomingMessage];
  const received = await collect(response, most);
  if (received === undefined) throw tooLarge(`the answer from ${url.href}`, most);
  return { status: response.statusCode ?? 0, body: received };
}
