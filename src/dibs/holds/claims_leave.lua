-- claims_leave: remove the claim of a service, and give it back. KEYS is the book of one visitor.
local entry = redis.call('HGET', KEYS[1], 's:' .. ARGV[1])
redis.call('HDEL', KEYS[1], 's:' .. ARGV[1])
return entry
