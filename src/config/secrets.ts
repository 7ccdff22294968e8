/** References to secrets: where one lies is configuration, what it is stays in the environment or its file. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Failed } from '../domain/failure.ts';
import type { SecretReference } from '../domain/secret-reference.ts';
import { Secret } from '../lib/secret.ts';
import { codeOf } from '../lib/thrown.ts';

/**
 * Every secret that was read is added to `known`, so that texts of others can be scrubbed of it. Of a file the first
 * line is the secret, or the whole of it.
 */
export function secretReference(
  name: string,
  from: { readonly folder: string; readonly env: NodeJS.ProcessEnv; readonly known: Set<Secret> },
  part: 'first line' | 'whole' = 'first line',
): SecretReference {
  const [, kind = '', place = ''] = /^(env|file):(.+)$/.exec(name) ?? [];
  const find =
    kind === 'env'
      ? () => Promise.resolve(from.env[place])
      : () => textOf(resolve(from.folder, place), part);
  let last: Secret | undefined;
  return {
    name,
    read: async () => {
      const text = await find().catch((error: unknown) => {
        throw missing(name, codeOf(error) ?? 'cannot be read');
      });
      if (text === undefined || text === '') throw missing(name, 'is empty or not set');
      if (last?.reveal() === text) return last;
      last = new Secret(text);
      from.known.add(last);
      return last;
    },
  };
}

async function textOf(file: string, part: 'first line' | 'whole'): Promise<string> {
  const text = await readFile(file, 'utf8');
  return part === 'whole' ? text : (text.split(/\r?\n/, 1)[0] ?? '');
}

function missing(name: string, why: string): Failed {
  const message = `the secret ${name} ${why}`;
  return new Failed({ code: 'secret.missing', blame: 'fleet', message }, { fate: 'not-sent' });
}
