-- admit: count a claim of a visitor until it ends, unless there are as many as there may be. KEYS is
-- a counter, a sorted set of claims by their ends.
local member, ttl, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local ends_at = string.format('%.0f', NOW + ttl)

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', NOW)
local is_new = not redis.call('ZSCORE', KEYS[1], member)
if most > 0 and is_new and redis.call('ZCARD', KEYS[1]) >= most then
  local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return {'FULL', string.format('%.0f', first[2] - NOW)}
end
redis.call('ZADD', KEYS[1], ends_at, member)
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIRE', KEYS[1], math.ceil((last[2] - NOW) / 1000) + SPARE)
return {is_new and 'NEW' or 'KNOWN', '0'}
