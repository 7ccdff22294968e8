import { describe, expect, it } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { openXmlRpc, serverVersion } from '../../../src/odoo/session.ts';
import { openWebSession } from '../../../src/odoo/web.ts';
import { type Counting, httpServer } from '../../support/unit/server.ts';
import { decodeCall, faultOf, response } from '../../support/unit/xml.ts';

const options = { clock: systemClock, timeoutMs: 2_000, signal: new AbortController().signal };
const account = { login: 'probe', secret: new Secret('hunter22') };

/** Answers every request with the next of the bodies, as XML. */
async function answering(...bodies: readonly string[]): Promise<Counting> {
  const left = [...bodies];
  return await httpServer((reply) => {
    reply.setHeader('content-type', 'text/xml; charset=utf-8').end(left.shift() ?? '');
  });
}

const open = (server: Counting) =>
  openXmlRpc({ url: server.url, database: 'north' }, account, options);

async function failureOf(work: Promise<unknown>): Promise<Failed> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failed) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

describe('signing in', () => {
  it('asks Odoo once and knows the user', async () => {
    const server = await answering(response('<int>7</int>'));
    const session = await open(server);
    session.close();
    expect(session).toMatchObject({ uid: 7, wire: 'xmlrpc' });
    expect(server.paths).toEqual(['/xmlrpc/2/common']);
    expect(decodeCall(server.bodies[0]!)).toEqual({
      method: 'authenticate',
      params: ['north', 'probe', 'hunter22', {}],
    });
  });

  it('is our own credential’s fault when Odoo says false', async () => {
    const server = await answering(response('<boolean>0</boolean>'));
    const { failure } = await failureOf(open(server));
    expect(failure).toMatchObject({ code: 'credential.refused', blame: 'fleet' });
    expect(failure.message).toContain('probe');
    expect(failure.message).not.toContain('hunter22');
    expect(server.bodies).toHaveLength(1);
  });

  it.each([
    ['a text', response('yes')],
    ['nothing', response('<nil/>')],
    ['true', response('<boolean>1</boolean>')],
  ])('does not take %s for a user id', async (_, body) => {
    const { failure } = await failureOf(open(await answering(body)));
    expect(failure).toMatchObject({ code: 'odoo.malformed-answer', blame: 'target' });
  });

  it('to a database that is not there is the tenant’s fault', async () => {
    const text = 'Traceback\npsycopg2.OperationalError: FATAL:  database "north" does not exist\n';
    const { failure } = await failureOf(open(await answering(faultOf(1, text))));
    expect(failure).toMatchObject({ code: 'odoo.database', blame: 'target', layer: 'database' });
  });
});

describe('a call', () => {
  async function callWith(...bodies: readonly string[]) {
    const server = await answering(response('<int>7</int>'), ...bodies);
    const session = await open(server);
    const call = (args: readonly [] | readonly [number] = []) =>
      session.call(
        'sale.order',
        'action_confirm',
        { args, kwargs: { context: { lang: 'en_US' } } },
        options,
      );
    return { server, session, call };
  }

  it('is one execute_kw with the account, the model, the method and its arguments', async () => {
    const { server, session, call } = await callWith(response('<boolean>1</boolean>'));
    expect(await call([3])).toBe(true);
    session.close();
    expect(server.paths[1]).toBe('/xmlrpc/2/object');
    expect(decodeCall(server.bodies[1]!)).toEqual({
      method: 'execute_kw',
      params: [
        'north',
        7,
        'hunter22',
        'sale.order',
        'action_confirm',
        [3],
        { context: { lang: 'en_US' } },
      ],
    });
  });

  it('has no value where the server committed and could not say so', async () => {
    const { session, call } = await callWith(
      faultOf(1, 'x\nTypeError: cannot marshal None unless allow_none is enabled'),
    );
    expect(await call()).toBeUndefined();
    session.close();
  });

  it('was refused, for sure, when Odoo answers with a fault', async () => {
    const { session, call } = await callWith(faultOf(2, 'Bestellung ist gesperrt'));
    const failed = await failureOf(call());
    session.close();
    expect(failed.fate).toBe('refused');
    expect(failed.failure).toMatchObject({
      code: 'odoo.refused',
      message: 'Bestellung ist gesperrt',
    });
  });

  it('may have been done when the answer makes no sense', async () => {
    const { session, call } = await callWith('<methodResponse><params><param>');
    const failed = await failureOf(call());
    session.close();
    expect(failed.fate).toBe('unknown');
    expect(failed.failure).toMatchObject({
      code: 'odoo.malformed-answer',
      blame: 'target',
      layer: 'application',
    });
  });

  it('is not sent with a value that XML-RPC cannot carry, and that is the scenario’s fault', async () => {
    const { server, session } = await callWith();
    const failed = await failureOf(
      session.call('sale.order', 'create', { args: [{ qty: NaN }] }, options),
    );
    session.close();
    expect(failed.fate).toBe('not-sent');
    expect(failed.failure).toMatchObject({ code: 'scenario.bad-value', blame: 'scenario' });
    expect(failed.failure.message).toContain('0.qty: XML-RPC cannot carry NaN');
    expect(server.bodies).toHaveLength(1);
  });

  it.each([
    [502, 'text/html', 'ingress'],
    [503, 'text/plain', 'ingress'],
    [504, 'text/html', 'ingress'],
    [500, 'text/html', 'application'],
    [404, 'text/html', 'application'],
    [429, 'text/html', 'application'],
    [200, 'text/html', 'application'],
    [200, 'application/json', 'application'],
    [200, '', 'application'],
    [302, 'text/xml', 'application'],
    [204, 'text/xml', 'application'],
  ])(
    'answered with HTTP %d and %j was answered by somebody else (%s)',
    async (status, type, layer) => {
      const server = await httpServer((reply) => {
        if (type !== '') reply.setHeader('content-type', type);
        reply.writeHead(status).end('<html/>');
      });
      const failed = await failureOf(open(server));
      expect(failed.fate).toBe('unknown');
      const code = layer === 'ingress' ? 'odoo.gateway-error' : 'odoo.foreign-answer';
      expect(failed.failure).toMatchObject({ code, blame: 'target', layer });
      expect(failed.failure.message).toContain(`HTTP ${status}`);
      expect(server.bodies).toHaveLength(1);
    },
  );
});

describe('the server’s version', () => {
  const body = '<struct><member><name>server_version</name><value>19.0</value></member></struct>';

  it('is asked without an account', async () => {
    const server = await answering(response(body));
    expect(await serverVersion(server.url, options)).toBe('19.0');
    expect(decodeCall(server.bodies[0]!)).toEqual({ method: 'version', params: [] });
  });

  it.each([
    ['nothing', '<nil/>'],
    ['an empty record', '<struct></struct>'],
    [
      'a number',
      '<struct><member><name>server_version</name><value><int>19</int></value></member></struct>',
    ],
  ])('is not %s', async (_, odd) => {
    const { failure } = await failureOf(
      serverVersion((await answering(response(odd))).url, options),
    );
    expect(failure.code).toBe('odoo.malformed-answer');
  });
});

describe('a web login', () => {
  const signIn = (server: Counting) =>
    openWebSession({ url: server.url, database: 'north' }, account, options);
  const cookie = { 'set-cookie': ['session_id=old; Path=/', 'session_id=abc; HttpOnly; Path=/'] };

  it('answers the last session cookie that Odoo sets', async () => {
    const body = JSON.stringify({ result: { db: 'north', uid: 7 } });
    const server = await httpServer((reply) => reply.writeHead(200, cookie).end(body));
    expect(await signIn(server)).toBe('abc');
    expect(server.paths).toEqual(['/web/session/authenticate']);
  });

  it.each([
    ['the URL leads to another database', { result: { db: 'south', uid: 7 } }],
    ['the password is refused', { error: { code: 200 } }],
    ['a second factor is asked for', { result: { db: 'north', uid: null } }],
  ])('is refused, by our own fault, when %s', async (_, answer) => {
    const server = await httpServer((reply) =>
      reply.writeHead(200, cookie).end(JSON.stringify(answer)),
    );
    const { failure } = await failureOf(signIn(server));
    expect(failure).toMatchObject({ code: 'credential.refused', blame: 'fleet' });
  });

  it.each(['<html/>', '', 'null'])('cannot be read from %j', async (body) => {
    const server = await httpServer((reply) => reply.end(body));
    const { failure } = await failureOf(signIn(server));
    expect(failure).toMatchObject({ code: 'odoo.malformed-answer', blame: 'target' });
  });

  it('without a cookie is malformed', async () => {
    const body = JSON.stringify({ result: { db: 'north', uid: 7 } });
    const { failure } = await failureOf(signIn(await httpServer((reply) => reply.end(body))));
    expect(failure.code).toBe('odoo.malformed-answer');
  });
});
