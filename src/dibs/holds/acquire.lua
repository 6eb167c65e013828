-- acquire: take or prolong a hold for a write. It ignores the versions of the ledger and the age of
-- the hold. KEYS are the boards. Needs the preludes `board.lua` and `claim.lua`.
local request = make_request(ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
request.seq = 0

local function answer()
  local boards, holds_another = {}, false
  for i, key in ipairs(KEYS) do
    boards[i] = load_current(key)
    local record = all_records(boards[i])[request.visitor]
    request.seq = math.max(request.seq, record and record.seq or 0)
    holds_another = holds_another or record and record.hold and record.hold.slot ~= request.slot
  end
  if is_excluded_on_any(boards, request) then
    return 'HELD'
  end
  if holds_another then
    request.visitor = request.visitor .. WRITING
  end
  return render_record(grant(boards, request)), true
end

local text, is_granted = answer()
return make_reply(request, text, is_granted, #KEYS)
