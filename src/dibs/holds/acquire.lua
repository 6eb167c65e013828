-- acquire: make sure of a hold, whatever the ledger says and whatever the hold's age. KEYS are the
-- boards.
local request = request_of(ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
request.seq = 0

local function answer()
  local boards, holds_another = {}, false
  for i, key in ipairs(KEYS) do
    boards[i] = current(key)
    local record = all(boards[i])[request.visitor]
    request.seq = math.max(request.seq, record and record.seq or 0)
    holds_another = holds_another or record and record.hold and record.hold.slot ~= request.slot
  end
  if excluded_on_any(boards, request) then
    return 'HELD'
  end
  if holds_another then
    request.visitor = request.visitor .. WRITING
  end
  return render(grant(boards, request))
end

local reply = saved(answer())
table.insert(reply, 2, request.visitor)
return reply
