-- claims_admit: count a visitor's claim until it ends, unless the limit is reached. KEYS is one
-- counter: a sorted set of claims, sorted by the times at which they end. ARGV: the claim, its ttl,
-- the limit (0 means no limit). Needs the prelude `claims.lua`.
local is_new, wait = look_at_counter(KEYS[1], ARGV[1], tonumber(ARGV[3]))
if wait then
  return {'FULL', integer(wait)}
end
count_claim(KEYS[1], ARGV[1], CLAIMS_NOW + tonumber(ARGV[2]))
return {is_new and 'NEW' or 'KNOWN', '0'}
