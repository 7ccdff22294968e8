/** Files under URLs, and every fault that a partner's server can have. */
import type http from 'node:http';
import { describe, expect, it } from 'vitest';
import { openChannel } from '../../../src/channel/open.ts';
import type { HttpChannel } from '../../../src/domain/edi-channel.ts';
import { Failed } from '../../../src/domain/failure.ts';
import type { Channel } from '../../../src/engine/ports.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { freePort } from '../../support/ports.ts';
import { failureOf, ORDER, options } from '../../support/unit/channel.ts';
import { httpServer, type Reply, rawServer } from '../../support/unit/server.ts';

const PASSWORD = 'hunter22';
const channelTo = (url: string, change: Partial<HttpChannel> = {}): Channel =>
  openChannel({ kind: 'http', in: `${url}/in`, out: `${url}/out`, ...change }, systemClock);

const SERVER = { blame: 'target', layer: 'integration' } as const;

/** As the README describes such a server. */
function partner(): {
  readonly reply: Reply;
  readonly files: Map<string, string>;
  readonly seen: http.IncomingHttpHeaders[];
} {
  const files = new Map<string, string>();
  const seen: http.IncomingHttpHeaders[] = [];
  const reply: Reply = (response, { method, url = '', headers }, body) => {
    seen.push(headers);
    if (url.endsWith('/')) {
      const inside = [...files].filter(([path]) => path.startsWith(url));
      const list = inside.map(([path, text]) => ({
        name: decodeURIComponent(path.slice(url.length)),
        bytes: Buffer.byteLength(text),
        modified: '2026-11-23T05:00:00+01:00',
        owner: 'x',
      }));
      response.end(JSON.stringify(list));
    } else if (method === 'PUT') {
      if (files.has(url)) response.statusCode = 412;
      else files.set(url, body);
      response.end();
    } else if (method === 'DELETE') {
      response.writeHead(files.delete(url) ? 204 : 404).end();
    } else if (files.has(url)) {
      response.end(files.get(url));
    } else {
      response.writeHead(404).end();
    }
  };
  return { reply, files, seen };
}

describe('a server that does as it should', () => {
  it('takes files, lists them by name, hands them out and lets them go', async () => {
    const { reply, files, seen } = partner();
    const { url } = await httpServer(reply);
    const channel = channelTo(url);
    await channel.drop('b c.edi', ORDER, options);
    await channel.drop('a.edi', ORDER, options);
    expect([...files.keys()]).toEqual(['/in/b%20c.edi', '/in/a.edi']);
    expect(seen[0]).toMatchObject({ 'if-none-match': '*', 'content-length': String(ORDER.length) });
    const modifiedMs = Date.UTC(2026, 10, 23, 4);
    expect(await channel.list('in', options)).toEqual([
      { name: 'a.edi', bytes: ORDER.length, modifiedMs },
      { name: 'b c.edi', bytes: ORDER.length, modifiedMs },
    ]);
    files.set('/out/invoice.edi', 'INV');
    expect(Buffer.from(await channel.fetch('invoice.edi', options)).toString()).toBe('INV');
    await channel.remove('out', 'invoice.edi', options);
    await channel.remove('out', 'invoice.edi', options);
    expect(await failureOf(channel.fetch('invoice.edi', options))).toMatchObject({
      code: 'channel.not-found',
      blame: 'fleet',
    });
    expect(seen.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  it.each([412, 409])('refuses a name that is taken (%d)', async (status) => {
    const { url } = await httpServer((response) => response.writeHead(status).end());
    expect(await failureOf(channelTo(url).drop('a', ORDER, options))).toMatchObject({
      code: 'channel.exists',
      blame: 'fleet',
      fate: 'refused',
    });
  });

  it('is given the credentials, read anew each time, and no failure shows them', async () => {
    const given: (string | undefined)[] = [];
    const server = await httpServer((response, { headers }) => {
      given.push(headers.authorization);
      response.writeHead(401).end(headers.authorization);
    });
    const secrets = ['old one', PASSWORD];
    const read = () => Promise.resolve(new Secret(secrets.shift() ?? ''));
    const credentials = { login: 'acme', password: { name: 'env:EDI', read } };
    const channel = channelTo(server.url, { credentials });
    await failureOf(channel.list('in', options));
    const failure = await failureOf(channel.list('in', options));
    expect(given).toEqual(
      ['acme:old one', `acme:${PASSWORD}`].map(
        (text) => `Basic ${Buffer.from(text).toString('base64')}`,
      ),
    );
    expect(failure).toMatchObject({ code: 'channel.login-refused', blame: 'fleet' });
    expect(JSON.stringify(failure)).not.toMatch(/hunter22|Basic/);
  });

  it('is not asked while our secret is missing', async () => {
    const server = await httpServer((response) => response.end('[]'));
    const missing = new Failed(
      { code: 'secret.missing', blame: 'fleet', message: 'x' },
      { fate: 'not-sent' },
    );
    const password = { name: 'env:EDI', read: () => Promise.reject(missing) };
    const channel = channelTo(server.url, { credentials: { login: 'acme', password } });
    expect(await failureOf(channel.drop('a', ORDER, options))).toMatchObject({
      code: 'secret.missing',
      fate: 'not-sent',
    });
    expect(server.connections).toBe(0);
  });
});

describe('a status', () => {
  it.each([
    [301, 'channel.redirect', { blame: 'fleet', fate: 'refused' }],
    [307, 'channel.redirect', { blame: 'fleet', fate: 'refused' }],
    [400, 'channel.refused', { blame: 'fleet', fate: 'refused' }],
    [401, 'channel.login-refused', { blame: 'fleet', fate: 'refused' }],
    [403, 'channel.login-refused', { blame: 'fleet', fate: 'refused' }],
    [404, 'channel.no-folder', { blame: 'fleet', fate: 'refused' }],
    [413, 'channel.too-large', { ...SERVER, fate: 'refused' }],
    [500, 'channel.server-error', { ...SERVER, fate: 'unknown' }],
    [502, 'channel.server-error', { ...SERVER, fate: 'unknown' }],
    [507, 'channel.server-error', { ...SERVER, fate: 'unknown' }],
  ])('%d to a drop is %s', async (status, code, rest) => {
    const server = await httpServer((response) => {
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    const failure = await failureOf(channelTo(server.url).drop('a', ORDER, options));
    expect(failure).toMatchObject({ code, ...rest });
    // Not followed, and not tried again.
    expect(server.paths).toEqual(['/in/a']);
  });
});

describe('a list', () => {
  it.each([
    ['a page', '<h1>Welcome</h1>'],
    ['nothing', ''],
    ['a map', '{"files":[]}'],
    ['a name alone', '[{"name":"a"}]'],
    ['a size that is none', '[{"name":"a","bytes":-1,"modified":"2026-11-23T04:00:00Z"}]'],
    ['a time that is none', '[{"name":"a","bytes":1,"modified":"yesterday"}]'],
  ])('that is %s is the server’s fault', async (_, body) => {
    const { url } = await httpServer((response) => response.end(body));
    expect(await failureOf(channelTo(url).list('out', options))).toMatchObject({
      code: 'channel.malformed-list',
      ...SERVER,
    });
  });

  it('holds no name that would lead elsewhere', async () => {
    const names = ['../up', '.draft', 'a/b', 'ok'];
    const list = names.map((name) => ({ name, bytes: 1, modified: '2026-11-23T04:00:00Z' }));
    const { url } = await httpServer((response) => response.end(JSON.stringify(list)));
    expect(await channelTo(url).list('out', options)).toMatchObject([{ name: 'ok' }]);
  });
});

describe('a server that fails', () => {
  it('is not there', async () => {
    const channel = channelTo(`http://127.0.0.1:${await freePort()}`);
    expect(await failureOf(channel.drop('a', ORDER, options))).toMatchObject({
      code: 'channel.unreachable',
      ...SERVER,
      fate: 'not-sent',
    });
  });

  it('breaks the connection: of the network, and its fate is unknown', async () => {
    const { url } = await rawServer((socket) =>
      socket.once('data', () => socket.resetAndDestroy()),
    );
    expect(await failureOf(channelTo(url).drop('a', ORDER, options))).toMatchObject({
      code: 'channel.unreachable',
      blame: 'target',
      layer: 'network',
      fate: 'unknown',
    });
  });

  it('is silent, or drips', async () => {
    const silent = await httpServer(() => undefined);
    const dripping = await httpServer((response) => {
      const drip = setInterval(() => response.write('x'), 5);
      response.on('close', () => {
        clearInterval(drip);
      });
    });
    for (const { url } of [silent, dripping]) {
      const late = failureOf(channelTo(url).fetch('a', { ...options, timeoutMs: 200 }));
      expect(await late).toMatchObject({ code: 'channel.timeout', ...SERVER });
    }
  });

  it('sends more than 50 MB: cut there', async () => {
    const { url } = await httpServer((response) => {
      const chunk = Buffer.alloc(1024 * 1024);
      const pour = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', pour);
      pour();
    });
    expect(
      await failureOf(channelTo(url).fetch('a', { ...options, timeoutMs: 8_000 })),
    ).toMatchObject({
      code: 'channel.too-large',
      ...SERVER,
    });
  });

  it('is left when we are told to stop', async () => {
    const stop = new AbortController();
    const { url } = await httpServer(() => {
      stop.abort(new Error('told to stop'));
    });
    expect(
      await failureOf(channelTo(url).drop('a', ORDER, { ...options, signal: stop.signal })),
    ).toMatchObject({
      code: 'run.interrupted',
      blame: 'fleet',
      fate: 'unknown',
    });
  });
});
