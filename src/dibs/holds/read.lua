-- read: the time, whether the store is behind what the caller has seen, and the board. KEYS is one
-- board. Being read keeps a board from being forgotten, but seldom by a write.
local seen = tonumber(ARGV[1])

local board = current(KEYS[1])
local lost = board.version < seen
if lost then
  board.version = seen
  board.changed = true
end
save()
if redis.call('TTL', KEYS[1]) < KEEP / 2 then
  redis.call('EXPIRE', KEYS[1], KEEP)
end
return {NOW, lost, redis.call('HGETALL', KEYS[1])}
