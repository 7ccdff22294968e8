/** Where the fleet's Redis is: one server, what sentinels watch, or a cluster. Passwords are secrets and stand in no address. */
import { resolve } from 'node:path';
import { z } from 'zod';
import type { SecretReference } from '../domain/secret-reference.ts';
import { secretReference } from './secrets.ts';
import { problem, strict, textWithout, words } from './terms.ts';

const SOCKET = 'unix:';

export type RedisPlace = (
  | { readonly kind: 'url'; readonly url: string }
  /** An absolute path. */
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'sentinels';
      readonly sentinels: readonly string[];
      readonly master: string;
      readonly sentinelPassword?: SecretReference;
    }
  | { readonly kind: 'cluster'; readonly cluster: readonly string[] }
) & { readonly password?: SecretReference };

const addresses = (example: string): z.ZodArray<z.ZodString> =>
  z
    .array(textWithout((text) => faultOfNode(text, example)))
    .min(1, problem('no address', `name at least one, such as ${example}`))
    .refine(agree, {
      error: problem(
        'the addresses differ in more than host and port',
        'write redis: or rediss: and the user alike in all of them',
      ),
    });

const several = strict({
  sentinels: addresses('redis://host:26379')
    .exactOptional()
    .describe('redis://host:26379 of each; a user in them is that of Redis'),
  master: words.exactOptional().describe('the name by which the sentinels know it'),
  cluster: addresses('redis://host:6379')
    .exactOptional()
    .describe('redis://host:6379 of some of its nodes'),
}).refine(({ sentinels, master, cluster }) => isOneKind(sentinels, master, cluster), {
  error: problem(
    'neither sentinels nor a cluster',
    'write sentinels and master together, or cluster alone',
  ),
});

/** The shape of `fleet.redis`. */
export const redisPlace: z.ZodUnion<[z.ZodString, typeof several]> = z.union(
  [textWithout(faultOf), several],
  problem(
    'neither an address nor a map',
    'write redis://host:6379, { sentinels: [...], master: NAME } or { cluster: [...] }',
  ),
);

interface RawRedis {
  readonly redis?: z.infer<typeof redisPlace>;
  readonly redisPassword?: string;
  readonly sentinelPassword?: string;
}

/** A relative path of a socket begins at the folder, which is the configuration's. Undefined without an address. */
export function compileRedis(
  { redis, redisPassword, sentinelPassword }: RawRedis,
  from: Parameters<typeof secretReference>[1],
): RedisPlace | undefined {
  if (redis === undefined) return undefined;
  const password =
    redisPassword === undefined ? {} : { password: secretReference(redisPassword, from) };
  if (typeof redis === 'string') {
    return redis.startsWith(SOCKET)
      ? { kind: 'socket', path: resolve(from.folder, redis.slice(SOCKET.length)), ...password }
      : { kind: 'url', url: redis, ...password };
  }
  const { sentinels, master = '', cluster = [] } = redis;
  if (sentinels === undefined) return { kind: 'cluster', cluster, ...password };
  const ofSentinels =
    sentinelPassword === undefined
      ? {}
      : { sentinelPassword: secretReference(sentinelPassword, from) };
  return { kind: 'sentinels', sentinels, master, ...ofSentinels, ...password };
}

/** Keys that are of no use without what they belong to. */
export function redisComplaints(
  raw: RawRedis,
): readonly { readonly key: string; readonly message: string }[] {
  const { redis } = raw;
  const without = (what: string): string =>
    problem(`is of no use without ${what}`, `remove it, or add ${what}`);
  const watched = typeof redis === 'object' && redis.sentinels !== undefined;
  return [
    ...(raw.redisPassword !== undefined && redis === undefined
      ? [{ key: 'redisPassword', message: without('redis') }]
      : []),
    ...(raw.sentinelPassword !== undefined && !watched
      ? [{ key: 'sentinelPassword', message: without('redis.sentinels') }]
      : []),
  ];
}

function faultOf(text: string): string | undefined {
  const unfit = problem(
    'not an address of Redis',
    'write redis://host:6379, rediss://host:6379/1 or unix:/path/to/redis.sock',
  );
  if (text.startsWith(SOCKET)) return text === SOCKET ? unfit : undefined;
  return faultOfUrl(text, /^(?:\/\d*)?$/, unfit);
}

/** One of several knows nothing of sockets and databases. */
const faultOfNode = (text: string, example: string): string | undefined =>
  faultOfUrl(text, /^\/?$/, problem('not an address of Redis', `write ${example}, without a path`));

function faultOfUrl(text: string, path: RegExp, unfit: string): string | undefined {
  if (!URL.canParse(text)) return unfit;
  const { protocol, hostname, pathname, password, search, hash } = new URL(text);
  if (password !== '') {
    return problem('holds a password', 'move it out: redisPassword: env:NAME, or file:PATH');
  }
  const known = /^rediss?:$/.test(protocol) && hostname !== '' && path.test(pathname);
  return known && `${search}${hash}` === '' ? undefined : unfit;
}

const isOneKind = (sentinels: unknown, master: unknown, cluster: unknown): boolean =>
  cluster === undefined
    ? sentinels !== undefined && master !== undefined
    : sentinels === undefined && master === undefined;

function agree(all: readonly string[]): boolean {
  const urls = all.flatMap((text) => (URL.canParse(text) ? [new URL(text)] : []));
  return new Set(urls.map(({ protocol, username }) => `${protocol}//${username}`)).size <= 1;
}
