/** One POST of JSON to somebody who is told of incidents; of the answer only the status is of use. */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { Refused } from '../alerting/sink.ts';

interface Post {
  readonly url: URL;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is wrong with the message stays wrong; anything else may be mended on their side. */
const REFUSALS = new Set([400, 413, 422]);

/**
 * Follows no redirect and reads no body. Rejects with Refused when the message itself was refused, else with an Error; with
 * what Node throws when there is no answer, and when the signal aborts.
 */
export async function post({ url, body, headers = {} }: Post, signal: AbortSignal): Promise<void> {
  const outgoing = (url.protocol === 'https:' ? https : http).request(url, {
    method: 'POST',
    signal,
    // A kept connection may be closed just as it is used again.
    agent: false,
    headers: {
      'user-agent': 'orderwatch',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      ...headers,
    },
  });
  // A late error has nobody left to tell.
  outgoing.on('error', () => undefined);
  outgoing.end(body);
  try {
    const [{ statusCode: status = 0 }] = (await once(outgoing, 'response')) as [
      http.IncomingMessage,
    ];
    if (status >= 200 && status <= 299) return;
    const message = `${url.origin} answers with HTTP ${status}`;
    throw REFUSALS.has(status) ? new Refused(message) : new Error(message);
  } finally {
    outgoing.destroy();
  }
}
