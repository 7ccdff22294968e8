/** One request to one address, sent once: deadline, abort, whole body with a cap. What fails says what became of it. */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { Failed, type Failure, type Fate } from '../domain/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { collect } from '../lib/collect.ts';
import { whereItBroke } from '../lib/network.ts';
import { thrownText } from '../lib/thrown.ts';

const LARGEST_BODY = 2 * 1024 * 1024;

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  /** As the server set them, one text each. */
  readonly cookies: readonly string[];
}

export interface HttpRequest {
  readonly path: string;
  /** What is posted; without it something is got. */
  readonly content?: { readonly type: string; readonly body: string };
  /** Sent back to the server as it set it. */
  readonly cookie?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Connections to one base URL; keep one per session and close it with the session. */
export class HttpClient {
  readonly #base: URL;
  readonly #clock: Clock;
  readonly #agent: http.Agent;
  readonly #request: typeof http.request;

  constructor(base: string, clock: Clock) {
    this.#base = new URL(base);
    this.#clock = clock;
    const secure = this.#base.protocol === 'https:';
    // Idle connections are dropped early: a server that closes one just as we reuse it looks like a reset.
    const options = { keepAlive: true, timeout: 4_000 };
    this.#agent = secure ? new https.Agent(options) : new http.Agent(options);
    this.#request = secure ? https.request : http.request;
  }

  /** Rejects with Failed; its fate is `not-sent` only when no byte of the request can have left. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const cut = new AbortController();
    const timer = new AbortController();
    this.#clock.sleep(request.timeoutMs, timer.signal).then(
      () => {
        cut.abort();
      },
      () => undefined,
    );
    const signal = AbortSignal.any([cut.signal, request.signal]);
    const progress: Progress = { connected: false };
    try {
      return await this.#exchange(request, signal, progress);
    } catch (error) {
      if (error instanceof Failed) throw error;
      const fate: Fate = progress.connected ? 'unknown' : 'not-sent';
      if (cut.signal.aborted) throw new Failed(noAnswer(request.timeoutMs, progress), { fate });
      if (request.signal.aborted) throw new Failed(interrupted, { fate, cause: error });
      throw new Failed(networkFailure(error), { fate, cause: error });
    } finally {
      timer.abort();
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #exchange(
    request: HttpRequest,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<HttpAnswer> {
    const outgoing = this.#request(
      new URL(this.#base.pathname.replace(/\/$/, '') + request.path, this.#base),
      {
        agent: this.#agent,
        method: request.content === undefined ? 'GET' : 'POST',
        signal,
        headers: headersOf(request),
      },
    );
    outgoing.on('socket', (socket) => {
      const ready = 'encrypted' in socket ? 'secureConnect' : 'connect';
      if (outgoing.reusedSocket) progress.connected = true;
      else socket.once(ready, () => (progress.connected = true));
    });
    // A late error, after the answer began, also ends the answer's own stream: it is not lost here.
    outgoing.on('error', () => undefined);
    outgoing.end(request.content?.body);
    const [response] = (await once(outgoing, 'response')) as [http.IncomingMessage];
    return await answerOf(response);
  }
}

function headersOf({ content, cookie }: HttpRequest): http.OutgoingHttpHeaders {
  return {
    'user-agent': 'orderwatch',
    ...(cookie === undefined ? {} : { cookie }),
    ...(content === undefined
      ? {}
      : { 'content-type': content.type, 'content-length': Buffer.byteLength(content.body) }),
  };
}

interface Progress {
  connected: boolean;
}

async function answerOf(response: http.IncomingMessage): Promise<HttpAnswer> {
  const body = await collect(response, LARGEST_BODY);
  if (body === undefined) {
    throw new Failed(
      {
        code: 'odoo.malformed-answer',
        blame: 'target',
        layer: 'application',
        message: `the answer is larger than ${LARGEST_BODY} bytes`,
      },
      { fate: 'unknown' },
    );
  }
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    body,
    cookies: response.headers['set-cookie'] ?? [],
  };
}

const interrupted: Failure = {
  code: 'run.interrupted',
  blame: 'fleet',
  message: 'stopped while waiting for an answer',
};

function noAnswer(timeoutMs: number, progress: Progress): Failure {
  return progress.connected
    ? {
        code: 'odoo.timeout',
        blame: 'target',
        layer: 'application',
        message: `no answer within ${timeoutMs} ms`,
      }
    : {
        code: 'odoo.unreachable',
        blame: 'target',
        layer: 'network',
        message: `no connection within ${timeoutMs} ms`,
      };
}

function networkFailure(error: unknown): Failure {
  const message = thrownText(error);
  const where = whereItBroke(error);
  if (where === 'here') return { code: 'fleet.network', blame: 'fleet', message };
  const layer = where === 'on the way' ? 'network' : 'ingress';
  return { code: 'odoo.unreachable', blame: 'target', layer, message };
}
