import { describe, expect, it } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { HttpClient, type HttpRequest } from '../../../src/odoo/http.ts';
import { freePort } from '../../support/ports.ts';
import { httpServer, rawServer } from '../../support/unit/server.ts';

const text = (body: string): { type: string; body: string } => ({ type: 'text/xml', body });

const request = (change: Partial<HttpRequest> = {}): HttpRequest => ({
  path: '/xmlrpc/2/object',
  content: text('hello'),
  timeoutMs: 2_000,
  signal: new AbortController().signal,
  ...change,
});

async function failureFrom(url: string, change: Partial<HttpRequest> = {}): Promise<Failed> {
  const client = new HttpClient(url, systemClock);
  try {
    const answer = await client.send(request(change));
    throw new Error(`answered ${answer.status}`);
  } catch (error) {
    if (error instanceof Failed) return error;
    throw error;
  } finally {
    client.close();
  }
}

describe('one request', () => {
  it('is one POST with its body, its type and our name', async () => {
    const headers: unknown[] = [];
    const server = await httpServer((response, { method, headers: given }) => {
      headers.push([method, given['content-type'], given['user-agent'], given['content-length']]);
      response.setHeader('content-type', 'text/xml').end('<ok/>');
    });
    const client = new HttpClient(server.url, systemClock);
    const answer = await client.send(request({ content: text('é') }));
    client.close();
    expect(answer).toMatchObject({ status: 200, contentType: 'text/xml' });
    expect(String(answer.body)).toBe('<ok/>');
    expect(headers).toEqual([['POST', 'text/xml', 'orderwatch', '2']]);
    expect(server.bodies).toEqual(['é']);
  });

  it('keeps the path of the base URL, with or without its last slash', async () => {
    const server = await httpServer((response) => response.end());
    for (const base of ['/odoo', '/odoo/', '']) {
      const client = new HttpClient(server.url + base, systemClock);
      await client.send(request());
      client.close();
    }
    expect(server.paths).toEqual([
      '/odoo/xmlrpc/2/object',
      '/odoo/xmlrpc/2/object',
      '/xmlrpc/2/object',
    ]);
  });

  it('uses one connection for several requests of a session', async () => {
    const server = await httpServer((response) => response.end('x'));
    const client = new HttpClient(server.url, systemClock);
    for (let n = 0; n < 3; n += 1) await client.send(request());
    client.close();
    expect(server).toMatchObject({ connections: 1, bodies: { length: 3 } });
  });

  it('is a GET with its cookie where nothing is posted', async () => {
    const seen: unknown[] = [];
    const server = await httpServer((response, { method, headers }) => {
      seen.push(method, headers.cookie, headers['content-length'], headers['content-type']);
      response.end('file');
    });
    const client = new HttpClient(server.url, systemClock);
    const { content: _, ...get } = request();
    expect(String((await client.send({ ...get, cookie: 'session_id=abc' })).body)).toBe('file');
    client.close();
    expect(seen).toEqual(['GET', 'session_id=abc', undefined, undefined]);
  });

  it('puts a body that comes in pieces together, also inside a letter', async () => {
    const bytes = Buffer.from('é漢');
    const server = await httpServer((response) => {
      response.write(bytes.subarray(0, 1));
      setTimeout(() => response.end(bytes.subarray(1)), 10);
    });
    const client = new HttpClient(server.url, systemClock);
    expect(String((await client.send(request())).body)).toBe('é漢');
    client.close();
  });

  it.each([301, 302, 307, 308])('does not follow a redirect (%d)', async (status) => {
    const server = await httpServer((response) => {
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    const client = new HttpClient(server.url, systemClock);
    expect((await client.send(request())).status).toBe(status);
    client.close();
    expect(server.paths).toEqual(['/xmlrpc/2/object']);
  });

  it('answers a 502 page as it is: what it means is not for this file', async () => {
    const server = await httpServer((response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>');
    });
    const client = new HttpClient(server.url, systemClock);
    const answer = await client.send(request());
    client.close();
    expect(answer).toMatchObject({ status: 502, contentType: 'text/html' });
    expect(String(answer.body)).toBe('<h1>Bad Gateway</h1>');
  });
});

describe('a request that nobody can have seen', () => {
  it('is refused: not sent, and the front door is to blame', async () => {
    const failed = await failureFrom(`http://127.0.0.1:${await freePort()}`);
    expect(failed.fate).toBe('not-sent');
    expect(failed.failure).toMatchObject({
      code: 'odoo.unreachable',
      blame: 'target',
      layer: 'ingress',
    });
    expect(failed.failure.message).toContain('ECONNREFUSED');
  });

  it('says why, also when a name led to several addresses', async () => {
    const failed = await failureFrom(`http://localhost:${await freePort()}`);
    expect(failed.fate).toBe('not-sent');
    expect(failed.failure.message).toContain('ECONNREFUSED');
  });

  it('has no name in DNS: not sent', async () => {
    const failed = await failureFrom('http://no-such-host.invalid', { timeoutMs: 5_000 });
    expect(failed.fate).toBe('not-sent');
    expect(['odoo.unreachable', 'fleet.network', 'odoo.timeout']).toContain(failed.failure.code);
  });

  it('was stopped before it began: not sent, and nobody but us', async () => {
    const server = await httpServer((response) => response.end());
    const failed = await failureFrom(server.url, { signal: AbortSignal.abort(new Error('stop')) });
    expect(failed.fate).toBe('not-sent');
    expect(failed.failure).toMatchObject({ code: 'run.interrupted', blame: 'fleet' });
    expect(server.bodies).toEqual([]);
  });
});

describe('a request whose fate nobody knows', () => {
  it('is reset as soon as it is connected', async () => {
    const server = await rawServer((socket) => socket.resetAndDestroy());
    const failed = await failureFrom(server.url);
    expect(failed.failure).toMatchObject({
      code: 'odoo.unreachable',
      blame: 'target',
      layer: 'network',
    });
    expect(server.connections).toBe(1);
  });

  it('is reset after it was read', async () => {
    const server = await httpServer((_, { socket }) => {
      socket.resetAndDestroy();
    });
    const failed = await failureFrom(server.url);
    expect(failed.fate).toBe('unknown');
    expect(failed.failure).toMatchObject({
      code: 'odoo.unreachable',
      blame: 'target',
      layer: 'network',
    });
    expect(server.bodies).toEqual(['hello']);
  });

  it('is closed without an answer', async () => {
    const server = await httpServer((_, { socket }) => {
      socket.end();
    });
    const failed = await failureFrom(server.url);
    expect(failed.fate).toBe('unknown');
    expect(failed.failure.blame).toBe('target');
    expect(server.bodies).toHaveLength(1);
  });

  it('meets silence until its deadline', async () => {
    const server = await httpServer(() => undefined);
    const started = systemClock.monotonic();
    const failed = await failureFrom(server.url, { timeoutMs: 60 });
    expect(systemClock.monotonic() - started).toBeLessThan(1_000);
    expect(failed.fate).toBe('unknown');
    expect(failed.failure).toEqual({
      code: 'odoo.timeout',
      blame: 'target',
      layer: 'application',
      message: 'no answer within 60 ms',
    });
    expect(server.bodies).toHaveLength(1);
  });

  it('meets an answer that drips on past its deadline', async () => {
    const server = await httpServer((response) => {
      const drip = setInterval(() => response.write('x'), 5);
      response.on('close', () => {
        clearInterval(drip);
      });
    });
    const failed = await failureFrom(server.url, { timeoutMs: 60 });
    expect(failed.fate).toBe('unknown');
    expect(failed.failure.code).toBe('odoo.timeout');
  });

  it('meets a body without an end: cut at 2 MB, not when memory is full', async () => {
    let sent = 0;
    const server = await httpServer((response) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const pour = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', pour);
      pour();
    });
    const failed = await failureFrom(server.url, { timeoutMs: 5_000 });
    expect(failed.fate).toBe('unknown');
    expect(failed.failure).toMatchObject({ code: 'odoo.malformed-answer', layer: 'application' });
    expect(failed.failure.message).toBe('the answer is larger than 2097152 bytes');
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  it('meets a body that is shorter than it was announced', async () => {
    const server = await httpServer((response, { socket }) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => socket.destroy());
    });
    const failed = await failureFrom(server.url);
    expect(failed.fate).toBe('unknown');
    expect(failed.failure).toMatchObject({ code: 'odoo.unreachable', blame: 'target' });
  });

  it('meets something that does not speak HTTP', async () => {
    const server = await rawServer((socket) => {
      socket.on('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    });
    const failed = await failureFrom(server.url);
    expect(failed.fate).toBe('unknown');
    expect(failed.failure).toMatchObject({ code: 'odoo.unreachable', blame: 'target' });
  });

  it('is stopped by us while it waits', async () => {
    const server = await httpServer(() => {
      stop.abort(new Error('told to stop'));
    });
    const stop = new AbortController();
    const failed = await failureFrom(server.url, { signal: stop.signal });
    expect(failed.fate).toBe('unknown');
    expect(failed.failure).toMatchObject({ code: 'run.interrupted', blame: 'fleet' });
  });

  it('is never sent a second time', async () => {
    const server = await httpServer((_, { socket }) => {
      socket.resetAndDestroy();
    });
    const client = new HttpClient(server.url, systemClock);
    await expect(client.send(request())).rejects.toBeInstanceOf(Failed);
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.close();
    expect(server.bodies).toEqual(['hello']);
    expect(server.connections).toBe(1);
  });

  it('is not sent again either when a kept connection is closed under it', async () => {
    let first = true;
    const server = await httpServer((response, { socket }) => {
      if (!first) socket.resetAndDestroy();
      else response.end('x');
      first = false;
    });
    const client = new HttpClient(server.url, systemClock);
    await client.send(request({ content: text('one') }));
    const second = client.send(request({ content: text('two') }));
    await expect(second).rejects.toMatchObject({ fate: 'unknown' });
    client.close();
    expect(server.bodies).toEqual(['one', 'two']);
  });
});

describe('a client', () => {
  it('works on after a request that was cut', async () => {
    const server = await httpServer((response, _, body) => {
      if (body !== 'silence') response.end('x');
    });
    const client = new HttpClient(server.url, systemClock);
    const cut = client.send(request({ content: text('silence'), timeoutMs: 100 }));
    await expect(cut).rejects.toBeInstanceOf(Failed);
    expect(String((await client.send(request())).body)).toBe('x');
    client.close();
  });

  it('refuses the plain answer of a port that should speak TLS', async () => {
    const server = await httpServer((response) => response.end('x'));
    const failed = await failureFrom(server.url.replace('http:', 'https:'));
    expect(failed.fate).toBe('not-sent');
    expect(failed.failure).toMatchObject({ code: 'odoo.unreachable', blame: 'target' });
    expect(server.bodies).toEqual([]);
  });
});
