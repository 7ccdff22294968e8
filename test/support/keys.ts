/** API keys of the probe user: real ones, made as the user makes them in the web client. */
import { labPaths } from '../../deploy/lab/faults.ts';
import { type LabTenant, probePassword, tenantUrl } from './lab.ts';

const LOGIN = 'orderwatch-probe';

/** The text of a new key; XML-RPC takes it for the password, the login page does not. */
export async function apiKey(tenant: LabTenant): Promise<string> {
  const password = await probePassword(tenant);
  const url = tenantUrl(tenant);
  const signedIn = await post(`${url}/web/session/authenticate`, {
    db: tenant,
    login: LOGIN,
    password,
  });
  const call = async (name: string, args: readonly unknown[], context = {}): Promise<unknown> => {
    const [model, method] = name.split('/');
    const params = { model, method, args, kwargs: { context } };
    return (await post(`${url}/web/dataset/call_kw/${name}`, params, signedIn.cookie)).result;
  };
  const description = [{ name: 'orderwatch test', duration: '1' }];
  const id = await call('res.users.apikeys.description/create', description);
  const check = await call('res.users.apikeys.description/make_key', [[id]]);
  const { res_id } = check as { readonly res_id: number };
  const shown = await call('res.users.identitycheck/run_check', [[res_id]], { password });
  return (shown as { readonly context: { readonly default_key: string } }).context.default_key;
}

/** Every key of the tenant's users. */
export async function removeApiKeys(tenant: LabTenant): Promise<void> {
  await labPaths().psql(tenant, 'delete from res_users_apikeys');
}

async function post(
  url: string,
  params: unknown,
  cookie = '',
): Promise<{ readonly result: unknown; readonly cookie: string }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify({ jsonrpc: '2.0', method: 'call', params }),
  });
  const { result } = (await answer.json()) as { readonly result?: unknown };
  if (result === undefined) throw new Error(`${url} answers an error`);
  const cookies = answer.headers.getSetCookie().map((text) => text.split(';')[0]);
  return { result, cookie: cookies.join('; ') };
}
