-- claims_leave: remove the claim on a service, and return it. KEYS is the book of one visitor.
local entry = redis.call('HGET', KEYS[1], 's:' .. ARGV[1])
redis.call('HDEL', KEYS[1], 's:' .. ARGV[1])
return entry
