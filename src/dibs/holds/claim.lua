-- What `hold` and `take` share: whether a wish can be had, and having it. A wish is a table of
-- visitor, slot, days, claim (if it needs a new one), ttl, room, seq and, unless it may live on
-- and on, total.

local function wish_of(visitor, slot, days, claim, ttl, room)
  return {
    visitor = visitor,
    slot = slot,
    days = days,
    claim = claim,
    ttl = tonumber(ttl),
    room = tonumber(room),
  }
end

local function guarded(slot)
  local starts_at, ends_at = slot:match('^(%S+) (%S+)')
  return tonumber(starts_at), tonumber(ends_at)
end

-- Whether others' holds leave no place for it on this board.
local function excluded(board, wish)
  local starts_at, ends_at = guarded(wish.slot)
  local same, live = 0, 0
  for visitor, record in pairs(all(board)) do
    if record.hold and visitor ~= wish.visitor and visitor ~= wish.visitor .. WRITING then
      live = live + 1
      if record.hold.slot == wish.slot then
        same = same + 1
      else
        local other_starts_at, other_ends_at = guarded(record.hold.slot)
        if other_starts_at < ends_at and starts_at < other_ends_at then
          return true
        end
      end
    end
  end
  return same >= wish.room or live >= MOST
end

local function excluded_on_any(boards, wish)
  for _, board in ipairs(boards) do
    if excluded(board, wish) then
      return true
    end
  end
  return false
end

-- The wish becomes the visitor's hold, or prolongs it if they have it; gives its record.
local function grant(boards, wish)
  local first = find(boards[1], wish.visitor)
  local present = first and first.hold
  if present and present.slot ~= wish.slot then
    present = nil
  end
  local hold = {
    seq = wish.seq,
    created = present and present.created or NOW,
    claim = present and present.claim or wish.claim,
    days = wish.days,
    slot = wish.slot,
  }
  local deadline = NOW + wish.ttl
  if wish.total then
    deadline = math.min(deadline, hold.created + wish.total)
  end
  if present then
    deadline = math.max(deadline, first.deadline)
  end
  for _, board in ipairs(boards) do
    local record = find(board, wish.visitor)
    local former = record and record.hold
    if former and former.slot ~= wish.slot then
      end_everywhere(board, wish.visitor)
    end
    if not former or former.claim ~= hold.claim then
      board.changed = true
    end
    local seq = hear(board, wish.visitor, wish.seq).seq
    put(board, wish.visitor, {seq = seq, deadline = deadline, hold = hold})
  end
  return find(boards[1], wish.visitor)
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
