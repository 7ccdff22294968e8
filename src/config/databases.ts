/** The read-only DSN of each database host that has one: for evidence, never for a run. */
import { z } from 'zod';
import type { SecretReference } from '../domain/secret-reference.ts';
import { Secret } from '../lib/secret.ts';
import { secretReference } from './secrets.ts';
import { problem, secretReference as reference, strict, words } from './terms.ts';

/** The shape of `fleet.databases`. */
export const databases = z.record(
  words,
  strict({
    dsn: reference.describe(
      'env:NAME or file:PATH of postgresql://role@host/postgres, role in pg_monitor',
    ),
  }),
);

type Databases = z.infer<typeof databases> | undefined;

/** Undefined where the platform of the tenant names none. The password inside is a secret of its own. */
export function dsnOf(
  databaseHost: string,
  all: Databases,
  from: Parameters<typeof secretReference>[1],
): SecretReference | undefined {
  const named = all?.[databaseHost];
  if (named === undefined) return undefined;
  const whole = secretReference(named.dsn, from);
  return {
    name: whole.name,
    read: async () => {
      const dsn = await whole.read();
      const password = passwordIn(dsn.reveal());
      if (password !== '') from.known.add(new Secret(password));
      return dsn;
    },
  };
}

function passwordIn(dsn: string): string {
  const [, written = ''] = /^[a-z]+:\/\/[^/@:]*:([^@]*)@/.exec(dsn) ?? [];
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

/** Hosts that no tenant lies on: most likely misspelt. */
export function strayDatabases(
  all: Databases,
  tenants: readonly { readonly raw: { readonly platform: { readonly databaseHost: string } } }[],
): readonly { readonly host: string; readonly message: string }[] {
  const hosts = new Set(tenants.map(({ raw }) => raw.platform.databaseHost));
  const remedy = `write one of: ${[...hosts].sort().join(', ')}`;
  return Object.keys(all ?? {})
    .filter((host) => !hosts.has(host))
    .map((host) => ({
      host,
      message: problem(`${host} is the databaseHost of no tenant`, remedy),
    }));
}
