-- prune: forget that the visitor may hold something on these boards. KEYS is a visitor's index,
-- ARGV are pairs of its field and value: a hold granted meanwhile has written another value.
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
return true
