/** What comes from the environment alone: the administrator's login, never kept in a file, and the browser. */
import { Secret } from '../lib/secret.ts';

export interface AdminAccount {
  readonly login: string;
  readonly secret: Secret;
}

/**
 * `ORDERWATCH_ADMIN_LOGIN` and `ORDERWATCH_ADMIN_PASSWORD`; for one tenant alone the same names with
 * `_` and its id in capitals behind, `-` as `_`. Undefined when either is missing.
 */
export function adminFromEnvironment(
  tenant: string,
  env: NodeJS.ProcessEnv = process.env,
): AdminAccount | undefined {
  const suffix = `_${tenant.toUpperCase().replaceAll('-', '_')}`;
  const find = (name: string): string | undefined => env[`${name}${suffix}`] ?? env[name];
  const login = find('ORDERWATCH_ADMIN_LOGIN');
  const password = find('ORDERWATCH_ADMIN_PASSWORD');
  if (login === undefined || password === undefined || password === '') return undefined;
  return { login, secret: new Secret(password) };
}

/** `ORDERWATCH_CHROMIUM`: the browser to use, before the configuration's and the usual places. */
export function chromiumFromEnvironment(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env['ORDERWATCH_CHROMIUM'];
}
