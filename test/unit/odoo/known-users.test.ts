import { describe, expect, it } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { KnownUsers } from '../../../src/odoo/known-users.ts';
import { type Counting, httpServer } from '../../support/unit/server.ts';
import { decodeCall, faultOf, response } from '../../support/unit/xml.ts';

const ofUser = (login: string): string =>
  response(
    `<array><data><value><struct><member><name>login</name><value>${login}</value></member></struct></value></data></array>`,
  );

/** A tenant with one user, who can change, and a clock that can be set ahead. */
async function setUp() {
  const odoo = {
    uid: 7,
    login: 'probe',
    password: 'hunter22',
    read: undefined as string | undefined,
  };
  const server = await httpServer((reply, _request, body) => {
    const { method, params } = decodeCall(body);
    reply.setHeader('content-type', 'text/xml');
    reply.end(method === 'authenticate' ? authenticate(params) : (odoo.read ?? read(params)));
  });
  const authenticate = ([, login, password]: readonly unknown[]): string =>
    login === odoo.login && password === odoo.password
      ? response(`<int>${odoo.uid}</int>`)
      : response('<boolean>0</boolean>');
  const read = ([, uid, password]: readonly unknown[]): string => {
    if (password !== odoo.password) return faultOf(3, 'Access Denied');
    return uid === odoo.uid
      ? ofUser(odoo.login)
      : faultOf(2, 'Record does not exist or has been deleted.');
  };
  let ahead = 0;
  const clock: Clock = {
    ...systemClock,
    monotonic: () => systemClock.monotonic() + ahead,
  };
  const users = new KnownUsers();
  const open = async (password = odoo.password, database = 'north'): Promise<number> => {
    const account = { login: odoo.login, secret: new Secret(password) };
    const call = { clock, timeoutMs: 2_000, signal: new AbortController().signal };
    const session = await users.open({ url: server.url, database }, account, call);
    session.close();
    return session.uid;
  };
  const pass = (ms: number): void => void (ahead += ms);
  return { odoo, server, open, pass };
}

const methods = ({ bodies }: Counting): readonly string[] =>
  bodies.map((body) => {
    const { method, params } = decodeCall(body);
    return method === 'execute_kw' ? `${String(params[3])}.${String(params[4])}` : method;
  });

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: unknown) => (error instanceof Failed ? error.failure.code : error));

describe('a user whom Odoo let in', () => {
  it('is not signed in again, but asked for', async () => {
    const { server, open } = await setUp();
    expect([await open(), await open(), await open()]).toEqual([7, 7, 7]);
    expect(methods(server)).toEqual(['authenticate', 'res.users.read', 'res.users.read']);
    expect(decodeCall(server.bodies[1]!).params).toEqual([
      'north',
      7,
      'hunter22',
      'res.users',
      'read',
      [[7]],
      { fields: ['login'] },
    ]);
  });

  it('is known in one database only', async () => {
    const { server, open } = await setUp();
    await open();
    await open(undefined, 'south');
    expect(methods(server)).toEqual(['authenticate', 'authenticate']);
  });

  it('is signed in with every new secret', async () => {
    const { odoo, server, open } = await setUp();
    await open();
    odoo.password = 'new';
    await open('new');
    expect(methods(server)).toEqual(['authenticate', 'authenticate']);
  });

  it('is signed in again after a quarter of an hour', async () => {
    const { server, open, pass } = await setUp();
    await open();
    pass(899_000);
    await open();
    pass(2_000);
    await open();
    expect(methods(server)).toEqual(['authenticate', 'res.users.read', 'authenticate']);
  });

  it('has a new number after the database was restored', async () => {
    const { odoo, server, open } = await setUp();
    await open();
    odoo.uid = 9;
    expect(await open()).toBe(9);
    expect(methods(server)).toEqual(['authenticate', 'res.users.read', 'authenticate']);
    expect(await open()).toBe(9);
  });

  it('is refused once the password is another, and then not asked for any more', async () => {
    const { odoo, server, open } = await setUp();
    await open();
    odoo.password = 'new';
    expect(await refusal(open('hunter22'))).toBe('credential.refused');
    expect(await refusal(open('hunter22'))).toBe('credential.refused');
    expect(methods(server)).toEqual([
      'authenticate',
      'res.users.read',
      'authenticate',
      'authenticate',
    ]);
  });

  it('is not taken for somebody else who has the number now', async () => {
    const { odoo, server, open } = await setUp();
    await open();
    odoo.read = ofUser('somebody');
    await open();
    expect(methods(server)).toEqual(['authenticate', 'res.users.read', 'authenticate']);
  });

  it('stays known while the database does not answer', async () => {
    const { odoo, server, open } = await setUp();
    await open();
    odoo.read = '<html>502</html>';
    expect(await refusal(open())).toBe('odoo.malformed-answer');
    odoo.read = undefined;
    await open();
    expect(methods(server)).toEqual(['authenticate', 'res.users.read', 'res.users.read']);
  });
});
