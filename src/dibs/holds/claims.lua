-- Prelude of the scripts that write the book of live claims (see `claims_enter`, `claims_admit` and
-- `hold`), after `now.lua` and the constants of `redis_claims.py`.

local CLAIMS_NOW = now()

local function integer(number)
  return string.format('%.0f', number)
end

-- Return whether a claim is new to a counter and, if other claims have reached the limit, how long
-- it takes until the first of them ends. A limit of 0 means that there is no limit.
local function look_at_counter(counter, member, most)
  redis.call('ZREMRANGEBYSCORE', counter, '-inf', CLAIMS_NOW)
  local is_new = not redis.call('ZSCORE', counter, member)
  if most > 0 and is_new and redis.call('ZCARD', counter) >= most then
    local first = redis.call('ZRANGE', counter, 0, 0, 'WITHSCORES')
    return is_new, first[2] - CLAIMS_NOW
  end
  return is_new, nil
end

local function count_claim(counter, member, ends_at)
  redis.call('ZADD', counter, integer(ends_at), member)
  local last = redis.call('ZRANGE', counter, -1, -1, 'WITHSCORES')
  redis.call('PEXPIRE', counter, math.ceil((last[2] - CLAIMS_NOW) / 1000) + SPARE)
end

-- Return the times in a visitor's book that overlap a claim, how long the visitor can still keep
-- the time, and how long they must wait if they can't keep it any longer. A claim is a table of
-- service, resource, from, to (all as text), kind and address.
local function look_at_book(book, claim)
  local from, to = tonumber(claim.from), tonumber(claim.to)
  local near, since, last = {}, CLAIMS_NOW, 0
  local fields = redis.call('HGETALL', book)
  for i = 1, #fields, 2 do
    local resource, starts_at, ends_at = fields[i]:match('^k:(%S+) (%S+) (%S+)$')
    if resource then
      local began, kept_until = fields[i + 1]:match('^(%S+) (%S+)$')
      began, kept_until = tonumber(began), tonumber(kept_until)
      if kept_until + COOLDOWN <= CLAIMS_NOW then
        redis.call('HDEL', book, fields[i])
      elseif resource == claim.resource and tonumber(starts_at) < to and from < tonumber(ends_at) then
        near[fields[i]] = {since = began, last = kept_until}
        since = math.min(since, began)
        last = math.max(last, kept_until)
      end
    end
  end
  return near, since + MAX_CLAIM - CLAIMS_NOW, last + COOLDOWN - CLAIMS_NOW
end

-- Write down a claim that ends at this time. Returns the former claim on its service, or false.
local function write_claim(book, claim, near, ends_at)
  local place = table.concat({'k:' .. claim.resource, claim.from, claim.to}, ' ')
  near[place] = near[place] or {since = CLAIMS_NOW, last = ends_at}
  local fields = {}
  for field, kept in pairs(near) do
    table.insert(fields, field)
    table.insert(fields, integer(kept.since) .. ' ' .. integer(math.max(kept.last, ends_at)))
  end
  local former = redis.call('HGET', book, 's:' .. claim.service)
  table.insert(fields, 's:' .. claim.service)
  table.insert(fields, table.concat(
    {claim.kind, claim.resource, claim.from, claim.to, integer(ends_at), claim.address}, ' '))
  redis.call('HSET', book, unpack(fields))
  redis.call('PEXPIRE', book, math.ceil((MAX_CLAIM + COOLDOWN) / 1000) + SPARE)
  return former
end
