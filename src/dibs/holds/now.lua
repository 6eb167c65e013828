-- The store's clock, in whole microseconds since 1970: the only time the scripts know.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
