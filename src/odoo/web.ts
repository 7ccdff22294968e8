/** The web side of a tenant: which database its URL really serves, which XML-RPC would never tell. */
import { Failed } from '../domain/failure.ts';
import type { CallOptions } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { HttpClient } from './http.ts';
import type { Account, Endpoint } from './session.ts';

/**
 * Whether the host name of the URL leads to this database. XML-RPC takes the database from the call and
 * ignores the host, so a wrong URL goes unnoticed there; a web login does not.
 */
export async function servesDatabase(
  { url, database }: Endpoint,
  account: Account,
  options: { readonly clock: Clock } & CallOptions,
): Promise<boolean> {
  const http = new HttpClient(url, options.clock);
  try {
    const params = { db: database, login: account.login, password: account.secret.reveal() };
    const answer = await http.send({
      path: '/web/session/authenticate',
      contentType: 'application/json',
      body: JSON.stringify({ jsonrpc: '2.0', method: 'call', params }),
      timeoutMs: options.timeoutMs,
      signal: options.signal,
    });
    return databaseOf(answer.body) === database;
  } finally {
    http.close();
  }
}

function databaseOf(body: string): unknown {
  try {
    const { result } = JSON.parse(body) as { readonly result?: { readonly db?: unknown } };
    return result?.db;
  } catch {
    throw new Failed({
      code: 'odoo.malformed-answer',
      blame: 'target',
      layer: 'application',
      message: 'the web login answered no JSON',
    });
  }
}
