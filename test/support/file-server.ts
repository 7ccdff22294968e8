/** A partner's HTTP server as the README describes it, in front of two folders of files. */
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { collect } from '../../src/lib/collect.ts';

const LARGEST = 1_000_000;

export interface FileServer {
  /** Of the two collections. */
  readonly in: string;
  readonly out: string;
  close(): Promise<void>;
}

export async function fileServer(folders: {
  readonly in: string;
  readonly out: string;
}): Promise<FileServer> {
  const server = http.createServer((request, response) => {
    answer(folders, request).then(
      ({ status, body }) => response.writeHead(status).end(body),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    in: `${url}/in`,
    out: `${url}/out`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body?: string | Buffer;
}

async function answer(
  folders: Readonly<Record<'in' | 'out', string>>,
  request: http.IncomingMessage,
): Promise<Answer> {
  const [, place, name = ''] = (request.url ?? '').split('/');
  const folder = place === 'in' ? folders.in : folders.out;
  if (name === '') return { status: 200, body: JSON.stringify(await list(folder)) };
  const path = join(folder, basename(decodeURIComponent(name)));
  if (request.method === 'PUT') {
    return await put(path, (await collect(request, LARGEST)) ?? Buffer.alloc(0));
  }
  if (request.method === 'DELETE') {
    await rm(path, { force: true });
    return { status: 204 };
  }
  return await readFile(path).then(
    (body) => ({ status: 200, body }),
    () => ({ status: 404 }),
  );
}

async function list(folder: string): Promise<readonly object[]> {
  await mkdir(folder, { recursive: true });
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => undefined);
      if (found?.isFile() !== true) return [];
      return [{ name, bytes: found.size, modified: found.mtime.toISOString() }];
    }),
  );
  return files.flat();
}

async function put(path: string, body: Buffer): Promise<Answer> {
  try {
    await writeFile(path, body, { flag: 'wx' });
    return { status: 201 };
  } catch {
    return { status: 412 };
  }
}
