-- prune_index: remove boards on which the visitor holds nothing from their index. KEYS is the
-- index, ARGV are pairs of a field and its value. A field with another value stays: a hold that was
-- granted meanwhile has written it.
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
return true
