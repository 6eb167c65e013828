-- leave: take out the claim of a service, and give it back. KEYS is the book of a visitor.
local entry = redis.call('HGET', KEYS[1], 's:' .. ARGV[1])
redis.call('HDEL', KEYS[1], 's:' .. ARGV[1])
return entry
