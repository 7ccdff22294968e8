import { afterAll, describe, expect, it } from 'vitest';
import { type HttpServer, serveHttp } from '../../../src/surface/http.ts';

const servers: HttpServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

async function serving(
  change: { readonly reasons?: readonly string[]; readonly fails?: true } = {},
) {
  const server = await serveHttp(
    { host: '127.0.0.1', port: 0 },
    {
      metrics: () =>
        change.fails === undefined
          ? Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' })
          : Promise.reject(new Error('no sample')),
      notReady: () => Promise.resolve(change.reasons ?? []),
      deployments: () => Promise.resolve({ status: 201, text: 'recorded' }),
    },
  );
  servers.push(server);
  return async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${server.url}${path}`, init);
    return [answer.status, await answer.text(), answer.headers.get('content-type')];
  };
}

describe('a process of the fleet', () => {
  it('answers its metrics, and that it lives and is ready', async () => {
    const get = await serving();
    expect(await get('/metrics')).toEqual([200, 'up 1\n', 'text/plain; version=0.0.4']);
    expect(await get('/metrics?name=up')).toEqual([200, 'up 1\n', 'text/plain; version=0.0.4']);
    expect((await get('/healthz')).slice(0, 2)).toEqual([200, 'ok\n']);
    expect((await get('/readyz')).slice(0, 2)).toEqual([200, 'ready\n']);
  });

  it('says why it is not ready', async () => {
    const get = await serving({ reasons: ['Redis is away'] });
    expect((await get('/readyz')).slice(0, 2)).toEqual([503, 'Redis is away\n']);
    expect((await get('/healthz')).slice(0, 1)).toEqual([200]);
  });

  it('knows nothing else, and is told nothing', async () => {
    const get = await serving();
    expect((await get('/'))[0]).toBe(404);
    expect((await get('/metrics', { method: 'POST', body: 'x' }))[0]).toBe(405);
    expect((await get('/metrics', { method: 'HEAD' })).slice(0, 2)).toEqual([200, '']);
  });

  it('goes on after a page that failed', async () => {
    const get = await serving({ fails: true });
    expect((await get('/metrics'))[0]).toBe(500);
    expect((await get('/healthz'))[0]).toBe(200);
  });

  it('says that somebody else listens there', async () => {
    const first = await serveHttp(
      { host: '127.0.0.1', port: 0 },
      {
        metrics: () => Promise.reject(new Error()),
        notReady: () => Promise.resolve([]),
        deployments: () => Promise.reject(new Error()),
      },
    );
    servers.push(first);
    const port = Number(new URL(first.url).port);
    const second = serveHttp({ host: '127.0.0.1', port }, {} as never);
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
