-- hold: take, move to or prolong. KEYS are the boards; the last arguments are the ledger versions
-- of these boards that the caller has seen.
local request = request_of(ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
local if_unknown = ARGV[8] == '1'
local LEDGERS = 8
request.seq = tonumber(ARGV[7]) or NOW
request.total = TOTAL

local function answer()
  local boards, known, newest, stale = {}, false, 0, false
  for i, key in ipairs(KEYS) do
    local board = current(key)
    local record = all(board)[request.visitor]
    known = known or record ~= nil
    newest = math.max(newest, record and record.seq or 0)
    stale = stale or (board.ledger or 0) > tonumber(ARGV[LEDGERS + i])
    boards[i] = board
  end
  if if_unknown and known then
    return 'KNOWN'
  end
  if newest > request.seq then
    return 'SUPERSEDED'
  end
  if stale then
    return 'STALE'
  end
  if excluded_on_any(boards, request) then
    for _, board in ipairs(boards) do
      hear(board, request.visitor, request.seq)
    end
    return 'HELD'
  end
  return render(grant(boards, request))
end

local reply = saved(answer())
table.insert(reply, 2, request.visitor)
return reply
