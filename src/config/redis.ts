/** Where the fleet's Redis is. Its password is a secret like any other and stands in no address. */
import { resolve } from 'node:path';
import type { z } from 'zod';
import type { SecretReference } from '../domain/secret-reference.ts';
import { secretReference } from './secrets.ts';
import { problem, textWithout } from './terms.ts';

const SOCKET = 'unix:';

export type RedisPlace = (
  | { readonly kind: 'url'; readonly url: string }
  /** An absolute path. */
  | { readonly kind: 'socket'; readonly path: string }
) & { readonly password?: SecretReference };

/** The shape of `fleet.redis`. */
export const redisAddress: z.ZodString = textWithout(faultOf);

/** A relative path of a socket begins at the folder, which is the configuration's. Undefined without an address. */
export function compileRedis(
  { redis, redisPassword }: { readonly redis?: string; readonly redisPassword?: string },
  from: Parameters<typeof secretReference>[1],
): RedisPlace | undefined {
  if (redis === undefined) return undefined;
  const password =
    redisPassword === undefined ? {} : { password: secretReference(redisPassword, from) };
  return redis.startsWith(SOCKET)
    ? { kind: 'socket', path: resolve(from.folder, redis.slice(SOCKET.length)), ...password }
    : { kind: 'url', url: redis, ...password };
}

function faultOf(text: string): string | undefined {
  const unfit = problem(
    'not an address of Redis',
    'write redis://host:6379, rediss://host:6379/1 or unix:/path/to/redis.sock',
  );
  if (text.startsWith(SOCKET)) return text === SOCKET ? unfit : undefined;
  if (!URL.canParse(text)) return unfit;
  const { protocol, hostname, pathname, password, search, hash } = new URL(text);
  if (password !== '') {
    return problem('holds a password', 'move it out: redisPassword: env:NAME, or file:PATH');
  }
  const known = /^rediss?:$/.test(protocol) && hostname !== '' && /^(?:\/\d*)?$/.test(pathname);
  return known && `${search}${hash}` === '' ? undefined : unfit;
}
