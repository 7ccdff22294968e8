/** The JSON that a request carries, however large, slow or broken it comes. */
import type { IncomingMessage } from 'node:http';
import { Refused } from './refused.ts';

const MOST_BYTES = 256 * 1_024;
const REMEDY = 'send at most 256 kB';

/** Throws Refused (413, 415, 400), also when the sender leaves. How slow it may be is the server's business. */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!/^application\/json\s*(?:;|$)/i.test(type) || encoding !== 'identity') {
    throw new Refused(415, 'the body is not plain JSON', 'send content-type: application/json');
  }
  if (Number(request.headers['content-length']) > MOST_BYTES) throw tooLarge();
  const text = textOf(await bytesOf(request));
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says quotes what was sent.
    throw new Refused(400, 'the body does not parse as JSON', 'send one JSON object');
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Events, for leaving a loop over the request would end the connection before it is answered.
  return await new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST_BYTES) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(tooLarge());
      }
    });
    request.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    // Also for a sender that left before anybody listened.
    const leave = (): void => {
      reject(new Refused(400, 'the sender left', 'send all of it'));
    };
    if (request.destroyed) leave();
    request.on('error', leave);
    request.on('close', leave);
  });
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refused(400, 'the body is not UTF-8', 'send JSON in UTF-8');
  }
}

const tooLarge = (): Refused => new Refused(413, 'the body is larger than 256 kB', REMEDY);
