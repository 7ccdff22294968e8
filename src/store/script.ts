/** Lua scripts: sent once in full, afterwards named by their hash. */
import { createHash } from 'node:crypto';
import { describeThrown } from '../lib/thrown.ts';
import type { RedisConnection } from './redis.ts';

export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function scriptOf(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/** Answers what the script answers. Rejects as any command of this connection does. */
export async function runScript(
  redis: RedisConnection,
  { lua, sha }: Script,
  keys: readonly string[],
  values: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(sha, keys.length, ...keys, ...values);
  } catch (error) {
    // It never heard of it, or was started since.
    if (!describeThrown(error).includes('NOSCRIPT')) throw error;
    return await redis.eval(lua, keys.length, ...keys, ...values);
  }
}
