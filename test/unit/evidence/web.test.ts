import type http from 'node:http';
import { describe, expect, it } from 'vitest';
import { inTime, outside, theOne, words } from '../../support/unit/looks.ts';
import { type Counting, httpServer, rawServer } from '../../support/unit/server.ts';

const LOGIN = '<form class="oe_login_form"><input type="text" name="login" id="login"/></form>';
const SELECTOR =
  '<form role="form" action="/web/database/create" method="post"><input name="login"/></form>';

type Pages = Readonly<Record<string, (response: http.ServerResponse) => void>>;

const json =
  (status: number, value: unknown) =>
  (response: http.ServerResponse): void => {
    response.writeHead(status, { server: 'Werkzeug/2.2.2 Python/3.11.2' });
    response.end(JSON.stringify(value));
  };
const html =
  (status: number, body: string, headers = {}) =>
  (response: http.ServerResponse): void => {
    response.writeHead(status, { server: 'nginx/1.22.1', ...headers }).end(body);
  };

/** Odoo in good health but for some of its pages. */
const odoo = (pages: Pages = {}): Promise<Counting> => {
  const all: Pages = {
    '/web/health': json(200, { status: 'pass' }),
    '/web/health?db_server_status=1': json(200, { status: 'pass', db_server_status: true }),
    '/web/login': html(200, LOGIN),
    ...pages,
  };
  return httpServer((response, { url = '' }) => all[url]?.(response));
};

const always = (reply: (response: http.ServerResponse) => void): Promise<Counting> =>
  httpServer((response) => {
    reply(response);
  });

/** What all three pages show where all answer alike. */
async function allThree(server: Promise<Counting>, timeoutMs?: number): Promise<string> {
  const looks = await outside((await server).url, inTime(timeoutMs));
  const seen = looks.slice(2).map((one) => one.seen);
  expect(words(looks.slice(0, 2))).toEqual(['dns ok', 'connect ok']);
  expect(seen).toEqual([seen[0], seen[0], seen[0]]);
  return `${seen[0]}: ${looks[2]?.detail}`;
}

describe('Odoo', () => {
  it('in good health is asked three times, without a cookie or a secret', async () => {
    const headers: http.IncomingHttpHeaders[] = [];
    const server = await httpServer((response, request) => {
      headers.push(request.headers);
      if (request.url === '/at/web/login') html(200, LOGIN)(response);
      else json(200, { status: 'pass' })(response);
    });
    const looks = await outside(`http://somebody:secret@127.0.0.1:${server.port}/at/`);
    expect(words(looks.slice(2))).toEqual(['health ok', 'database-health ok', 'page ok']);
    expect(server.paths.toSorted()).toEqual([
      '/at/web/health',
      '/at/web/health?db_server_status=1',
      '/at/web/login',
    ]);
    for (const given of headers) {
      expect(given).toEqual({
        host: `127.0.0.1:${server.port}`,
        'user-agent': 'orderwatch',
        connection: 'close',
      });
    }
    expect(theOne(looks, 'health')?.detail).toBe('HTTP 200 by Odoo');
    expect(theOne(looks, 'page')?.detail).toBe('HTTP 200 by nginx/1.22.1');
  });

  it('whose database server is down says so in two places', async () => {
    const server = await odoo({
      '/web/health?db_server_status=1': json(500, { status: 'fail', db_server_status: false }),
      '/web/login': html(303, '', { location: '/web/database/selector' }),
    });
    const looks = await outside(server.url);
    expect(words(looks.slice(2))).toEqual([
      'health ok',
      'database-health no-database',
      'page no-database',
    ]);
    expect(theOne(looks, 'database-health')?.detail).toBe('HTTP 500 by Odoo');
  });

  it('that shows its list of databases has none for us, though its form has a login too', async () => {
    const server = await odoo({ '/web/login': html(200, SELECTOR) });
    expect(words(await outside(server.url)).at(-1)).toBe('page no-database');
  });

  it('that takes its time is slow', async () => {
    const server = await odoo({
      '/web/health': (response) => setTimeout(json(200, { status: 'pass' }), 1_100, response),
    });
    const looks = await outside(server.url);
    expect(theOne(looks, 'health')?.seen).toBe('slow');
    expect(theOne(looks, 'health')?.ms).toBeGreaterThan(1_000);
    expect(theOne(looks, 'page')?.seen).toBe('ok');
  });
});

describe('something else in its place', () => {
  it.each([502, 503, 504])('is a gateway that says %i', async (status) => {
    const answer = html(status, '<h1>Bad Gateway</h1>');
    expect(await allThree(always(answer))).toBe(`gateway: HTTP ${status} by nginx/1.22.1`);
  });

  it.each([
    ['a page', html(200, '<h1>It works</h1>'), 'HTTP 200 by nginx/1.22.1'],
    ['a redirect', html(301, '', { location: 'https://example.com/' }), 'HTTP 301 by nginx/1.22.1'],
    ['an error', html(404, ''), 'HTTP 404 by nginx/1.22.1'],
    ['JSON of its own', (it: http.ServerResponse) => it.end('[1]'), 'HTTP 200'],
  ])('is foreign when it shows %s', async (_, answer, detail) => {
    expect(await allThree(always(answer))).toBe(`foreign: ${detail}`);
  });

  it('is foreign when it does not speak HTTP', async () => {
    const server = rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    expect(await allThree(server)).toBe('foreign: HPE_INVALID_CONSTANT');
  });

  it('is foreign when health answers without being well', async () => {
    const server = await odoo({ '/web/health': json(500, { status: 'fail' }) });
    expect(theOne(await outside(server.url), 'health')?.seen).toBe('foreign');
  });

  it('gives its name in one short line', async () => {
    const looks = await outside((await always(html(502, '', { server: 'x'.repeat(900) }))).url);
    for (const { detail } of looks) expect(detail?.length).toBeLessThanOrEqual(120);
  });
});

describe('an answer', () => {
  it('without a first byte is silent', async () => {
    const detail = await allThree(
      rawServer(() => undefined),
      600,
    );
    expect(detail).toMatch(/^silent: not done within \d+ ms$/);
  });

  it('that never ends in time is trickling', async () => {
    const server = always((response) => {
      response.write('{');
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => {
        clearInterval(drip);
      });
    });
    expect(await allThree(server, 600)).toMatch(/^trickling: HTTP 200, not done within \d+ ms$/);
  });

  it('that is larger than any of Odoo’s is endless, and read no further', async () => {
    let sent = 0;
    const server = always((response) => {
      const flood = setInterval(() => {
        sent += 64 * 1024;
        response.write(Buffer.alloc(64 * 1024));
      }, 5);
      response.on('close', () => {
        clearInterval(flood);
      });
    });
    expect(await allThree(server, 5_000)).toBe('endless: HTTP 200, over 262144 bytes');
    expect(sent).toBeLessThan(20 * 1024 * 1024);
  });

  it.each([
    ['before it', ''],
    ['in its head', 'HTTP/1.1 200 OK\r\nServer: ngi'],
    ['in its body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"status"'],
  ])('that ends %s is cut', async (_, begin) => {
    const server = rawServer((socket) => {
      socket.once('data', () => socket.end(begin));
    });
    expect(await allThree(server)).toMatch(/^cut: /);
  });

  it('that is reset is cut', async () => {
    const server = rawServer((socket) => {
      socket.once('data', () => socket.resetAndDestroy());
    });
    expect(await allThree(server)).toBe('cut: ECONNRESET');
  });
});
