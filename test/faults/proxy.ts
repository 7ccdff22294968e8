/**
 * A proxy in front of a tenant whose way can be turned at any time: through, elsewhere, or into what networks and
 * ingresses do wrong. With a key and a certificate it speaks TLS to whoever comes.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { callOf } from '../support/calls.ts';

type Way =
  /** `before` is waited for; it is told each call as `callOf` names it, which goes on to the tenant afterwards. */
  | { readonly kind: 'through'; readonly before?: (call: string) => unknown }
  /** To another HTTP server, which sees its own name. */
  | { readonly kind: 'elsewhere'; readonly target: string }
  /** A connection is reset as soon as it is accepted. */
  | { readonly kind: 'reset' }
  /** A request is read and never answered. */
  | { readonly kind: 'silent' }
  /** The tenant's true answer, a byte every half second. */
  | { readonly kind: 'trickle' }
  /** An answer of the right type that does not end. */
  | { readonly kind: 'endless' }
  /** A page with code 200, whatever was asked. */
  | { readonly kind: 'html' };

export interface FaultProxy {
  readonly port: number;
  /** On 127.0.0.1. */
  readonly url: string;
  /** From now on, for every connection and request. */
  readonly turn: (way: Way) => void;
  readonly close: () => Promise<void>;
}

export interface FaultProxyOptions {
  /** `through` when absent. */
  readonly way?: Way;
  /** PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

const TRICKLE_MS = 500;
const PAGE =
  '<!doctype html><html><head><title>Welcome</title></head><body>It works!</body></html>';

export async function faultProxy(
  target: string,
  { way: first = { kind: 'through' }, tls }: FaultProxyOptions = {},
): Promise<FaultProxy> {
  let way = first;
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    answer(way, target, { request, response }).catch(() => {
      response.socket?.destroy();
    });
  };
  const server = tls === undefined ? http.createServer(serve) : https.createServer(tls, serve);
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    if (way.kind === 'reset') socket.resetAndDestroy();
  });
  // The web client lives without its web socket and asks for one again and again.
  server.on('upgrade', (_, socket: Socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    turn: (next) => {
      way = next;
      if (way.kind === 'reset') for (const socket of open) socket.resetAndDestroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of open) socket.destroy();
      }),
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(way: Way, target: string, exchange: Exchange): Promise<void> {
  const body = await wholeOf(exchange.request);
  switch (way.kind) {
    case 'through':
      await way.before?.(callOf(exchange.request.url ?? '', body.toString()));
      await send(exchange.response, await forward(target, exchange.request, body));
      return;
    case 'elsewhere':
      await send(exchange.response, await forward(way.target, exchange.request, body));
      return;
    case 'trickle':
      await send(exchange.response, await forward(target, exchange.request, body), TRICKLE_MS);
      return;
    case 'endless':
      await sendForEver(exchange.response);
      return;
    case 'html':
      exchange.response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
      return;
    case 'reset':
    case 'silent':
      return;
  }
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

function forward(target: string, request: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onward = http.request(new URL(request.url ?? '/', target), {
      method: request.method ?? 'GET',
      headers: { ...request.headers, host: new URL(target).host },
      agent: false,
    });
    onward.on('error', reject);
    onward.on('response', (response) => {
      const { connection: _, 'transfer-encoding': __, ...headers } = response.headers;
      const status = response.statusCode ?? 502;
      wholeOf(response).then((whole) => {
        resolve({ status, headers, body: whole });
      }, reject);
    });
    onward.end(body);
  });
}

async function wholeOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

/** At once, or a byte at a time. */
async function send(
  response: ServerResponse,
  { status, headers, body }: Answer,
  everyMs?: number,
): Promise<void> {
  response.writeHead(status, headers);
  if (everyMs === undefined) {
    response.end(body);
    return;
  }
  for (const byte of body) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await sleep(everyMs);
  }
  response.end();
}

async function sendForEver(response: ServerResponse): Promise<void> {
  const more = Buffer.alloc(16_384, ' ');
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.write("<?xml version='1.0'?><methodResponse><params>");
  while (!response.destroyed) {
    if (response.write(more)) await sleep(1);
    else await Promise.race([drained(response), sleep(1_000)]);
  }
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    response.once('drain', resolve);
  });
