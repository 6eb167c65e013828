-- claims_enter: write down a claim, unless its visitor has kept an overlapping time too long. KEYS
-- is the book of one visitor, a hash:
--
--   s:SERVICE            their claim on a service: KIND RESOURCE FROM TO ENDS_AT ADDRESS
--   k:RESOURCE FROM TO   a time that they keep or have kept: SINCE LAST
--
-- SINCE is when they first claimed the time, LAST is when their last claim on it ends. The time is
-- forgotten when COOLDOWN has passed since LAST. Needs the prelude `claims.lua`.
local claim = {
  service = ARGV[1],
  resource = ARGV[2],
  from = ARGV[3],
  to = ARGV[4],
  kind = ARGV[6],
  address = ARGV[7],
}
local near, left, wait = look_at_book(KEYS[1], claim)
if left <= 0 then
  return {'KEPT', integer(CLAIMS_NOW), integer(wait)}
end
local ends_at = CLAIMS_NOW + math.min(tonumber(ARGV[5]), left)
local former = write_claim(KEYS[1], claim, near, ends_at)
return {'ENTERED', integer(CLAIMS_NOW), integer(left), former}
