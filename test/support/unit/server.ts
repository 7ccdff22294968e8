/** Servers on the loopback that misbehave on purpose and count what reached them. */
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export interface Counting {
  readonly url: string;
  readonly port: number;
  /** Bodies of the requests that arrived whole, in order. */
  readonly bodies: string[];
  readonly paths: string[];
  /** Connections that were opened. */
  connections: number;
}

export type Reply = (
  response: http.ServerResponse,
  request: http.IncomingMessage,
  body: string,
) => void;

/** Answers each whole request with `reply`. */
export async function httpServer(reply: Reply): Promise<Counting> {
  const seen = { url: '', port: 0, bodies: [] as string[], paths: [] as string[], connections: 0 };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.bodies.push(body);
      seen.paths.push(request.url ?? '');
      reply(response, request, body);
    });
  });
  server.on('connection', () => {
    seen.connections += 1;
  });
  return await listen(server, seen);
}

/** Hands every raw connection to `handle`. */
export async function rawServer(handle: (socket: net.Socket) => void): Promise<Counting> {
  const seen = { url: '', port: 0, bodies: [] as string[], paths: [] as string[], connections: 0 };
  const server = net.createServer((socket) => {
    seen.connections += 1;
    socket.on('error', () => undefined);
    handle(socket);
  });
  return await listen(server, seen);
}

async function listen(server: net.Server, seen: Counting): Promise<Counting> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(seen, { port, url: `http://127.0.0.1:${port}` });
}
