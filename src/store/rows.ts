/**
 * Rows that the runs of a UTC day may leave in a tenant's database, counted before they write: a run that dies is
 * counted too.
 */
import type { TenantId } from '../domain/ids.ts';
import { slotOf } from '../domain/slot.ts';
import type { Keys } from './redis.ts';

/** Lua: functions that answer and raise what is counted. */
export const COUNT_ROWS = `
local function rowsUsed(key)
  return tonumber(redis.call('GET', key) or '0')
end
local function countRows(key, rows, expireAt)
  if tonumber(rows) == 0 then return end
  redis.call('INCRBY', key, rows)
  redis.call('EXPIREAT', key, expireAt)
end`;

/** What is counted on the day of this instant, in epoch milliseconds. */
export const rowsKey = (keys: Keys, tenant: TenantId, atMs: number): string =>
  keys.of('rows', tenant, slotOf(atMs - (atMs % 1_000)).slice(0, 8));
