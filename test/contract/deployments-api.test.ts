/** The API for deployments as a contract: each request over a real connection, and every word of its answer. */
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretReference } from '../../src/config/secrets.ts';
import type { ApiToken } from '../../src/domain/api-token.ts';
import { tenantId } from '../../src/domain/ids.ts';
import type { Secret } from '../../src/lib/secret.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { FolderRecords } from '../../src/store/folder.ts';
import { deploymentsApi } from '../../src/surface/deployments-api.ts';
import { type HttpServer, serveHttp } from '../../src/surface/http.ts';
import { FakeClock } from '../support/unit/clock.ts';
import { temporaryFolder } from '../support/unit/folder.ts';
import { expectGolden } from '../support/unit/golden.ts';

const CANARY = 'canary-9f1c7e';
const env: Record<string, string | undefined> = { ALL: `${CANARY}-all`, NORTH: `${CANARY}-north` };
const known = new Set<Secret>();
const tokenOf = (name: string, tenants: readonly string[]): ApiToken => ({
  name,
  token: secretReference(`env:${name.toUpperCase()}`, { folder: '/', env, known }),
  tenants,
});
const tokens: readonly ApiToken[] = [
  tokenOf('absent', ['north']),
  tokenOf('all', ['north', 'south', 'west']),
  {
    ...tokenOf('north', ['north']),
    environments: new Map([
      ['production', ['north']],
      ['shop', ['north']],
    ]),
  },
];
const platform = (cluster: string) => ({ cluster, databaseHost: 'db1', hostingModel: 'shared' });
const tenants = [
  { id: tenantId('north'), platform: platform('eu-1') },
  { id: tenantId('south'), platform: platform('eu-1') },
  { id: tenantId('west'), platform: platform('us-1') },
];

const clock = new FakeClock(Date.parse('2026-11-23T16:40:00Z'));
const records = new FolderRecords(temporaryFolder());
const deployments = new Deployments(records, clock);
const troubles: unknown[] = [];
let broken = false;
let server: HttpServer;
beforeAll(async () => {
  server = await serveHttp(
    { host: '127.0.0.1', port: 0 },
    {
      metrics: () => Promise.reject(new Error()),
      notReady: () => Promise.resolve([]),
      deployments: deploymentsApi({
        tokens: () => tokens,
        tenants: () => tenants,
        deployments: {
          record: async (one) => {
            if (broken) throw new Error(`Redis is away, ${CANARY}`);
            await deployments.record(one);
          },
          list: () => deployments.list(),
        },
        clock,
        onTrouble: (error) => troubles.push(error),
      }),
    },
  );
});
afterAll(() => server.close());

interface Sent {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | object;
}

interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function send({
  method = 'POST',
  token = `${CANARY}-all`,
  headers,
  body,
}: Sent): Promise<Got> {
  const isPlain = typeof body === 'string' || body instanceof Uint8Array || body === undefined;
  const answer = await fetch(`${server.url}/api/v1/deployments`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isPlain ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const AT = '2026-11-23T16:35:00Z';
const NORTH = `${CANARY}-north`;

/** What of a real event is read, and some of what is not. */
const event = (state: string, change: Readonly<Record<string, unknown>> = {}): object => ({
  action: 'created',
  deployment_status: {
    id: 1_115_122_403,
    state,
    creator: { login: 'ada', id: 1 },
    description: '',
    environment: 'production',
    target_url: '',
    created_at: AT,
    updated_at: AT,
    deployment_url: 'https://api.github.example/repos/acme/shop/deployments/326191728',
  },
  deployment: {
    id: 326_191_728,
    sha: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
    ref: 'refs/tags/19.0.3',
    task: 'deploy',
    payload: {},
    original_environment: 'production',
    environment: 'production',
    created_at: '2026-11-23T16:30:00Z',
    ...change,
  },
  repository: { id: 1_863, name: 'shop', full_name: 'acme/shop' },
  sender: { login: 'ada', id: 1 },
});
const gitHub = { 'x-github-event': 'deployment_status' };

const synced = {
  app: 'shop',
  revision: '3f2c9ab0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6',
  syncStatus: 'Synced',
  phase: 'Succeeded',
  startedAt: AT,
  finishedAt: '2026-11-23T16:36:10Z',
};
const application = {
  app: {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', namespace: 'argocd' },
    status: {
      sync: { status: 'Synced', revision: synced.revision },
      health: { status: 'Healthy' },
      operationState: {
        phase: 'Succeeded',
        startedAt: synced.startedAt,
        finishedAt: synced.finishedAt,
        syncResult: { revision: synced.revision },
      },
    },
  },
};

const requests: readonly (readonly [string, Sent])[] = [
  ['a version, for all tenants of the token, now', { body: { version: '19.0.1' } }],
  [
    'all that can be said',
    {
      body: {
        ...{ version: '19.0.2', commit: '3f2c9ab', source: 'jenkins', at: AT },
        ...{ tenants: ['west'], clusters: ['eu-1'] },
      },
    },
  ],
  [
    'the same again',
    {
      body: {
        ...{ version: '19.0.2', commit: '3f2c9ab', source: 'jenkins' },
        ...{ at: '2026-11-23T17:35:00+01:00', tenants: ['north', 'south', 'west'] },
      },
    },
  ],
  ['GitHub, in progress', { token: NORTH, headers: gitHub, body: event('in_progress') }],
  ['GitHub, the same done later', { token: NORTH, headers: gitHub, body: event('success') }],
  ['GitHub, by its shape alone', { token: NORTH, body: event('success') }],
  [
    'GitHub, with a version in its payload, for all tenants of a token without environments',
    {
      headers: gitHub,
      body: event('success', { id: 7, ref: 'main', payload: '{"version":"19.0.4"}' }),
    },
  ],
  ['GitHub, a state that is none of going out', { headers: gitHub, body: event('failure') }],
  [
    'GitHub, an environment that the token does not have',
    { token: NORTH, headers: gitHub, body: event('success', { environment: 'staging' }) },
  ],
  ['GitHub, another event', { headers: { 'x-github-event': 'ping' }, body: { zen: 'Be brief.' } }],
  [
    'GitHub, half an event',
    { headers: gitHub, body: { deployment_status: { state: 'success', created_at: 'today' } } },
  ],
  ['Argo CD', { token: NORTH, body: synced }],
  ['Argo CD, the whole application of the same', { token: NORTH, body: application }],
  ['Argo CD, with a version', { body: { ...synced, version: '19.0.5' } }],
  ['Argo CD, a sync that failed', { body: { ...synced, phase: 'Failed' } }],
  ['Argo CD, without a revision', { body: { app: 'shop', phase: 'Succeeded' } }],
  ['no token', { token: '', body: { version: '1' } }],
  ['a wrong token', { token: `${NORTH}x`, body: { version: '1' } }],
  ['a token that is no bearer', { token: '', headers: { authorization: `Basic ${NORTH}` } }],
  ['a tenant out of scope', { token: NORTH, body: { version: '1', tenants: ['north', 'south'] } }],
  [
    'a cluster with a tenant out of scope',
    { token: NORTH, body: { version: '1', clusters: ['eu-1'] } },
  ],
  ['a tenant that there is not', { body: { version: '1', tenants: ['nowhere'] } }],
  ['a cluster that there is not', { body: { version: '1', clusters: ['mars'] } }],
  ['no version', { body: { commit: 'c0ffee' } }],
  [
    'several faults',
    { body: { version: '', tenants: ['north', 7], at: AT.slice(0, 10), who: 'me' } },
  ],
  ['a version of two lines', { body: { version: '1\n2' } }],
  ['no tenant at all', { body: { version: '1', tenants: [] } }],
  ['in the future', { body: { version: '1', at: '2026-11-23T16:41:01Z' } }],
  ['too long ago', { body: { version: '1', at: '2026-11-16T16:39:59Z' } }],
  ['a list', { body: [] }],
  ['nothing', { body: '' }],
  ['what is no JSON', { body: `{"version": ${CANARY}` }],
  ['what is no text', { body: Buffer.from([0x22, 0xff, 0x22]) }],
  ['another type', { headers: { 'content-type': 'text/plain' }, body: '{}' }],
  ['compressed', { headers: { 'content-encoding': 'gzip' }, body: '{}' }],
  ['too much', { body: { version: 'x'.repeat(300_000) } }],
  ['a question', { method: 'GET' }],
];

describe('POST /api/v1/deployments', () => {
  it('answers each request in the words that were read and agreed', async () => {
    const said: string[] = [];
    for (const [name, sent] of requests) {
      const { status, headers, text } = await send(sent);
      expect(headers.get('content-type')).toBe('application/json');
      const more = ['www-authenticate', 'allow'].flatMap((one) => headers.get(one) ?? []);
      said.push(`${name}\n  ${[status, ...more].join(' ')} ${text}`);
    }
    expectGolden('golden/deployments-api.txt', said.join(''));
    expect(said.join('')).not.toContain(CANARY);
  });

  it('has recorded each deployment once', async () => {
    const listed = await deployments.list();
    expect(listed.map(({ version, source, tenants: ids }) => [version, source, ids])).toEqual(
      expect.arrayContaining([
        ['19.0.1', 'all', ['north', 'south', 'west']],
        ['19.0.2', 'jenkins', ['north', 'south', 'west']],
        ['19.0.3', 'github #326191728 shop', ['north']],
        ['19.0.4', 'github #7 shop', ['north', 'south', 'west']],
        [synced.revision, 'argo-cd shop', ['north']],
        ['19.0.5', 'argo-cd shop', ['north', 'south', 'west']],
      ]),
    );
    expect(listed).toHaveLength(6);
    expect(JSON.stringify(listed)).not.toContain(CANARY);
  });

  it('takes one delivery that comes twice at once for one', async () => {
    const body = { version: '19.1', at: AT, tenants: ['south'] };
    await Promise.all([send({ body }), send({ body }), send({ body })]);
    const found = (await deployments.list()).filter(({ version }) => version === '19.1');
    expect(found).toHaveLength(1);
  });

  it('says that nothing can be kept, not why', async () => {
    broken = true;
    const { status, headers, text } = await send({ body: { version: '19.2' } });
    broken = false;
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('60');
    expect(text).not.toContain(CANARY);
    expect(troubles.at(-1)).toMatchObject({ message: `Redis is away, ${CANARY}` });
  });

  it('tells the fleet of a token that cannot be read, and takes a new one at once', async () => {
    const body = { version: '19.3', at: AT };
    expect(troubles[0]).toMatchObject({
      failure: { message: 'the secret env:ABSENT is empty or not set' },
    });
    env['NORTH'] = `${CANARY}-new`;
    expect((await send({ token: NORTH, body })).status).toBe(401);
    expect((await send({ token: `${CANARY}-new`, body })).status).toBe(201);
    env['NORTH'] = NORTH;
  });
});

describe('a sender', () => {
  const authorization = `Bearer ${CANARY}-all`;

  it('beyond those that are heard at once is asked to come again', async () => {
    const port = Number(new URL(server.url).port);
    const slow = await Promise.all(
      Array.from(
        { length: 16 },
        () =>
          new Promise<ReturnType<typeof connect>>((resolve) => {
            const socket = connect(port, '127.0.0.1', () => {
              const head =
                'POST /api/v1/deployments HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n' +
                'expect: 100-continue\r\n' +
                `content-type: application/json\r\nauthorization: ${authorization}\r\n\r\n{`;
              // Asked to go on it is being heard.
              socket.once('data', () => {
                resolve(socket);
              });
              socket.write(head);
            });
          }),
      ),
    );
    expect((await send({ body: { version: '19.5', at: AT } })).status).toBe(429);
    for (const socket of slow) socket.destroy();
    await expect
      .poll(async () => (await send({ body: { version: '19.5', at: AT } })).status)
      .toBeLessThan(300);
  });

  it('of more than it said is told so while it still sends', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${server.url}/api/v1/deployments`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
      });
      request.on('response', ({ statusCode }) => {
        resolve(statusCode);
        request.destroy();
      });
      request.on('error', reject);
      request.write('x'.repeat(200_000));
      request.write('x'.repeat(200_000));
    });
    expect(status).toBe(413);
  });

  it('that leaves in the middle harms nobody, however many', async () => {
    const head =
      'POST /api/v1/deployments HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n' +
      `authorization: ${authorization}\r\ncontent-length: 100\r\n\r\n{"version"`;
    const troublesBefore = troubles.length;
    await Promise.all(
      Array.from(
        { length: 40 },
        () =>
          new Promise<void>((resolve) => {
            const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
              socket.write(head, () => socket.destroy());
            });
            socket.on('close', () => {
              resolve();
            });
          }),
      ),
    );
    await expect
      .poll(async () => (await send({ body: { version: '19.4', at: AT } })).status)
      .toBeLessThan(300);
    const told = troubles.slice(troublesBefore) as { readonly message: string }[];
    expect([...new Set(told.map(({ message }) => message))]).toEqual([
      'the secret env:ABSENT is empty or not set',
    ]);
  });
});
