/** What a process of the fleet answers over HTTP: its metrics, that it lives, whether it can work; and what it is told. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { describeThrown } from '../lib/thrown.ts';

export interface Pages {
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Why the process cannot do its work; empty when it can. */
  readonly notReady: () => Promise<readonly string[]>;
  /** Of deployments, by whatever method; reads the body itself. */
  readonly deployments: (request: http.IncomingMessage) => Promise<Answer>;
}

export interface HttpServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly contentType?: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Rejects with the system's error when the address cannot be listened on. Port 0 takes any free one. */
export async function serveHttp(
  { host, port }: { readonly host: string; readonly port: number },
  pages: Pages,
): Promise<HttpServer> {
  // Nobody has a reason to send much or to be slow.
  const limits = {
    requestTimeout: 10_000,
    headersTimeout: 5_000,
    connectionsCheckingInterval: 1_000,
  };
  const server = http.createServer(limits, (request, response) => {
    void answerTo(request, pages).then(({ status, contentType = 'text/plain', text, headers }) => {
      response.writeHead(status, {
        'content-type': contentType,
        'cache-control': 'no-store',
        ...headers,
      });
      if (request.method === 'HEAD') response.end();
      // Who leaves before the end gets no more; nobody else has to hear of it.
      else pipeline(Readable.from(partsOf(text)), response, () => undefined);
      // What is still on its way is let go by, until the time for a request is over.
      request.resume();
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Characters; encoding all of a large page at once would keep everybody waiting. */
const PART = 256 * 1_024;

function* partsOf(text: string): Iterable<string> {
  for (let from = 0; from < text.length; from += PART) yield text.slice(from, from + PART);
}

async function answerTo(request: http.IncomingMessage, pages: Pages): Promise<Answer> {
  const { method, url = '' } = request;
  const path = url.replace(/\?.*/, '');
  if (path === '/api/v1/deployments') return await pages.deployments(request);
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'only GET\n' };
  try {
    switch (path) {
      case '/metrics':
        return { status: 200, ...(await pages.metrics()) };
      case '/healthz':
        return { status: 200, text: 'ok\n' };
      case '/readyz':
        return readinessOf(await pages.notReady());
      default:
        return { status: 404, text: 'there are /metrics, /healthz and /readyz\n' };
    }
  } catch (error) {
    return { status: 500, text: `${describeThrown(error)}\n` };
  }
}

function readinessOf(reasons: readonly string[]): Answer {
  if (reasons.length === 0) return { status: 200, text: 'ready\n' };
  return { status: 503, text: `${reasons.join('\n')}\n` };
}
