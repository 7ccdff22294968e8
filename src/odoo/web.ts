/** The web without a browser: signing in, for the session that a browser needs, and files that it would download. */
import { Failed, type Failure } from '../domain/failure.ts';
import type { CallOptions } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import type { Secret } from '../lib/secret.ts';
import { type HttpAnswer, HttpClient } from './http.ts';
import type { Account, Endpoint } from './session.ts';

type Options = { readonly clock: Clock } & CallOptions;

/**
 * The value of the cookie `session_id` of a new web session. Rejects with Failed, `credential.refused`
 * (fleet) also where the host name of the URL leads to another database: XML-RPC takes the database from the
 * call and ignores the host, so a wrong URL goes unnoticed there.
 */
export async function openWebSession(
  endpoint: Endpoint,
  account: Account,
  options: Options,
): Promise<string> {
  const answer = await authenticate(endpoint, account, options);
  const { db, uid } = resultOf(answer);
  if (db !== endpoint.database || typeof uid !== 'number') throw new Failed(refused(account));
  const cookie = answer.cookies
    .flatMap((text) => /^session_id=([^;]+)/.exec(text)?.[1] ?? [])
    .at(-1);
  if (cookie === undefined) throw malformed('set no session cookie');
  return cookie;
}

async function authenticate(
  { url, database }: Endpoint,
  account: Account,
  options: Options,
): Promise<HttpAnswer> {
  const http = new HttpClient(url, options.clock);
  try {
    const params = { db: database, login: account.login, password: account.secret.reveal() };
    return await http.send({
      path: '/web/session/authenticate',
      content: {
        type: 'application/json',
        body: JSON.stringify({ jsonrpc: '2.0', method: 'call', params }),
      },
      timeoutMs: options.timeoutMs,
      signal: options.signal,
    });
  } finally {
    http.close();
  }
}

/** Gets a file as the user of the session whose cookie this is. Rejects with Failed. */
export async function download(
  endpoint: Endpoint,
  { path, cookie }: { readonly path: string; readonly cookie: Secret },
  options: Options,
): Promise<Pick<HttpAnswer, 'status' | 'contentType' | 'body'>> {
  const http = new HttpClient(endpoint.url, options.clock);
  try {
    const { timeoutMs, signal } = options;
    return await http.send({ path, cookie: `session_id=${cookie.reveal()}`, timeoutMs, signal });
  } finally {
    http.close();
  }
}

interface LoginResult {
  readonly db?: unknown;
  readonly uid?: unknown;
}

/** Odoo answers 200 with an error inside for a refused login: then there is no result. */
function resultOf({ body }: HttpAnswer): LoginResult {
  try {
    const { result } = JSON.parse(body.toString('utf8')) as { readonly result?: LoginResult };
    return result ?? {};
  } catch {
    throw malformed('answered no JSON');
  }
}

function malformed(what: string): Failed {
  return new Failed({
    code: 'odoo.malformed-answer',
    blame: 'target',
    layer: 'application',
    message: `the web login ${what}`,
  });
}

function refused({ login }: Account): Failure {
  const message = `Odoo refused the web login ${login}: wrong password, or the URL serves another database`;
  return { code: 'credential.refused', blame: 'fleet', message };
}
