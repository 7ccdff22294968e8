/** Fencing tokens in Redis: they count its microseconds, so they grow also across the loss of everything it remembered. */

/** Lua: a function that answers the next token and keeps it under its key. */
export const NEXT_TOKEN = `
local function nextToken(key)
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local token = math.max(tonumber(redis.call('GET', key) or '0') + 1, now)
  redis.call('SET', key, token)
  return token
end`;
