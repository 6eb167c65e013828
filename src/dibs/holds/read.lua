-- read: return the time, whether the store has lost a version that the caller has seen, and the
-- board. KEYS is one board. A board that is read is kept longer. To write seldom, the script sets
-- the new TTL only when less than half of it is left.
local seen = tonumber(ARGV[1])

local board = load_current(KEYS[1])
local lost = board.version < seen
if lost then
  board.version = seen
  board.changed = true
end
save_boards()
if redis.call('TTL', KEYS[1]) < KEY_TTL / 2 then
  redis.call('EXPIRE', KEYS[1], KEY_TTL)
end
return {NOW, lost, redis.call('HGETALL', KEYS[1])}
