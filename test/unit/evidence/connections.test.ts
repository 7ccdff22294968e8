import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { freePort } from '../../support/ports.ts';
import { inTime, outside, theOne, words } from '../../support/unit/looks.ts';
import { rawServer } from '../../support/unit/server.ts';

const ends: (() => void)[] = [];
afterAll(() => {
  for (const end of ends) end();
});

describe('a name', () => {
  it('that nobody has ends the looks', async () => {
    // Longer than a label may be, so every resolver knows without asking.
    const looks = await outside(`http://${'a'.repeat(64)}.example`);
    expect(looks).toEqual([
      { look: 'dns', seen: 'unknown-name', ms: expect.any(Number) as number, detail: 'ENOTFOUND' },
    ]);
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['[::1]', '::1'],
  ])('that is the address %s is known', async (host, address) => {
    const looks = await outside(`http://${host}:${await freePort()}`);
    expect(looks[0]).toMatchObject({ look: 'dns', seen: 'ok', detail: address });
    expect(looks).toHaveLength(5);
  });

  it('is looked up once for all looks, which then mean its addresses', async () => {
    const server = await rawServer((socket) => socket.end('HTTP/1.0 502 Bad\r\n\r\n'));
    const looks = await outside(`http://localhost:${server.port}`);
    expect(words(looks)).toEqual([
      'dns ok',
      'connect ok',
      'health gateway',
      'database-health gateway',
      'page gateway',
    ]);
  });
});

describe('a connection', () => {
  it('that is refused leaves nothing to be seen of the web', async () => {
    const looks = await outside(`http://127.0.0.1:${await freePort()}`);
    expect(words(looks)).toEqual([
      'dns ok',
      'connect refused',
      'health unreachable',
      'database-health unreachable',
      'page unreachable',
    ]);
    expect(theOne(looks, 'connect')?.detail).toBe('ECONNREFUSED');
    expect(theOne(looks, 'page')?.detail).toBe('ECONNREFUSED');
  });

  it('that our machine has no way for is not the other side’s', async () => {
    // The broadcast address: no TCP leaves for it anywhere.
    const looks = await outside('http://255.255.255.255');
    expect(theOne(looks, 'connect')?.seen).toBe('no-route');
  });

  it('that nobody takes is silent, within the time', async () => {
    const port = await deafPort();
    const began = systemClock.monotonic();
    const looks = await outside(`http://127.0.0.1:${port}`, inTime(600));
    expect(systemClock.monotonic() - began).toBeLessThan(3_000);
    expect(words(looks)).toEqual([
      'dns ok',
      'connect silent',
      'health unreachable',
      'database-health unreachable',
      'page unreachable',
    ]);
  });

  it('is the first thing missing under https too, and then TLS is not spoken of', async () => {
    const looks = await outside(`https://127.0.0.1:${await freePort()}`);
    expect(words(looks)).toContain('connect refused');
    expect(theOne(looks, 'tls')).toBeUndefined();
  });
});

describe('an abort', () => {
  it('ends the looks soon and leaves out what was not finished', async () => {
    const server = await rawServer(() => undefined);
    const stop = new AbortController();
    const looking = outside(server.url, { ...inTime(30_000), signal: stop.signal });
    await expect.poll(() => server.connections).toBeGreaterThan(3);
    stop.abort(new Error('enough'));
    expect(words(await looking)).toEqual(['dns ok', 'connect ok']);
  });

  it('before the first look leaves nothing', async () => {
    const options = { ...inTime(), signal: AbortSignal.abort() };
    expect(await outside('http://127.0.0.1:1', options)).toEqual([]);
  });
});

it.each(['', 'north', 'ftp://127.0.0.1', 'http://'])('nothing is seen of %j', async (url) => {
  expect(await outside(url)).toEqual([]);
});

/** A port whose queue of connections is full and which nobody empties. */
async function deafPort(): Promise<number> {
  const script = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    require('node:fs').writeSync(1, String(this.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  ends.push(() => child.kill('SIGKILL'));
  const port = Number(await firstWords(child));
  for (let full = false, tries = 0; !full && tries < 10; tries += 1) full = !(await isTaken(port));
  return port;
}

async function firstWords(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
  return chunk.toString();
}

async function isTaken(port: number): Promise<boolean> {
  const socket = net.connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  ends.push(() => socket.destroy());
  const connected = once(socket, 'connect').then(() => true);
  return await Promise.race([connected, systemClock.sleep(300).then(() => false)]);
}
