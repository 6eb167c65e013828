-- Prelude of `hold` and `acquire`, after `board.lua`: decides whether a request can be granted, and
-- grants it. A request is a table of visitor, slot, days, claim (the id of a new hold), ttl, seats
-- and seq. `hold` also sets max_lifetime; without it a hold can be prolonged without end.

local function make_request(visitor, slot, days, claim, ttl, seats)
  return {
    visitor = visitor,
    slot = slot,
    days = days,
    claim = claim,
    ttl = tonumber(ttl),
    seats = tonumber(seats),
  }
end

local function guarded_times(slot)
  local starts_at, ends_at = slot:match('^(%S+) (%S+)')
  return tonumber(starts_at), tonumber(ends_at)
end

-- Tell whether the holds of other visitors leave no seat for the request on this board.
local function is_excluded(board, request)
  local starts_at, ends_at = guarded_times(request.slot)
  local same, live = 0, 0
  for visitor, record in pairs(all_records(board)) do
    if record.hold and visitor ~= request.visitor and visitor ~= request.visitor .. WRITING then
      live = live + 1
      if record.hold.slot == request.slot then
        same = same + 1
      else
        local other_starts_at, other_ends_at = guarded_times(record.hold.slot)
        if other_starts_at < ends_at and starts_at < other_ends_at then
          return true
        end
      end
    end
  end
  return same >= request.seats or live >= MAX_RECORDS
end

local function is_excluded_on_any(boards, request)
  for _, board in ipairs(boards) do
    if is_excluded(board, request) then
      return true
    end
  end
  return false
end

-- Give the visitor the hold that they ask for, or prolong it if they have it already. Returns the
-- visitor's record with the hold.
local function grant(boards, request)
  local first = find_record(boards[1], request.visitor)
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
  if request.max_lifetime then
    deadline = math.min(deadline, hold.created + request.max_lifetime)
  end
  if present then
    deadline = math.max(deadline, first.deadline)
  end
  for _, board in ipairs(boards) do
    local record = find_record(board, request.visitor)
    local former = record and record.hold
    if former and former.slot ~= request.slot then
      end_hold_everywhere(board, request.visitor)
    end
    if not former or former.claim ~= hold.claim then
      board.changed = true
    end
    local seq = note_seq(board, request.visitor, request.seq).seq
    put_record(board, request.visitor, {seq = seq, deadline = deadline, hold = hold})
  end
  return find_record(boards[1], request.visitor)
end

-- Save the boards, and return the reply: the answer, the name under which the visitor has the hold,
-- and the boards if the hold was granted.
local function make_reply(request, answer, is_granted, boards_count)
  save_boards()
  return {answer, request.visitor, is_granted and snapshots(boards_count) or {}}
end
