/** Whether a Redis keeps what it is given: a fleet on one that forgets would lose slots and leases, and never know. */
import { inRedis, mastersOf, type RedisConnection } from './redis.ts';

interface Risk {
  readonly what: string;
  readonly remedy: string;
}

/**
 * What may make it forget, each once, and what to do about all of it; undefined when nothing may. In a cluster every master
 * is looked at. Rejects with Failed `state.unusable`.
 */
export async function riskOf(redis: RedisConnection): Promise<Risk | undefined> {
  const seen = await inRedis(async () => await Promise.all(mastersOf(redis).map(look)));
  const [first, ...others] = new Map(seen.flat().map((risk) => [risk.what, risk])).values();
  if (first === undefined) return undefined;
  const all = [first, ...others];
  const listed = (key: keyof Risk): string => all.map((risk) => risk[key]).join(' and ');
  return { what: listed('what'), remedy: listed('remedy') };
}

type Master = ReturnType<typeof mastersOf>[number];

async function look(master: Master): Promise<readonly Risk[]> {
  const info = `${await master.info('memory')}${await master.info('persistence')}`;
  const of = (name: string): string =>
    new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? '';
  const policy = of('maxmemory_policy');
  const volatile = of('aof_enabled') === '1' ? undefined : await withoutLog(master);
  return [
    ...(policy === 'noeviction' ? [] : [eviction(policy)]),
    ...(volatile === undefined ? [] : [volatile]),
  ];
}

/** Snapshots keep nearly all of it; most managed servers do not say whether they make any. */
async function withoutLog(master: Master): Promise<Risk | undefined> {
  const save = await master.config('GET', 'save').catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ReplyError') return undefined;
    throw error;
  });
  if (save === undefined) return untold;
  const [, schedule = ''] = Array.isArray(save) ? save.map(String) : [];
  return schedule === '' ? nothingKept : undefined;
}

const eviction = (policy: string): Risk => ({
  what: `it throws away what it holds when memory is short (maxmemory-policy ${policy || 'unknown'})`,
  remedy: 'set maxmemory-policy noeviction',
});

const nothingKept: Risk = {
  what: 'it writes nothing to disk (appendonly no, save "")',
  remedy: 'set appendonly yes',
};

const untold: Risk = {
  what: 'it does not say whether it writes to disk (appendonly no, and CONFIG GET is refused)',
  remedy: 'set appendonly yes, or allow CONFIG GET save',
};
