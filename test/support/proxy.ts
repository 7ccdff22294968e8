/** An HTTP proxy in front of a real tenant that cuts the connection at a chosen request, in a chosen way. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { callOf } from './calls.ts';

/** before-request: the server never sees it. after-request: it does, and nobody waits for its answer.
 *  before-response: the answer was there and never arrives. */
export const cutModes = ['before-request', 'after-request', 'before-response'] as const;
export type CutMode = (typeof cutModes)[number];

export interface Cut {
  /** As `callOf` names it. */
  readonly call: string;
  /** Which of these calls, from 1. */
  readonly at: number;
  readonly mode: CutMode;
  /** Whether the way stays cut for every later request. */
  readonly forGood: boolean;
  /** Called at the cut itself. */
  readonly onCut?: () => void;
}

export interface CutProxy {
  readonly url: string;
  /** From now on the way is cut. */
  down(): void;
  /** Of the requests that were forwarded, in order. */
  readonly bodies: readonly string[];
  readonly paths: readonly string[];
  /** As `callOf` names them. */
  readonly calls: readonly string[];
  /** When each of them was forwarded, epoch ms. */
  readonly times: readonly number[];
  close(): Promise<void>;
}

/** A web socket is never a request. */
export async function cutProxy(target: string, cut?: Cut): Promise<CutProxy> {
  let alike = 0;
  let dead = false;
  const bodies: string[] = [];
  const paths: string[] = [];
  const calls: string[] = [];
  const times: number[] = [];
  const server = http.createServer((request, response) => {
    const kill = (): void => {
      response.socket?.destroy();
    };
    if (dead) {
      kill();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const call = callOf(request.url ?? '', body.toString());
      if (call === cut?.call) alike += 1;
      const isCut = call === cut?.call && alike === cut.at;
      const now = (mode: CutMode): boolean => {
        if (!isCut || cut.mode !== mode) return false;
        dead = cut.forGood;
        cut.onCut?.();
        kill();
        return true;
      };
      if (now('before-request')) return;
      bodies.push(body.toString());
      paths.push(request.url ?? '');
      calls.push(call);
      times.push(Date.now());
      const onward = http.request(new URL(request.url ?? '/', target), {
        method: request.method ?? 'GET',
        headers: { ...request.headers, host: new URL(target).host },
        agent: false,
      });
      onward.on('response', (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          if (now('before-response') || response.destroyed) return;
          const { connection: _, 'transfer-encoding': __, ...headers } = answer.headers;
          response.writeHead(answer.statusCode ?? 502, headers).end(Buffer.concat(parts));
        });
      });
      onward.on('error', kill);
      onward.end(body, () => {
        // The whole request is on its way; the server will act on it, whoever waits.
        now('after-request');
      });
    });
    request.on('error', () => undefined);
  });
  // The web client lives without its web socket and asks for one again and again.
  server.on('upgrade', (_, socket) => socket.destroy());
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    down: () => {
      dead = true;
      server.closeAllConnections();
    },
    bodies,
    paths,
    calls,
    times,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
