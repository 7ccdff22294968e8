/** A signed-in XML-RPC session: one call is one request, answered by a value or one Failed. */
import { Failed } from '../domain/failure.ts';
import type { CallOptions, TenantSession } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import type { Secret } from '../lib/secret.ts';
import type { OdooValue, OdooValues } from '../scenario/index.ts';
import { decodeAnswer, encodeCall } from './codec.ts';
import { failureOfFault, isCommittedWithoutValue } from './faults.ts';
import { type HttpAnswer, HttpClient } from './http.ts';

export interface Endpoint {
  readonly url: string;
  readonly database: string;
}

export interface Account {
  readonly login: string;
  readonly secret: Secret;
}

/** Rejects with Failed `credential.refused` (fleet) when Odoo does not know the login and password. */
export async function openXmlRpc(
  endpoint: Endpoint,
  account: Account,
  options: { readonly clock: Clock } & CallOptions,
): Promise<TenantSession> {
  const http = new HttpClient(endpoint.url, options.clock);
  try {
    const { database } = endpoint;
    const credentials = [database, account.login, account.secret.reveal()];
    const uid = await post(
      http,
      '/xmlrpc/2/common',
      ['authenticate', [...credentials, {}]],
      options,
    );
    if (uid === false) throw refusedCredential(account.login);
    if (typeof uid !== 'number') throw malformed('authenticate answered no user id');
    return new XmlRpcSession(http, [database, uid, account.secret]);
  } catch (error) {
    http.close();
    throw error;
  }
}

/** Goes on as a user whom Odoo told us before. Rejects with Failed when it is not the account's any more. */
export async function resumeXmlRpc(
  endpoint: Endpoint,
  { login, secret, uid }: Account & { readonly uid: number },
  options: { readonly clock: Clock } & CallOptions,
): Promise<TenantSession> {
  const http = new HttpClient(endpoint.url, options.clock);
  const session = new XmlRpcSession(http, [endpoint.database, uid, secret]);
  try {
    const params = { args: [[uid]], kwargs: { fields: ['login'] } };
    const answer = await session.call('res.users', 'read', params, options);
    const [user] = Array.isArray(answer) ? (answer as [{ readonly login?: unknown }?]) : [];
    if (user?.login !== login) throw refusedCredential(login);
    return session;
  } catch (error) {
    session.close();
    throw error;
  }
}

/** The server's version text, for example `19.0`; needs no account. */
export async function serverVersion(
  url: string,
  options: { readonly clock: Clock } & CallOptions,
): Promise<string> {
  const http = new HttpClient(url, options.clock);
  try {
    const answer = await post(http, '/xmlrpc/2/common', ['version', []], options);
    const { server_version: version } = (answer ?? {}) as { readonly server_version?: unknown };
    if (typeof version !== 'string') throw malformed('version answered no server_version');
    return version;
  } finally {
    http.close();
  }
}

class XmlRpcSession implements TenantSession {
  readonly wire = 'xmlrpc';
  readonly uid: number;
  readonly #http: HttpClient;
  readonly #database: string;
  readonly #secret: Secret;

  constructor(http: HttpClient, [database, uid, secret]: [string, number, Secret]) {
    this.#http = http;
    this.#database = database;
    this.#secret = secret;
    this.uid = uid;
  }

  async call(
    model: string,
    method: string,
    params: { readonly args: readonly OdooValue[]; readonly kwargs?: OdooValues },
    options: CallOptions,
  ): Promise<unknown> {
    const account = [this.#database, this.uid, this.#secret.reveal()];
    const call = [...account, model, method, params.args, params.kwargs ?? {}];
    return await post(this.#http, '/xmlrpc/2/object', ['execute_kw', call], options);
  }

  close(): void {
    this.#http.close();
  }
}

/** Undefined where the server committed without a value. */
async function post(
  http: HttpClient,
  path: string,
  [method, params]: [string, readonly unknown[]],
  options: CallOptions,
): Promise<unknown> {
  const answer = await http.send({
    path,
    content: { type: 'text/xml', body: encode(method, params) },
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  });
  refuseForeignAnswer(answer);
  const decoded = decodeAnswer(answer.body.toString('utf8'));
  if (decoded.kind === 'value') return decoded.value;
  if (decoded.kind === 'malformed') throw malformed(decoded.reason);
  if (isCommittedWithoutValue(decoded)) return undefined;
  throw new Failed(failureOfFault(decoded));
}

function encode(method: string, params: readonly unknown[]): string {
  try {
    return encodeCall(method, params);
  } catch (error) {
    const message = error instanceof Error ? error.message : 'a value cannot be sent';
    const failure = { code: 'scenario.bad-value', blame: 'scenario', message } as const;
    throw new Failed(failure, { fate: 'not-sent' });
  }
}

/** Odoo answers XML-RPC with 200 and XML only; anything else was said by what stands in front of it. */
function refuseForeignAnswer({ status, contentType }: HttpAnswer): void {
  if (status === 200 && /\bxml\b/.test(contentType)) return;
  throw new Failed(
    {
      ...(isGateway(status) ? GATEWAY_ERROR : FOREIGN_ANSWER),
      message: `HTTP ${status} with ${contentType === '' ? 'no content type' : contentType} instead of an XML-RPC answer`,
    },
    { fate: 'unknown' },
  );
}

/** What whoever stands in front of a server says when it has lost it; Odoo never does. */
const isGateway = (status: number): boolean => status >= 502 && status <= 504;
const GATEWAY_ERROR = { code: 'odoo.gateway-error', blame: 'target', layer: 'ingress' } as const;
const FOREIGN_ANSWER = {
  code: 'odoo.foreign-answer',
  blame: 'target',
  layer: 'application',
} as const;

function malformed(reason: string): Failed {
  return new Failed(
    {
      code: 'odoo.malformed-answer',
      blame: 'target',
      layer: 'application',
      message: `the answer is not XML-RPC: ${reason}`,
    },
    { fate: 'unknown' },
  );
}

function refusedCredential(login: string): Failed {
  return new Failed({
    code: 'credential.refused',
    blame: 'fleet',
    message: `Odoo refused the login ${login}: wrong password, or the user is archived`,
  });
}
