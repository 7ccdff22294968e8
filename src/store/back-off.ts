/** The back-off from tenants that are down, as Redis keeps it: two keys for each, written by the scripts of reports. */
import { BACK_OFF } from '../domain/back-off.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Keys } from './redis.ts';

/** A tenant that is not played for so long begins anew, in seconds. */
const KEPT_S = 86_400;

/** Lua: a function that takes in what a run says of its tenant. */
export const NOTE_REACH = `
local function noteReach(keys, reach)
  if reach == 'up' then redis.call('DEL', keys.failures, keys.pause) end
  if reach ~= 'down' then return end
  local failures = redis.call('INCR', keys.failures)
  redis.call('EXPIRE', keys.failures, ${KEPT_S})
  if failures < ${BACK_OFF.after} then return end
  local pause = ${BACK_OFF.firstMs} * 2 ^ math.min(failures - ${BACK_OFF.after}, 20)
  redis.call('SET', keys.pause, failures, 'PX', math.min(pause, ${BACK_OFF.longestMs}))
end`;

/** It is there while the tenant is left alone. */
export const pauseKey = (keys: Keys, tenant: TenantId): string => keys.of('pause', tenant);

/** Runs in a row that found the tenant down. */
export const failuresKey = (keys: Keys, tenant: TenantId): string => keys.of('failures', tenant);
