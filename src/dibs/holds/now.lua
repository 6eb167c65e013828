-- Prelude of all scripts: the clock of Redis, in whole microseconds since 1970. No script uses
-- another clock.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
