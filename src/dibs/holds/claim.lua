-- What `hold` and `acquire` share: whether a request can be had, and having it. A request is a table of
-- visitor, slot, days, claim (if it needs a new one), ttl, seats, seq and, unless it may live on
-- and on, total.

local function request_of(visitor, slot, days, claim, ttl, seats)
  return {
    visitor = visitor,
    slot = slot,
    days = days,
    claim = claim,
    ttl = tonumber(ttl),
    seats = tonumber(seats),
  }
end

local function guarded(slot)
  local starts_at, ends_at = slot:match('^(%S+) (%S+)')
  return tonumber(starts_at), tonumber(ends_at)
end

-- Whether others' holds leave no place for it on this board.
local function excluded(board, request)
  local starts_at, ends_at = guarded(request.slot)
  local same, live = 0, 0
  for visitor, record in pairs(all(board)) do
    if record.hold and visitor ~= request.visitor and visitor ~= request.visitor .. WRITING then
      live = live + 1
      if record.hold.slot == request.slot then
        same = same + 1
      else
        local other_starts_at, other_ends_at = guarded(record.hold.slot)
        if other_starts_at < ends_at and starts_at < other_ends_at then
          return true
        end
      end
    end
  end
  return same >= request.seats or live >= MAX_RECORDS
end

local function excluded_on_any(boards, request)
  for _, board in ipairs(boards) do
    if excluded(board, request) then
      return true
    end
  end
  return false
end

-- The request becomes the visitor's hold, or prolongs it if they have it; gives its record.
local function grant(boards, request)
  local first = find(boards[1], request.visitor)
  local present = first and first.hold
  if present and present.slot ~= request.slot then
    present = nil
  end
  local hold = {
    seq = request.seq,
    created = present and present.created or NOW,
    claim = present and present.claim or request.claim,
    days = request.days,
    slot = request.slot,
  }
  local deadline = NOW + request.ttl
  if request.total then
    deadline = math.min(deadline, hold.created + request.total)
  end
  if present then
    deadline = math.max(deadline, first.deadline)
  end
  for _, board in ipairs(boards) do
    local record = find(board, request.visitor)
    local former = record and record.hold
    if former and former.slot ~= request.slot then
      end_everywhere(board, request.visitor)
    end
    if not former or former.claim ~= hold.claim then
      board.changed = true
    end
    local seq = hear(board, request.visitor, request.seq).seq
    put(board, request.visitor, {seq = seq, deadline = deadline, hold = hold})
  end
  return find(boards[1], request.visitor)
end

-- The reply once everything is written: the answer, and the version of each board.
local function saved(answer)
  save()
  local reply = {answer}
  for _, key in ipairs(KEYS) do
    table.insert(reply, whole(open(key).version))
  end
  return reply
end
