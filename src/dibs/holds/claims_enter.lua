-- enter: write down a claim, unless its visitor has kept an overlapping time too long. KEYS is the
-- book of a visitor, a hash:
--
--   s:SERVICE            their claim: KIND RESOURCE FROM UNTIL ENDS_AT ADDRESS
--   k:RESOURCE FROM TO   a time they keep or have kept: SINCE LAST
--
-- A time is forgotten once it has rested for REST since LAST.
local service, resource, from, to = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local ttl, kind, address = tonumber(ARGV[5]), ARGV[6], ARGV[7]
local place = table.concat({'k:' .. resource, ARGV[3], ARGV[4]}, ' ')

local function whole(number)
  return string.format('%.0f', number)
end

local near, since, last = {}, NOW, 0
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local its_resource, starts_at, ends_at = fields[i]:match('^k:(%S+) (%S+) (%S+)$')
  if its_resource then
    local began, kept_until = fields[i + 1]:match('^(%S+) (%S+)$')
    began, kept_until = tonumber(began), tonumber(kept_until)
    if kept_until + REST <= NOW then
      redis.call('HDEL', KEYS[1], fields[i])
    elseif its_resource == resource and tonumber(starts_at) < to and from < tonumber(ends_at) then
      near[fields[i]] = {since = began, last = kept_until}
      since = math.min(since, began)
      last = math.max(last, kept_until)
    end
  end
end

local left = since + LIMIT - NOW
if left <= 0 then
  return {'KEPT', whole(NOW), whole(last + REST - NOW)}
end
local ends_at = NOW + math.min(ttl, left)
near[place] = near[place] or {since = NOW, last = ends_at}
for field, kept in pairs(near) do
  redis.call('HSET', KEYS[1], field, whole(kept.since) .. ' ' .. whole(math.max(kept.last, ends_at)))
end
local former = redis.call('HGET', KEYS[1], 's:' .. service)
redis.call('HSET', KEYS[1], 's:' .. service, table.concat(
  {kind, resource, ARGV[3], ARGV[4], whole(ends_at), address}, ' '))
redis.call('PEXPIRE', KEYS[1], math.ceil((LIMIT + REST) / 1000) + SPARE)
return {'ENTERED', whole(NOW), whole(left), former}
